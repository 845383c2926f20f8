/* SPDX-License-Identifier: MIT */

/* The strerror_r of POSIX, which fills the buffer, and not the one of GNU, which may not. */
#undef _GNU_SOURCE
#undef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sized.h"

int fx_error_set(fx_error *error, int code, fx_step step, int index, const char *subject, ...) {
    *error = (fx_error){.size = sizeof *error, .code = code, .step = step, .index = index};
    va_list arguments;
    va_start(arguments, subject);
    (void)vsnprintf(error->subject, sizeof error->subject, subject, arguments);
    va_end(arguments);
    return code;
}

int fx_error_command(fx_error *error, int code, const char *field, const char *detail, ...) {
    (void)fx_error_set(error, code, FX_STEP_COMMAND, -1, "%s", field);
    va_list arguments;
    va_start(arguments, detail);
    (void)vsnprintf(error->detail, sizeof error->detail, detail, arguments);
    va_end(arguments);
    return code;
}

void fx_error_detail(fx_error *error, const char *detail, ...) {
    va_list arguments;
    va_start(arguments, detail);
    (void)vsnprintf(error->detail, sizeof error->detail, detail, arguments);
    va_end(arguments);
}

void fx_error_copy_out(const fx_error *error, fx_error *target) {
    if (target)
        fx_copy_out(error, sizeof *error, target);
}

static const char *text_of(const fx_error *error, char *buffer, size_t size) {
    if (error->detail[0])
        return error->detail;
    /* May fail for an unknown number, and has then still written something. */
    buffer[0] = '\0';
    (void)strerror_r(-error->code, buffer, size);
    return buffer;
}

int fx_error_message(const fx_error *error, char *text, size_t size) {
    char buffer[128];
    fx_error whole;
    fx_error_clear(&whole);
    memcpy(&whole, error, error->size < sizeof whole ? error->size : sizeof whole);
    if (whole.code == 0)
        return snprintf(text, size, "no error");
    const char *reason = text_of(&whole, buffer, sizeof buffer);
    if (whole.step == FX_STEP_COMMAND)
        return snprintf(text, size, "%s: %s", whole.subject, reason);
    return snprintf(text, size, "%s(%s): %s", fx_step_name(whole.step), whole.subject, reason);
}
