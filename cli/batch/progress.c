/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { BAR_EVERY = 100, BAR_LEAST = 1000, LINE_EVERY = 5000 }; /* milliseconds */

static long long now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress, const struct batch_options *options) {
    progress->terminal = isatty(STDERR_FILENO) == 1;
    progress->begun = progress->last = now();
    bool direct = options->output == OUTPUT_DIRECT && isatty(STDOUT_FILENO) == 1;
    progress->wanted = options->progress == PROGRESS_ALWAYS ||
                       (options->progress == PROGRESS_AUTO && progress->terminal && !direct);
}

static int columns(void) {
    enum { USUAL = 80, WIDEST = 400 };
    struct winsize window;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) < 0 || window.ws_col == 0)
        return USUAL;
    return window.ws_col < WIDEST ? window.ws_col : WIDEST;
}

static void put_left(char *text, size_t size, const struct progress *progress, size_t done,
                     size_t total) {
    double spent = (double)(progress->last - progress->begun) / 1000;
    long long left = done ? (long long)(spent / (double)done * (double)(total - done)) : 0;
    text[0] = '\0';
    if (done == 0 || done == total)
        return;
    if (left >= 3600)
        (void)snprintf(text, size, ", %lld:%02lld:%02lld left", left / 3600, left / 60 % 60,
                       left % 60);
    else
        (void)snprintf(text, size, ", %lld:%02lld left", left / 60, left % 60);
}

static void draw(int width, const char *text, size_t done, size_t total) {
    char bar[512] = "";
    int room = width - (int)strlen(text) - 4;
    if (room >= 10 && total > 0) {
        int full = (int)((double)done / (double)total * room);
        bar[0] = '[';
        memset(bar + 1, ' ', (size_t)room);
        memset(bar + 1, '=', (size_t)full);
        memcpy(bar + 1 + room, "] ", 3);
    }
    /* To the beginning of the line, and what is left of the last one away. */
    (void)fprintf(stderr, "\r%s%.*s\033[K", bar, width - 1, text);
}

void progress_show(struct progress *progress, const struct tally *tally, size_t running,
                   bool force) {
    char left[48], text[200];
    if (!progress->wanted)
        return;
    long long time = now();
    if (!force && time - progress->last < (progress->terminal ? BAR_EVERY : LINE_EVERY))
        return;
    progress->last = time;
    size_t done = tally->succeeded + tally->failed;
    put_left(left, sizeof left, progress, done, tally->total);
    (void)snprintf(text, sizeof text, "%zu/%zu done, %zu running, %zu failed%s", done, tally->total,
                   running, tally->failed, left);
    if (progress->terminal)
        draw(columns(), text, done, tally->total);
    else
        (void)fprintf(stderr, "forkexec: %s\n", text);
    progress->shown = progress->terminal;
}

void progress_hide(struct progress *progress) {
    if (progress->shown)
        (void)fputs("\r\033[K", stderr);
    progress->shown = false;
}

int progress_timeout(const struct progress *progress) {
    if (!progress->wanted)
        return -1;
    return progress->terminal ? BAR_LEAST : LINE_EVERY;
}
