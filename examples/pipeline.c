/* SPDX-License-Identifier: MIT
 *
 * Three programs, each reading what the one before writes; all of them are started, or none is.
 */
#include <stdio.h>
#include <unistd.h>

#include <forkexec.h>

enum { COUNT = 3 };

int main(void) {
    char *print[] = {"printf", "%s\\n", "pear", "apple", "fig", NULL};
    char *sort[] = {"sort", NULL};
    char *number[] = {"grep", "-n", ".", NULL};
    const fx_command first = {.size = sizeof first, .argv = print};
    const fx_command second = {.size = sizeof second, .argv = sort};
    const fx_command third = {
        .size = sizeof third,
        .argv = number,
        .stdio = {[1] = {.kind = FX_STDIO_PIPE}},
    };
    const fx_command *const commands[COUNT] = {&first, &second, &third};
    fx_child children[COUNT], *handles[COUNT];
    for (int i = 0; i < COUNT; i++) {
        children[i] = (fx_child){.size = sizeof children[i]};
        handles[i] = &children[i];
    }

    size_t failed;
    fx_error error = {.size = sizeof error};
    if (fx_spawn_pipeline(commands, COUNT, handles, &failed, &error) < 0) {
        char text[FX_MESSAGE_MAX];
        (void)fx_error_message(&error, text, sizeof text);
        (void)fprintf(stderr, "command %zu: %s\n", failed, text);
        return 1;
    }
    char buffer[4096];
    ssize_t size;
    while ((size = read(children[COUNT - 1].stdio[1], buffer, sizeof buffer)) > 0)
        (void)fwrite(buffer, 1, (size_t)size, stdout);
    for (int i = 0; i < COUNT; i++) {
        fx_exit end = {.size = sizeof end};
        (void)fx_wait(&children[i], -1, 0, &end);
        (void)printf("%s ended with %d\n", commands[i]->argv[0], end.code);
        fx_child_close(&children[i]);
    }
    return 0;
}
