/* SPDX-License-Identifier: MIT
 *
 * Namespaces that a child makes, is born into, or joins. As root, and once more as nobody, who
 * needs a user namespace for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
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

static const struct {
    unsigned int type;
    const char *constant;
    const char *link;
} kinds[] = {
    {CLONE_NEWCGROUP, "CLONE_NEWCGROUP", "/proc/self/ns/cgroup"},
    {CLONE_NEWIPC, "CLONE_NEWIPC", "/proc/self/ns/ipc"},
    {CLONE_NEWNET, "CLONE_NEWNET", "/proc/self/ns/net"},
    {CLONE_NEWNS, "CLONE_NEWNS", "/proc/self/ns/mnt"},
    {CLONE_NEWPID, "CLONE_NEWPID", "/proc/self/ns/pid"},
    {CLONE_NEWTIME, "CLONE_NEWTIME", "/proc/self/ns/time_for_children"},
    {CLONE_NEWUSER, "CLONE_NEWUSER", "/proc/self/ns/user"},
    {CLONE_NEWUTS, "CLONE_NEWUTS", "/proc/self/ns/uts"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* What may be unshared by whoever this is; with a user namespace it is everything. */
static fx_command unsharing(unsigned int namespaces) {
    fx_command command = idle_command();
    command.unshare = namespaces;
    if (!is_superuser())
        command.unshare |= CLONE_NEWUSER;
    if (command.unshare & CLONE_NEWUSER)
        command.mechanism = forking_mechanism();
    return command;
}

static char *see_links(const fx_command *command) {
    const char *arguments[KINDS + 2] = {"look"};
    char texts[KINDS][64];
    for (int i = 0; i < KINDS; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "link=%s", kinds[i].link);
        arguments[i + 1] = texts[i];
    }
    return look(command, (char *const *)arguments);
}

static void assert_new_are(const char *said, unsigned int namespaces) {
    for (int i = 0; i < KINDS; i++) {
        if (namespaces & kinds[i].type)
            assert_not_saw(said, "%s: %s", kinds[i].link, link_of(kinds[i].link));
        else
            assert_saw(said, "%s: %s", kinds[i].link, link_of(kinds[i].link));
    }
}

/* ---- new ones ---- */

static void each_kind_can_be_new(void **state) {
    (void)state;
    for (int i = 0; i < KINDS; i++) {
        fx_command command = unsharing(kinds[i].type);
        if (is_lacking(&command, "unshare"))
            return;
        char *said = see_links(&command);
        assert_new_are(said, command.unshare);
        free(said);
    }
}

static void all_kinds_can_be_new_at_once(void **state) {
    (void)state;
    unsigned int all = 0;
    for (int i = 0; i < KINDS; i++)
        all |= kinds[i].type;
    for (int without = 0; without < 3; without++) {
        static const unsigned int left[] = {0, CLONE_NEWUSER, CLONE_NEWUSER | CLONE_NEWPID};
        fx_command command = unsharing(all & ~left[without]);
        if (is_lacking(&command, "unshare"))
            return;
        char *said = see_links(&command);
        assert_new_are(said, command.unshare);
        free(said);
    }
}

static void it_is_process_1(void **state) {
    (void)state;
    fx_command command = unsharing(CLONE_NEWPID);
    if (is_lacking(&command, "unshare"))
        return;
    for (int order = FX_ORDER_STANDARD; order <= FX_ORDER_CPYTHON; order++) {
        command.order = (fx_order)order;
        char *said = LOOK(&command, "pid", "parent");
        assert_saw(said, "pid 1");
        assert_saw(said, "parent 0");
        free(said);
    }
    /* Its parent knows it by another number. */
    command.argv = ARGV("act", "hold");
    command.stdio[0].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    assert_true(child.pid > 1);
    assert_int_equal(fx_signal(&child, SIGKILL), 0);
    assert_int_equal(finish(&child).signal, SIGKILL);
}

/* Which can fetch nothing from its parent's table. */
static void it_finds_its_descriptors(void **state) {
    (void)state;
    enum { HIGH = 700 };
    fx_command command = unsharing(CLONE_NEWPID);
    if (is_lacking(&command, "unshare"))
        return;
    int fd = new_file_at(HIGH);
    const fx_map map[] = {{5, HIGH}, {6, HIGH}};
    command.map = map;
    command.map_count = 2;
    char *said = LOOK(&command, "pid", "list=/proc/self/fd/", "link=/proc/self/fd/5",
                      "link=/proc/self/fd/6");
    assert_saw(said, "pid 1");
    assert_not_saw(said, "/proc/self/fd/5: ");
    assert_not_saw(said, "/proc/self/fd/6: ");
    free(said);
    (void)close(fd);
}

