/* SPDX-License-Identifier: MIT
 *
 * Start children without waiting for their exec, as an event loop has to, which may take long where
 * programs lie on a network's file system; and give each two seconds to get there.
 */
#include <poll.h>
#include <stdio.h>

#include <forkexec.h>

enum { COUNT = 2 };

static void tell(const char *name, fx_start *start) {
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    fx_exit end = {.size = sizeof end};
    if (fx_start_finish(start, &child, &error) < 0) {
        char text[FX_MESSAGE_MAX];
        (void)fx_error_message(&error, text, sizeof text);
        (void)printf("%s\n", text);
        return;
    }
    (void)fx_wait(&child, -1, 0, &end);
    (void)printf("%s ended with %d\n", name, end.code);
    fx_child_close(&child);
}

int main(void) {
    char *good[] = {"true", NULL}, *bad[] = {"/nonexistent/program", NULL};
    char *const *argv[COUNT] = {good, bad};
    fx_start *starts[COUNT];
    struct pollfd polled[COUNT];
    for (int i = 0; i < COUNT; i++) {
        const fx_command command = {.size = sizeof command, .argv = argv[i]};
        if (fx_spawn_start(&command, 2000, &starts[i], NULL) < 0)
            return 1;
        polled[i] = (struct pollfd){.fd = fx_start_descriptor(starts[i]), .events = POLLIN};
    }

    /* Whatever else the loop waits for would stand in the same list. */
    for (int left = COUNT; left > 0;) {
        if (poll(polled, COUNT, -1) < 0)
            continue;
        for (int i = 0; i < COUNT; i++) {
            if (!polled[i].revents)
                continue;
            polled[i].fd = -1;
            left--;
        }
    }
    for (int i = 0; i < COUNT; i++)
        tell(argv[i][0], starts[i]);
    return 0;
}
