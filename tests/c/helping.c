/* SPDX-License-Identifier: MIT */
#include "helping.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

fx_command apart(char *const argv[]) {
    fx_command command = command_of(argv);
    command.mechanism = FX_MECHANISM_AUTO;
    command.group = (fx_id)FX_ID(getgid());
    return command;
}

const char *way_of(const fx_command *command) {
    static char text[64];
    fx_child child = start(command);
    (void)snprintf(text, sizeof text, "%s %s", fx_mechanism_name(child.mechanism),
                   fx_reason_name(child.reason));
    assert_int_equal(finish(&child).code, 0);
    return text;
}

bool is_here(void) {
    fx_command command = command_of(ARGV("act", "exit", "0"));
    fx_plan *plan;
    command.mechanism = FX_MECHANISM_HELPER;
    int result = fx_compile(&command, &plan, NULL);
    if (result == 0)
        fx_plan_free(plan);
    else
        assert_int_equal(result, -ENOTSUP);
    return result == 0;
}

void grow(void) {
    const size_t size = (size_t)64 << 20;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    memset(memory, 1, size);
}

void in_another_process(void (*test)(void)) {
    int status;
    (void)program_path("act");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        grow();
        test();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

void expect_way(const fx_command *command, const char *way) {
    const char *real = way_of(command);
    if (strcmp(real, way) == 0)
        return;
    print_error("it was: %s; expected: %s\n", real, way);
    _exit(1);
}