static void who_may_not_is_told(void **state) {
    (void)state;
    if (is_superuser())
        return;
    for (int i = 0; i < KINDS; i++) {
        if (kinds[i].type == CLONE_NEWUSER)
            continue;
        fx_command command = idle_command();
        command.unshare = kinds[i].type;
        (void)assert_fails(&command, EPERM, FX_STEP_UNSHARE, kinds[i].constant);
    }
    fx_command command = idle_command();
    command.unshare = CLONE_NEWNET | CLONE_NEWPID;
    fx_error error = assert_fails(&command, EPERM, FX_STEP_UNSHARE, "CLONE_NEWPID|CLONE_NEWNET");
    assert_message(&error, "unshare(CLONE_NEWPID|CLONE_NEWNET): Operation not permitted");
}

/* Born with them or not, a step before them fails first. */
static void the_order_stays(void **state) {
    (void)state;
    fx_command command = unsharing(CLONE_NEWPID);
    command.unshare &= ~(unsigned int)CLONE_NEWUSER;
    const fx_namespace joined[] = {{.type = CLONE_NEWUTS, .path = "/dev/null"}};
    command.namespaces = joined;
    command.namespace_count = 1;
    if (!is_lacking(&command, "namespaces"))
        (void)assert_fails(&command, EINVAL, FX_STEP_SETNS, "\"/dev/null\", CLONE_NEWUTS");
}

static void they_may_be_skipped(void **state) {
    (void)state;
    static const fx_step may[] = {FX_STEP_UNSHARE};
    fx_command command = idle_command();
    command.unshare = CLONE_NEWPID | CLONE_NEWNET;
    command.best_effort = may;
    command.best_effort_count = 1;
    fx_child child = start(&command);
    if (!is_offered("unshare") || !is_superuser()) {
        assert_int_equal(child.skipped_count, 1);
        assert_int_equal(child.skipped[0].step, FX_STEP_UNSHARE);
        assert_int_equal(child.skipped[0].code, is_offered("unshare") ? -EPERM : -ENOTSUP);
    } else {
        assert_int_equal(child.skipped_count, 0);
    }
    assert_int_equal(finish(&child).code, 0);
}

/* ---- id maps ---- */

static const fx_id_map *map_of(unsigned int inside, unsigned int outside, unsigned int count) {
    enum { COUNT = 8 };
    static fx_id_map maps[COUNT];
    static int next;
    fx_id_map *map = &maps[next++ % COUNT];
    *map = (fx_id_map){.inside = inside, .outside = outside, .count = count};
    return map;
}

static fx_command mapping(const fx_id_map *users, const fx_id_map *groups) {
    fx_command command = idle_command_of_its_own();
    command.unshare = CLONE_NEWUSER;
    command.uid_map = users;
    command.uid_map_count = users != NULL;
    command.gid_map = groups;
    command.gid_map_count = groups != NULL;
    return command;
}

static void it_is_whom_the_maps_say(void **state) {
    (void)state;
    fx_command command = mapping(map_of(0, geteuid(), 1), map_of(100, getegid(), 1));
    if (is_lacking(&command, "unshare"))
        return;
    static const unsigned int besides[] = {0, CLONE_NEWPID, CLONE_NEWNET,
                                           CLONE_NEWPID | CLONE_NEWNS};
    for (size_t i = 0; i < sizeof besides / sizeof besides[0]; i++) {
        command.unshare = CLONE_NEWUSER | besides[i];
        char *said = LOOK(&command, "ids", "file=/proc/self/uid_map", "file=/proc/self/gid_map",
                          "file=/proc/self/setgroups", "pid");
        assert_saw(said, "user 0 0 0");
        assert_saw(said, "group 100 100 100");
        assert_saw(said, "/proc/self/uid_map: %10u %10u %10u", 0U, geteuid(), 1U);
        assert_saw(said, "/proc/self/gid_map: %10u %10u %10u", 100U, getegid(), 1U);
        /* Who has the privilege to map any group leaves them the call. */
        assert_saw(said, "/proc/self/setgroups: %s", is_superuser() ? "allow" : "deny");
        if (besides[i] & CLONE_NEWPID)
            assert_saw(said, "pid 1");
        free(said);
    }
}

