/* SPDX-License-Identifier: MIT */
#include <crt_externs.h>

#include "environ.h"

char *const *fx_platform_environ(void) {
    /* A shared library on macOS cannot link against `environ` itself. */
    return *_NSGetEnviron();
}
