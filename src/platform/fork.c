/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include "platform.h"

pid_t fx_platform_fork(bool run_handlers) {
#ifdef FX_HAVE__FORK
    /*
     * The engine's own steps need no lock and no allocation, so the at-fork handlers
     * of other libraries (which are known to crash or hang) can be spared.
     */
    pid_t pid = run_handlers ? fork() : _Fork();
#else
    (void)run_handlers;
    pid_t pid = fork();
#endif
    return pid < 0 ? -errno : pid;
}