static void the_reason_is_the_parent(void **state) {
    (void)state;
    fx_command command = mapping(map_of(0, geteuid(), 1), NULL);
    command.mechanism = FX_MECHANISM_AUTO;
    if (is_lacking(&command, "unshare"))
        return;
    fx_child child = start(&command);
    assert_int_equal(child.mechanism, FX_MECHANISM_FORK);
    assert_int_equal(child.reason, FX_REASON_PARENT);
    assert_int_equal(finish(&child).code, 0);
    command.mechanism = FX_MECHANISM_CLONE;
    (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "mechanism");
}

/* Identity comes after the maps, as the superuser of the namespace. */
static void identity_is_that_of_the_namespace(void **state) {
    (void)state;
    static const fx_id_map users[] = {{0, 0, 1}, {1, 100000, 1000}};
    if (!is_superuser())
        return;
    fx_command command = mapping(users, users);
    command.uid_map_count = command.gid_map_count = 2;
    command.user = (fx_id)FX_ID(7);
    command.group = (fx_id)FX_ID(8);
    command.groups.set = true;
    if (is_lacking(&command, "unshare"))
        return;
    char *said = LOOK(&command, "ids");
    assert_saw(said, "user 7 7 7");
    assert_saw(said, "group 8 8 8");
    free(said);
}

static void a_map_that_is_refused_is_named(void **state) {
    (void)state;
    /* Nobody may map what is not himself; the superuser may, but not twice what is inside. */
    if (is_superuser())
        return;
    fx_command command = mapping(map_of(0, 0, 2), map_of(0, getegid(), 1));
    fx_error error = assert_fails(&command, EPERM, FX_STEP_ID_MAPS, "uid_map 0:0:2");
    assert_int_equal(error.index, 0);
    assert_message(&error, "id_maps(uid_map 0:0:2): Operation not permitted");
    command = mapping(map_of(0, geteuid(), 1), map_of(5, 0, 1));
    error = assert_fails(&command, EPERM, FX_STEP_ID_MAPS, "gid_map 5:0:1");
    assert_int_equal(error.index, 1);
    static const fx_step may[] = {FX_STEP_ID_MAPS};
    command.best_effort = may;
    command.best_effort_count = 1;
    fx_child child = start(&command);
    assert_int_equal(child.skipped_count, 1);
    assert_int_equal(child.skipped[0].step, FX_STEP_ID_MAPS);
    assert_int_equal(child.skipped[0].index, 1);
    assert_int_equal(child.skipped[0].code, -EPERM);
    assert_int_equal(finish(&child).code, 0);
}

/* The maps of what is not a new namespace. */
static void maps_without_their_namespace_are_refused(void **state) {
    (void)state;
    static const fx_step may[] = {FX_STEP_UNSHARE};
    fx_command command = mapping(map_of(0, geteuid(), 1), NULL);
    command.unshare |= CLONE_NEWPID | CLONE_NEWUSER;
    command.best_effort = may;
    command.best_effort_count = 1;
    if (!is_offered("unshare")) {
        (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "uid_map");
        return;
    }
    fx_child child = start(&command);
    assert_int_equal(child.skipped_count, 0);
    assert_int_equal(finish(&child).code, 0);
}

struct told {
    fx_step step;
    int index, code;
};

static void tell(void *argument, fx_step step, int index, int code) {
    const struct told told = {step, index, code};
    if (write(*(const int *)argument, &told, sizeof told) != sizeof told)
        _exit(99);
}

