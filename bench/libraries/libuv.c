/* SPDX-License-Identifier: MIT
 *
 * libuv: uv_spawn, and a loop, made once for each thread, that runs until the exit callback.
 */
#include <errno.h>
#include <stdio.h>
#include <uv.h>

#include "../way.h"

static _Thread_local uv_loop_t loop;
static _Thread_local bool has_loop;
static _Thread_local int64_t status;

static void on_exit(uv_process_t *process, int64_t exit_status, int signal) {
    status = exit_status || signal;
    uv_close((uv_handle_t *)process, NULL);
}

static int run(const char *program) {
    char *argv[] = {(char *)program, NULL};
    uv_stdio_container_t stdio[3];
    for (int i = 0; i < 3; i++)
        stdio[i] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = i};
    const uv_process_options_t options = {
        .exit_cb = on_exit, .file = program, .args = argv, .stdio_count = 3, .stdio = stdio};
    uv_process_t process;
    if (!has_loop) {
        int error = uv_loop_init(&loop);
        if (error)
            return error;
        has_loop = true;
    }
    status = -1;
    int result = uv_spawn(&loop, &process, &options);
    if (result < 0)
        return result;
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    return status ? -ECANCELED : 0;
}

static const char *version(void) {
    static char text[32];
    (void)snprintf(text, sizeof text, "libuv %s", uv_version_string());
    return text;
}

__attribute__((constructor)) static void introduce(void) { driver_version = version; }

WAY(libuv, .name = "libuv", .variant = "", .run = run);
