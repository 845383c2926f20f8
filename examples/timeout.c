/* SPDX-License-Identifier: MIT
 *
 * Give a program 100 ms, then ask it to end, then make it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include <forkexec.h>

int main(void) {
    char *argv[] = {"sleep", "1000", NULL};
    fx_command command = {.size = sizeof command, .argv = argv};
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end};
    if (fx_spawn(&command, &child, NULL) < 0)
        return 1;

    if (fx_wait(&child, 100, 0, &end) == -ETIMEDOUT) {
        (void)printf("still running\n");
        (void)fx_signal(&child, SIGTERM);
        if (fx_wait(&child, 5000, 0, &end) == -ETIMEDOUT) {
            (void)fx_signal(&child, SIGKILL);
            (void)fx_wait(&child, -1, 0, &end);
        }
    }
    (void)printf("ended by signal %d\n", end.signal);
    /* Whoever has the number of the child now gets nothing. */
    (void)printf("signalled again: %s\n", fx_signal(&child, SIGKILL) == -ESRCH ? "gone" : "?");
    fx_child_close(&child);
    return 0;
}