/* The parent answers the child, which goes on by itself. */
static void with_a_reporter_as_well(void **state) {
    (void)state;
    int ends[2];
    struct told told;
    fx_command command = mapping(map_of(0, geteuid(), 1), map_of(0, getegid(), 1));
    if (is_lacking(&command, "unshare"))
        return;
    new_pipe(ends);
    command.reporter = (fx_reporter){.function = tell, .argument = &ends[1]};
    command.exempt = &ends[1];
    command.exempt_count = 1;
    char *said = LOOK(&command, "ids");
    assert_saw(said, "user 0 0 0");
    free(said);
    command.program = "/nonexistent/program";
    fx_child child = start(&command);
    assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
    assert_int_equal(told.step, FX_STEP_EXEC);
    assert_int_equal(told.code, -ENOENT);
    assert_int_equal(finish(&child).code, 255);
    if (!is_superuser()) {
        command.gid_map = map_of(0, 0, 1);
        child = start(&command);
        assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
        assert_int_equal(told.step, FX_STEP_ID_MAPS);
        assert_int_equal(told.index, 1);
        assert_int_equal(told.code, -EPERM);
        assert_int_equal(finish(&child).code, 255);
    }
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void whatever_the_map_of_descriptors_is(void **state) {
    (void)state;
    /* The pipes of the maps must not lie where the map writes. */
    enum { FIRST = 3, COUNT = 12 };
    fx_map map[COUNT];
    fx_command command = mapping(map_of(0, geteuid(), 1), map_of(0, getegid(), 1));
    if (is_lacking(&command, "unshare"))
        return;
    for (int i = 0; i < COUNT; i++)
        map[i] = (fx_map){FIRST + i, 0};
    command.map = map;
    command.map_count = COUNT;
    for (int order = FX_ORDER_STANDARD; order <= FX_ORDER_CPYTHON; order++) {
        command.order = (fx_order)order;
        char *said = LOOK(&command, "ids");
        assert_saw(said, "user 0 0 0");
        free(said);
    }
}

/* ---- joining ---- */

struct holder {
    fx_child child;
    char path[KINDS][64];
};

/* A process with namespaces of its own, and the paths of these. */
static struct holder hold(unsigned int namespaces) {
    struct holder holder;
    fx_command command = unsharing(namespaces);
    command.argv = ARGV("act", "hold");
    command.stdio[0].kind = FX_STDIO_PIPE;
    holder.child = start(&command);
    for (int i = 0; i < KINDS; i++)
        (void)snprintf(holder.path[i], sizeof holder.path[i], "/proc/%d%s", (int)holder.child.pid,
                       kinds[i].link + strlen("/proc/self"));
    return holder;
}

static void let_go(struct holder *holder) {
    (void)close(holder->child.stdio[0]);
    holder->child.stdio[0] = -1;
    assert_int_equal(finish(&holder->child).code, 0);
}

static int place_of(unsigned int type) {
    for (int i = 0; i < KINDS; i++)
        if (kinds[i].type == type)
            return i;
    return -1;
}

static void assert_joined(const fx_command *command, const struct holder *holder,
                          unsigned int namespaces) {
    char *said = see_links(command);
    for (int i = 0; i < KINDS; i++) {
        const char *path = namespaces & kinds[i].type ? holder->path[i] : kinds[i].link;
        assert_saw(said, "%s: %s", kinds[i].link, link_of(path));
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

/* ---- what is not compiled ---- */

static int do_nothing(void *argument) {
    (void)argument;
    return 0;
}

static void assert_wrong(const fx_command *command, int code, const char *field,
                         const char *reason) {
    char message[FX_MESSAGE_MAX];
    fx_error error = assert_fails(command, code, FX_STEP_COMMAND, field);
    (void)snprintf(message, sizeof message, "%s: %s", field, reason);
    assert_message(&error, message);
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
    command.namespace_count = 0;
    command.unshare = CLONE_NEWUTS | CLONE_FILES;
    assert_wrong(&command, EINVAL, "unshare", "0x400 is no kind of namespace");
}

static void what_birth_forbids_is_not_compiled(void **state) {
    (void)state;
    fx_namespace joined = {.type = CLONE_NEWUTS, .path = "/proc/self/ns/uts"};
    fx_command command = idle_command_of_its_own();
    if (!is_offered("unshare"))
        return;
    command.unshare = CLONE_NEWPID;
    command.callback.function = do_nothing;
    assert_wrong(&command, EINVAL, "callback",
                 "excludes CLONE_NEWPID in unshare: fork(2) of the C library, which a callback "
                 "needs, cannot make such a child");
    command.callback.function = NULL;
    command.unshare = CLONE_NEWPID | CLONE_NEWUSER;
    command.namespaces = &joined;
    command.namespace_count = 1;
    assert_wrong(&command, EINVAL, "namespaces",
                 "cannot be joined before CLONE_NEWUSER when CLONE_NEWPID is in unshare too, as "
                 "these two are made at birth");
    command.unshare = CLONE_NEWPID;
    joined.type = CLONE_NEWUSER;
    assert_wrong(&command, EINVAL, "namespaces",
                 "a user namespace cannot be joined before CLONE_NEWPID in unshare, which is made "
                 "at birth");
}

static void what_is_no_map_is_not_compiled(void **state) {
    (void)state;
    static const fx_id_map many[341];
    const fx_id_map twice[] = {{0, 1000, 10}, {9, 5000, 1}};
    fx_command command = mapping(map_of(0, 0, 0), NULL);
    assert_wrong(&command, EINVAL, "uid_map", "entry 0: 0:0:0 is no range of ids");
    command.uid_map = map_of(0, 0xfffffff0U, 0x10);
    assert_wrong(&command, EINVAL, "uid_map", "entry 0: 0:4294967280:16 is no range of ids");
    command.uid_map = twice;
    command.uid_map_count = 2;
    assert_wrong(&command, EINVAL, "uid_map", "entries 0 and 1 overlap");
    command.uid_map = many;
    command.uid_map_count = 341;
    assert_wrong(&command, E2BIG, "uid_map",
                 "341 entries are more than the 340 that a kernel takes");
    command = mapping(NULL, map_of(0, 0, 1));
    command.unshare = CLONE_NEWNET;
    assert_wrong(&command, EINVAL, "gid_map", "needs CLONE_NEWUSER in unshare");
    command.gid_map = NULL;
    command.unshare = CLONE_NEWUSER;
    assert_wrong(&command, EINVAL, "gid_map", "the list is NULL");
}

static void as_many_lines_as_fit_a_page(void **state) {
    (void)state;
    enum { COUNT = 340 };
    static fx_id_map map[COUNT];
    for (unsigned int i = 0; i < COUNT; i++)
        map[i] = (fx_id_map){.inside = i, .outside = 4000000000U + i, .count = 1};
    fx_command command = mapping(map, NULL);
    command.uid_map_count = COUNT;
    if (sysconf(_SC_PAGESIZE) != 4096)
        skip();
    fx_error error = assert_fails(&command, E2BIG, FX_STEP_COMMAND, "uid_map");
    assert_message(&error, "uid_map: 5670 bytes of text are more than a page");
    if (!is_superuser() || !is_offered("unshare"))
        return;
    command.uid_map_count = 200;
    char *said = LOOK(&command, "file=/proc/self/uid_map");
    assert_saw(said, "/proc/self/uid_map: %10u %10u %10u", 199U, 4000000199U, 1U);
    free(said);
}

static void names_are_known(void **state) {
    (void)state;
    assert_int_equal(fx_namespace_number("net"), CLONE_NEWNET);
    assert_int_equal(fx_namespace_number("CLONE_NEWNS"), CLONE_NEWNS);
    assert_int_equal(fx_namespace_number("mount"), CLONE_NEWNS);
    assert_int_equal(fx_namespace_number("mnt"), CLONE_NEWNS);
    assert_int_equal(fx_namespace_number("1073741824"), CLONE_NEWNET);
    assert_int_equal(fx_namespace_number("nothing"), -EINVAL);
    assert_int_equal(fx_namespace_number(""), -EINVAL);
    assert_int_equal(fx_namespace_number("99999999999"), -EINVAL);
    assert_string_equal(fx_namespace_name(CLONE_NEWNS), "mount");
    assert_null(fx_namespace_name(CLONE_FILES));
}

static void unprivileged_as_well(void **state) {
    (void)state;
    if (is_superuser() && is_offered("unshare"))
        run_again_unprivileged(own_path);
}

int main(int argc, char **argv) {
    own_path = argc > 0 ? argv[0] : "";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_can_be_new),
        cmocka_unit_test(all_kinds_can_be_new_at_once),
        cmocka_unit_test(it_is_process_1),
        cmocka_unit_test(it_finds_its_descriptors),
        cmocka_unit_test(who_may_not_is_told),
        cmocka_unit_test(the_order_stays),
        cmocka_unit_test(they_may_be_skipped),
        cmocka_unit_test(it_is_whom_the_maps_say),
        cmocka_unit_test(the_reason_is_the_parent),
        cmocka_unit_test(identity_is_that_of_the_namespace),
        cmocka_unit_test(a_map_that_is_refused_is_named),
        cmocka_unit_test(maps_without_their_namespace_are_refused),
        cmocka_unit_test(with_a_reporter_as_well),
        cmocka_unit_test(whatever_the_map_of_descriptors_is),
        cmocka_unit_test(each_kind_can_be_joined),
        cmocka_unit_test(one_of_time_as_well),
        cmocka_unit_test(their_order_does_not_matter),
        cmocka_unit_test(what_cannot_be_joined_is_named),
        cmocka_unit_test(joining_may_be_skipped),
        cmocka_unit_test(what_means_nothing_is_not_compiled),
        cmocka_unit_test(what_birth_forbids_is_not_compiled),
        cmocka_unit_test(what_is_no_map_is_not_compiled),
        cmocka_unit_test(as_many_lines_as_fit_a_page),
        cmocka_unit_test(names_are_known),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
