/* SPDX-License-Identifier: MIT
 *
 * Read what a program writes; its standard error goes where its standard output goes.
 */
#include <stdio.h>
#include <unistd.h>

#include <forkexec.h>

int main(void) {
    char *argv[] = {"sh", "-c", "echo output; echo error >&2", NULL};
    fx_command command = {
        .size = sizeof command,
        .argv = argv,
        .stdio =
            {
                [0] = {.kind = FX_STDIO_NULL},
                [1] = {.kind = FX_STDIO_PIPE},
                [2] = {.kind = FX_STDIO_STDOUT},
            },
    };
    fx_child child = {.size = sizeof child};
    if (fx_spawn(&command, &child, NULL) < 0)
        return 1;

    char buffer[4096];
    ssize_t size;
    size_t total = 0;
    while ((size = read(child.stdio[1], buffer, sizeof buffer)) > 0) {
        (void)fwrite(buffer, 1, (size_t)size, stdout);
        total += (size_t)size;
    }
    (void)fx_wait(&child, -1, 0, NULL);
    fx_child_close(&child); /* the pipe's end, too */
    (void)printf("%zu bytes\n", total);
    return 0;
}
