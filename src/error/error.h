/* SPDX-License-Identifier: MIT
 *
 * Filling in an fx_error. Inside the library every fx_error is whole (its size is our own)
 * and never NULL; fx_error_copy_out() serves callers, who may be older or not care.
 */
#ifndef FX_ERROR_H
#define FX_ERROR_H

#include "forkexec.h"

/*
 * What leads here is kept out of the way of what does not: after each child the code of a spawn
 * comes from memory anew, line by line.
 */
#define FX_COLD __attribute__((cold))

/* Nothing has failed. The texts are a kilobyte that a success should not pay for. */
static inline void fx_error_clear(fx_error *error) {
    error->size = sizeof *error;
    error->code = 0;
    error->step = FX_STEP_NONE;
    error->index = -1;
    error->cause = FX_CAUSE_UNKNOWN;
    error->subject[0] = '\0';
    error->detail[0] = '\0';
}

/* Set all of it, with the subject in printf form; returns `code`. */
FX_COLD __attribute__((format(printf, 5, 6))) int
fx_error_set(fx_error *error, int code, fx_step step, int index, const char *subject, ...);

/* A command that is not valid: the field's name as subject, what is wrong with it as detail. */
FX_COLD __attribute__((format(printf, 4, 5))) int
fx_error_command(fx_error *error, int code, const char *field, const char *detail, ...);

FX_COLD __attribute__((format(printf, 2, 3))) void fx_error_detail(fx_error *error,
                                                                   const char *detail, ...);

/* What the caller's struct has room for. `target` may be NULL. */
FX_COLD void fx_error_copy_out(const fx_error *error, fx_error *target);

#endif
