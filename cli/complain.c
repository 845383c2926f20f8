/* SPDX-License-Identifier: MIT
 *
 * What is said when something fails: one line, whatever is in it; and the status that says it.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "request.h"

/* Names of files may hold line ends and what terminals obey. */
static void print_line(const char *prefix, const char *text) {
    char line[2 * FX_MESSAGE_MAX];
    size_t at = 0;
    for (; *text && at < sizeof line - 6; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < ' ' || c == 127)
            at += (size_t)snprintf(line + at, sizeof line - at, "\\%03o", (unsigned int)c);
        else
            line[at++] = *text;
    }
    line[at] = '\0';
    if (prefix)
        (void)fprintf(stderr, "forkexec: %s: %s\n", prefix, line);
    else
        (void)fprintf(stderr, "forkexec: %s\n", line);
}

int complain(const struct request *request, const char *format, ...) {
    char text[FX_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_line(request && request->current ? request->current->spelled : NULL, text);
    return -EINVAL;
}

void tell_skipped(fx_step step, int code) {
    (void)fprintf(stderr, "forkexec: %s: skipped: %s\n", fx_step_key(step), strerror(-code));
}

/* As env(1) and the shells have it; but a script whose interpreter is missing has been found. */
int status_of(const fx_error *error) {
    if (error->step != FX_STEP_EXEC)
        return STATUS_FAILED;
    bool found = error->cause == FX_CAUSE_INTERPRETER || error->cause == FX_CAUSE_LOADER;
    bool missing = error->code == -ENOENT || error->code == -ENOTDIR;
    return missing && !found ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static bool sets(const struct option *option, const char *field, size_t length) {
    const char *rest = option->fields;
    const char *known;
    size_t known_length;
    while (next_word(&rest, ' ', &known, &known_length))
        if (known_length == length && memcmp(known, field, length) == 0)
            return true;
    return false;
}

/* Each spelling once: `--deadline, --sched-runtime`. */
static void add_spelling(char *text, size_t size, const char *spelled) {
    size_t used = strlen(text);
    if (!strstr(text, spelled))
        (void)snprintf(text + used, size - used, "%s%s", used ? ", " : "", spelled);
}

static void spell_options(const struct request *request, const char *field, size_t length,
                          char *text, size_t size) {
    const struct given *given = request->given.data;
    text[0] = '\0';
    for (size_t i = 0; i < request->given.count; i++)
        if (sets(given[i].option, field, length))
            add_spelling(text, size, given[i].spelled);
}

/* The library names fields of the command; who typed options knows those. */
void complain_error(const struct request *request, const fx_error *error) {
    char text[FX_MESSAGE_MAX];
    char spelled[256] = "";
    (void)fx_error_message(error, text, sizeof text);
    size_t subject = strlen(error->subject);
    if (error->step == FX_STEP_COMMAND && strlen(text) > subject + 2)
        spell_options(request, error->subject, strcspn(error->subject, "[."), spelled,
                      sizeof spelled);
    print_line(*spelled ? spelled : NULL, *spelled ? text + subject + 2 : text);
}
