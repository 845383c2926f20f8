/* SPDX-License-Identifier: MIT */
#include "print.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "request.h"

size_t print_width(void) {
    enum { NARROWEST = 40, WIDEST = 100, USUAL = 80 };
    struct winsize window;
    long width = USUAL;
    const char *columns = getenv("COLUMNS");
    if (columns && atoi(columns) > 0)
        width = atoi(columns);
    else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        width = window.ws_col;
    return (size_t)(width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width);
}

void print_wrapped(const char *text, size_t at, size_t indent, size_t width) {
    bool begins = true;
    if (!*text) {
        (void)putchar('\n');
        return;
    }
    if (at > indent) {
        (void)putchar('\n');
        at = 0;
    }
    (void)printf("%*s", (int)(indent - at), "");
    at = indent;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (!begins && at + 1 + length > width) {
            (void)printf("\n%*s", (int)indent, "");
            at = indent;
            begins = true;
        }
        (void)printf("%s%.*s", begins ? "" : " ", (int)length, text);
        at += length + !begins;
        begins = false;
        text += length + (text[length] == ' ');
    }
    (void)putchar('\n');
}

int print_to(const struct request *request) {
    const char *file = request->json_file;
    if (!file || strcmp(file, "-") == 0 || freopen(file, "w", stdout))
        return 0;
    return complain(NULL, "--json: \"%s\": %s", file, strerror(errno));
}
