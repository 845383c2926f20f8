/* SPDX-License-Identifier: MIT
 *
 * Namespaces that a child joins: those of a process that holds some.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "looking.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

/* Where this program is. */
static const char *own_path;

struct holder {
    fx_child child;
    char path[NAMESPACE_KINDS][64];
};

/* A process with namespaces of its own, and the paths of these. */
static struct holder hold(unsigned int namespaces) {
    struct holder holder;
    fx_command command = unsharing(namespaces);
    command.argv = ARGV("act", "hold");
    command.stdio[0].kind = FX_STDIO_PIPE;
    holder.child = start(&command);
    for (int i = 0; i < NAMESPACE_KINDS; i++)
        (void)snprintf(holder.path[i], sizeof holder.path[i], "/proc/%d%s", (int)holder.child.pid,
                       namespace_kinds[i].link + strlen("/proc/self"));
    return holder;
}

static void let_go(struct holder *holder) {
    (void)close(holder->child.stdio[0]);
    holder->child.stdio[0] = -1;
    assert_int_equal(finish(&holder->child).code, 0);
}

static int place_of(unsigned int type) {
    for (int i = 0; i < NAMESPACE_KINDS; i++)
        if (namespace_kinds[i].type == type)
            return i;
    return -1;
}

static void assert_joined(const fx_command *command, const struct holder *holder,
                          unsigned int namespaces) {
    char *said = see_namespaces(command);
    for (int i = 0; i < NAMESPACE_KINDS; i++) {
        const char *path =
            namespaces & namespace_kinds[i].type ? holder->path[i] : namespace_kinds[i].link;
        assert_saw(said, "%s: %s", namespace_kinds[i].link, link_of(path));
    }
    free(said);
}

static void each_kind_can_be_joined(void **state) {
    (void)state;
    static const unsigned int joinable[] = {CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET,
                                            CLONE_NEWNS, CLONE_NEWUTS};
    if (!is_superuser() || !is_offered("namespaces"))
        return;
    struct holder holder =
        hold(CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS);
    for (size_t i = 0; i < sizeof joinable / sizeof joinable[0]; i++) {
        const char *path = holder.path[place_of(joinable[i])];
        fx_namespace joined = {.type = (int)joinable[i], .path = path};
        fx_command command = idle_command();
        command.namespaces = &joined;
        command.namespace_count = 1;
        assert_joined(&command, &holder, joinable[i]);

        int fd = open(path, O_RDONLY | O_CLOEXEC);
        joined = (fx_namespace){.type = (int)joinable[i], .descriptor = FX_NUMBER(fd)};
        assert_joined(&command, &holder, joinable[i]);
        (void)close(fd);
    }
    let_go(&holder);
}

/* On shared memory no namespace of time can be joined: its clocks are in the memory map. */
static void one_of_time_as_well(void **state) {
    (void)state;
    if (!is_superuser() || !is_offered("namespaces"))
        return;
    struct holder holder = hold(CLONE_NEWTIME);
    const fx_namespace joined = {.type = CLONE_NEWTIME,
                                 .path = holder.path[place_of(CLONE_NEWTIME)]};
    fx_command command = idle_command_of_its_own();
    command.namespaces = &joined;
    command.namespace_count = 1;
    assert_joined(&command, &holder, CLONE_NEWTIME);
    let_go(&holder);
}

/* A user namespace gives, or takes, the right to join the others. */
static void their_order_does_not_matter(void **state) {
    (void)state;
    enum { NET, MOUNT, USER, UTS, COUNT };
    static const unsigned int all = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWUTS;
    if (!is_offered("namespaces"))
        return;
    struct holder holder = hold(all);
    const fx_namespace list[] = {
        [NET] = {.type = CLONE_NEWNET, .path = holder.path[place_of(CLONE_NEWNET)]},
        [MOUNT] = {.type = CLONE_NEWNS, .path = holder.path[place_of(CLONE_NEWNS)]},
        [USER] = {.type = CLONE_NEWUSER, .path = holder.path[place_of(CLONE_NEWUSER)]},
        [UTS] = {.type = CLONE_NEWUTS, .path = holder.path[place_of(CLONE_NEWUTS)]},
    };
    for (int first = 0; first < COUNT; first++) {
        fx_namespace turned[COUNT];
        for (int i = 0; i < COUNT; i++)
            turned[i] = list[(first + i) % COUNT];
        fx_command command = idle_command_of_its_own();
        command.namespaces = turned;
        command.namespace_count = COUNT;
        assert_joined(&command, &holder, all);
        /* Whatever they are. */
        for (int i = 0; i < COUNT; i++)
            turned[i].type = 0;
        assert_joined(&command, &holder, all);
    }
    let_go(&holder);
}

