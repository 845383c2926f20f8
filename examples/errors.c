/* SPDX-License-Identifier: MIT
 *
 * execve(2) has one ENOENT for everything; the library tells what was missing.
 */
#include <stdio.h>

#include <forkexec.h>

static void try(const fx_command *command) {
    static const char *const causes[] = {
        [FX_CAUSE_UNKNOWN] = "unknown",         [FX_CAUSE_PROGRAM] = "the program",
        [FX_CAUSE_DIRECTORY] = "the directory", [FX_CAUSE_INTERPRETER] = "the interpreter",
        [FX_CAUSE_LOADER] = "the loader",
    };
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    char text[FX_MESSAGE_MAX];
    if (fx_spawn(command, &child, &error) == 0) {
        (void)fx_wait(&child, -1, 0, NULL);
        fx_child_close(&child);
        return;
    }
    (void)fx_error_message(&error, text, sizeof text);
    (void)printf("%s\n  step %s, missing: %s\n", text, fx_step_name(error.step),
                 causes[error.cause]);
}

int main(void) {
    char *program[] = {"/nonexistent/program", NULL};
    try(&(fx_command){.size = sizeof(fx_command), .argv = program});

    char *shell[] = {"sh", "-c", ":", NULL};
    try(&(fx_command){.size = sizeof(fx_command), .argv = shell, .directory = "/nonexistent"});

    /* What is wrong with the command itself is found before anything is started. */
    const fx_map map[] = {{.child = -1, .parent = 0}};
    try(&(fx_command){.size = sizeof(fx_command), .argv = shell, .map = map, .map_count = 1});
    return 0;
}
