/* SPDX-License-Identifier: MIT
 *
 * Start a program and wait for its end.
 */
#include <stdio.h>

#include <forkexec.h>

int main(void) {
    char *argv[] = {"echo", "hello from a child", NULL};
    fx_command command = {.size = sizeof command, .argv = argv};
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    fx_exit end = {.size = sizeof end};

    if (fx_spawn(&command, &child, &error) < 0) {
        char text[FX_MESSAGE_MAX];
        (void)fx_error_message(&error, text, sizeof text);
        (void)fprintf(stderr, "%s\n", text);
        return 1;
    }
    if (fx_wait(&child, -1, 0, &end) < 0)
        return 1;
    fx_child_close(&child);
    (void)printf("it ended with %d\n", end.code);
    return 0;
}