static void what_cannot_be_joined_is_named(void **state) {
    (void)state;
    fx_namespace joined[] = {{.type = CLONE_NEWUTS, .path = "/proc/self/ns/uts"},
                             {.type = CLONE_NEWNET, .path = "/nonexistent/net"}};
    fx_command command = idle_command();
    command.namespaces = joined;
    command.namespace_count = 2;
    if (is_lacking(&command, "namespaces"))
        return;
    fx_error error =
        assert_fails(&command, ENOENT, FX_STEP_SETNS, "\"/nonexistent/net\", CLONE_NEWNET");
    assert_int_equal(error.index, 1);
    assert_message(&error, "setns(\"/nonexistent/net\", CLONE_NEWNET): No such file or directory");
    /* The type must be what it is. */
    joined[1].path = "/proc/self/ns/ipc";
    if (is_superuser()) {
        error =
            assert_fails(&command, EINVAL, FX_STEP_SETNS, "\"/proc/self/ns/ipc\", CLONE_NEWNET");
        assert_int_equal(error.index, 1);
    } else {
        error = assert_fails(&command, EPERM, FX_STEP_SETNS, "\"/proc/self/ns/uts\", CLONE_NEWUTS");
        assert_int_equal(error.index, 0);
    }
    joined[0] = (fx_namespace){.descriptor = FX_NUMBER(0)};
    command.namespace_count = 1;
    command.mechanism = forking_mechanism();
    (void)assert_fails(&command, EINVAL, FX_STEP_SETNS, "0");
}

static void joining_may_be_skipped(void **state) {
    (void)state;
    static const fx_step may[] = {FX_STEP_SETNS};
    const fx_namespace joined[] = {{.type = CLONE_NEWUTS, .path = "/dev/null"},
                                   {.type = CLONE_NEWNET, .path = "/nonexistent/net"}};
    fx_command command = idle_command();
    command.namespaces = joined;
    command.namespace_count = 2;
    command.best_effort = may;
    command.best_effort_count = 1;
    fx_child child = start(&command);
    /* In the order in which they are joined. */
    assert_int_equal(child.skipped_count, 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(child.skipped[i].step, FX_STEP_SETNS);
    if (is_offered("namespaces")) {
        assert_int_equal(child.skipped[0].index, 0);
        assert_int_equal(child.skipped[0].code, -EINVAL);
        assert_int_equal(child.skipped[1].index, 1);
        assert_int_equal(child.skipped[1].code, -ENOENT);
    }
    assert_int_equal(finish(&child).code, 0);
}

static void what_means_nothing_is_not_compiled(void **state) {
    (void)state;
    fx_namespace joined = {.type = CLONE_NEWUTS};
    fx_command command = idle_command_of_its_own();
    command.namespaces = &joined;
    command.namespace_count = 1;
    assert_wrong(&command, EINVAL, "namespaces",
                 "entry 0: must have a path or a descriptor, and not both");
    joined.path = "/proc/self/ns/uts";
    joined.descriptor = (fx_number)FX_NUMBER(0);
    assert_wrong(&command, EINVAL, "namespaces",
                 "entry 0: must have a path or a descriptor, and not both");
    joined.path = NULL;
    joined.descriptor.value = 999;
    assert_wrong(&command, EBADF, "namespaces", "entry 0: descriptor 999 is not open");
    command.namespaces = NULL;
    assert_wrong(&command, EINVAL, "namespaces", "the list is NULL");
    if (!is_offered("unshare"))
        return;
    command.namespaces = &joined;
    joined = (fx_namespace){.type = CLONE_VM, .path = "/proc/self/ns/uts"};
    assert_wrong(&command, EINVAL, "namespaces", "entry 0: 0x100 is no kind of namespace");
}

static void unprivileged_as_well(void **state) {
    (void)state;
    if (is_superuser() && is_offered("unshare"))
        run_again_unprivileged(own_path);
}

int main(int argc, char **argv) {
    own_path = argc > 0 ? argv[0] : "";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_can_be_joined),
        cmocka_unit_test(one_of_time_as_well),
        cmocka_unit_test(their_order_does_not_matter),
        cmocka_unit_test(what_cannot_be_joined_is_named),
        cmocka_unit_test(joining_may_be_skipped),
        cmocka_unit_test(what_means_nothing_is_not_compiled),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
