/* SPDX-License-Identifier: MIT
 *
 * Give a child descriptors under numbers of its own: a parallel assignment, so that two may
 * change places. Everything else is closed.
 */
#include <stdio.h>
#include <unistd.h>

#include <forkexec.h>

int main(void) {
    int first[2], second[2];
    if (pipe(first) < 0 || pipe(second) < 0)
        return 1;

    /* The child's 7 is the pipe that we read as `first`, its 8 the other. */
    const fx_map map[] = {{.child = 7, .parent = first[1]}, {.child = 8, .parent = second[1]}};
    char *argv[] = {"sh", "-c", "echo seven >&7; echo eight >&8", NULL};
    fx_command command = {
        .size = sizeof command,
        .argv = argv,
        .map = map,
        .map_count = sizeof map / sizeof map[0],
    };
    fx_child child = {.size = sizeof child};
    if (fx_spawn(&command, &child, NULL) < 0)
        return 1;
    (void)fx_wait(&child, -1, 0, NULL);
    fx_child_close(&child);

    char text[16];
    ssize_t size = read(first[0], text, sizeof text);
    (void)printf("first: %.*s", (int)size, text);
    size = read(second[0], text, sizeof text);
    (void)printf("second: %.*s", (int)size, text);
    return 0;
}
