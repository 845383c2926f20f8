/* SPDX-License-Identifier: MIT
 *
 * A plan is compiled once and launched often, by many threads at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static fx_plan *compile(const fx_command *command) {
    fx_plan *plan;
    fx_error error = {.size = sizeof error};
    assert_int_equal(fx_compile(command, &plan, &error), 0);
    assert_non_null(plan);
    return plan;
}

static void it_can_be_launched_again(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "9"));
    fx_plan *plan = compile(&command);
    for (int i = 0; i < 20; i++) {
        fx_child child = {.size = sizeof child};
        assert_int_equal(fx_launch(plan, &child, NULL), 0);
        assert_int_equal(finish(&child).code, 9);
    }
    fx_plan_free(plan);
    fx_plan_free(NULL);
}

/* Everything the command points to may be gone. */
static void it_needs_nothing_of_the_command(void **state) {
    (void)state;
    struct {
        char program[4096], first[8], second[8], third[8], variable[8], folder[8];
        char *argv[4], *environment[2];
        fx_map map;
        int keep, close;
        gid_t group;
    } *memory = malloc(sizeof *memory);
    (void)snprintf(memory->program, sizeof memory->program, "%s", program_path("act"));
    (void)strcpy(memory->first, "act");
    (void)strcpy(memory->second, "exit");
    (void)strcpy(memory->third, "8");
    (void)strcpy(memory->variable, "A=1");
    (void)strcpy(memory->folder, "/");
    memory->argv[0] = memory->first;
    memory->argv[1] = memory->second;
    memory->argv[2] = memory->third;
    memory->argv[3] = NULL;
    memory->environment[0] = memory->variable;
    memory->environment[1] = NULL;
    memory->map = (fx_map){.child = 5, .parent = 0};
    memory->keep = new_file();
    memory->close = 700;
    int kept = memory->keep;
    fx_command *command = malloc(sizeof *command);
    *command = command_of(NULL);
    command->program = memory->program;
    command->argv = memory->argv;
    command->environment = memory->environment;
    command->directory = memory->folder;
    command->map = &memory->map;
    command->map_count = 1;
    command->keep = &memory->keep;
    command->keep_count = 1;
    command->close = &memory->close;
    command->close_count = 1;
    command->inherit_others = false;
    fx_plan *plan = compile(command);
    memset(memory, 0x5a, sizeof *memory);
    memset(command, 0x5a, sizeof *command);
    free(memory);
    free(command);
    fx_child child = {.size = sizeof child};
    assert_int_equal(fx_launch(plan, &child, NULL), 0);
    assert_int_equal(finish(&child).code, 8);
    fx_plan_free(plan);
    (void)close(kept);
}

enum { THREADS = 8, ROUNDS = 25 };

struct worker {
    const fx_plan *plan;
    int expected; /* a status, or a negative errno */
    int good;
};

/* cmocka's assertions belong to the main thread, so this counts. */
static void *work(void *argument) {
    struct worker *worker = argument;
    for (int i = 0; i < ROUNDS; i++) {
        fx_child child = {.size = sizeof child};
        fx_error error = {.size = sizeof error};
        fx_exit end = {.size = sizeof end};
        int result = fx_launch(worker->plan, &child, &error);
        if (result < 0) {
            worker->good += result == worker->expected && error.code == result;
            continue;
        }
        char text[8] = "";
        ssize_t size = read(child.stdio[1], text, sizeof text);
        if (fx_wait(&child, -1, 0, &end) == 0)
            worker->good += end.code == worker->expected && size == 3 && !strcmp(text, "out");
        fx_child_close(&child);
    }
    return NULL;
}

static void many_threads_launch_it(void **state) {
    (void)state;
    fx_command good = command_of(ARGV("act", "say", "out", "err"));
    good.stdio[0].kind = FX_STDIO_NULL;
    good.stdio[1].kind = good.stdio[2].kind = FX_STDIO_PIPE;
    fx_command bad = good;
    bad.program = "/nonexistent/program";
    fx_plan *plans[2] = {compile(&good), compile(&bad)};
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.plan = plans[i % 2], .expected = i % 2 ? -ENOENT : 0};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].good, ROUNDS);
    }
    fx_plan_free(plans[0]);
    fx_plan_free(plans[1]);
}

static void its_descriptors_are_those_of_the_launch(void **state) {
    (void)state;
    int ends[2], again[2];
    new_pipe(ends);
    fx_command command = command_of(ARGV("act", "say", "out", "err"));
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = ends[1]};
    command.stdio[2].kind = FX_STDIO_NULL;
    fx_plan *plan = compile(&command);
    new_pipe(again);
    assert_int_equal(dup2(again[1], ends[1]), ends[1]);
    assert_int_equal(fcntl(ends[1], F_SETFD, FD_CLOEXEC), 0);
    fx_child child = {.size = sizeof child};
    assert_int_equal(fx_launch(plan, &child, NULL), 0);
    (void)finish(&child);
    (void)close(ends[1]);
    (void)close(again[1]);
    char *text = read_all(again[0]);
    assert_string_equal(text, "out");
    free(text);
    (void)close(ends[0]);
    fx_plan_free(plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_can_be_launched_again),
        cmocka_unit_test(it_needs_nothing_of_the_command),
        cmocka_unit_test(many_threads_launch_it),
        cmocka_unit_test(its_descriptors_are_those_of_the_launch),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
