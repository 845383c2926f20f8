/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "platform/exec.h"
#include "platform/platform.h"

/* ---- the program as an open file ---- */

/* What cannot be read through the descriptor, as one of O_PATH, may be opened anew. */
static ssize_t read_start(int descriptor, char *bytes, size_t size) {
    char path[32];
    ssize_t result = pread(descriptor, bytes, size, 0);
    if (result >= 0)
        return result;
    (void)snprintf(path, sizeof path, "/dev/fd/%d", descriptor);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return -1;
    result = pread(fd, bytes, size, 0);
    (void)fx_sys_close(fd);
    return result;
}

bool fx_program_is_script(int descriptor) {
    char start[2] = {0, 0};
    struct stat status;
    if (fstat(descriptor, &status) < 0 || !S_ISREG(status.st_mode))
        return false;
    return read_start(descriptor, start, sizeof start) == (ssize_t)sizeof start &&
           start[0] == '#' && start[1] == '!';
}

static int check_program_fd(const fx_command *command, fx_error *error) {
    if (!command->program_fd.set)
        return 0;
    if (command->program || command->candidates)
        return fx_error_command(error, -EINVAL, "program_fd", "excludes %s",
                                command->program ? "program" : "candidates");
    if (command->shell_fallback)
        return fx_error_command(error, -EINVAL, "shell_fallback",
                                "needs the path of the program: it excludes program_fd");
    int result = fx_check_open(command->program_fd.value, "program_fd", error);
    if (result < 0)
        return result;
    int lacking = fx_platform_executes_open();
    if (lacking < 0)
        return fx_error_command(error, lacking, "program_fd",
                                "this system cannot do it: it needs execveat(2), of Linux 3.19, "
                                "or fexecve(3)");
    return 0;
}

/* ---- what comes just before ---- */

static int check_gate(const fx_command *command, fx_error *error) {
    if (!command->gate.set)
        return 0;
    int gate = command->gate.value;
    int result = fx_check_open(gate, "gate", error);
    if (result < 0)
        return result;
    struct stat status;
    int flags = fcntl(gate, F_GETFL);
    bool readable = flags >= 0 && (flags & O_ACCMODE) != O_WRONLY;
#ifdef O_PATH
    readable = readable && !(flags & O_PATH);
#endif
    if (!readable)
        return fx_error_command(error, -EBADF, "gate", "descriptor %d is not open for reading",
                                gate);
    if (fstat(gate, &status) == 0 && S_ISDIR(status.st_mode))
        return fx_error_command(error, -EISDIR, "gate", "descriptor %d is a directory", gate);
    return 0;
}

int fx_check_exec(const fx_command *command, fx_error *error) {
    int result = check_program_fd(command, error);
    return result < 0 ? result : check_gate(command, error);
}
