/* SPDX-License-Identifier: MIT
 *
 * Namespaces that a child makes, or is born into. As root, and once more as nobody, who needs a
 * user namespace for it.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "looking.h"

/* Where this program is. */
static const char *own_path;

static void assert_new_are(const char *said, unsigned int namespaces) {
    for (int i = 0; i < NAMESPACE_KINDS; i++) {
        if (namespaces & namespace_kinds[i].type)
            assert_not_saw(said, "%s: %s", namespace_kinds[i].link,
                           link_of(namespace_kinds[i].link));
        else
            assert_saw(said, "%s: %s", namespace_kinds[i].link, link_of(namespace_kinds[i].link));
    }
}

/* ---- new ones ---- */

static void each_kind_can_be_new(void **state) {
    (void)state;
    for (int i = 0; i < NAMESPACE_KINDS; i++) {
        fx_command command = unsharing(namespace_kinds[i].type);
        if (is_lacking(&command, "unshare"))
            return;
        char *said = see_namespaces(&command);
        assert_new_are(said, command.unshare);
        free(said);
    }
}

static void all_kinds_can_be_new_at_once(void **state) {
    (void)state;
    unsigned int all = 0;
    for (int i = 0; i < NAMESPACE_KINDS; i++)
        all |= namespace_kinds[i].type;
    for (int without = 0; without < 3; without++) {
        static const unsigned int left[] = {0, CLONE_NEWUSER, CLONE_NEWUSER | CLONE_NEWPID};
        fx_command command = unsharing(all & ~left[without]);
        if (is_lacking(&command, "unshare"))
            return;
        char *said = see_namespaces(&command);
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
    for (int i = 0; i < NAMESPACE_KINDS; i++) {
        if (namespace_kinds[i].type == CLONE_NEWUSER)
            continue;
        fx_command command = idle_command();
        command.unshare = namespace_kinds[i].type;
        (void)assert_fails(&command, EPERM, FX_STEP_UNSHARE, namespace_kinds[i].constant);
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

/* ---- what is not compiled ---- */

static int do_nothing(void *argument) {
    (void)argument;
    return 0;
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

static void what_is_none_is_not_compiled(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    command.unshare = CLONE_NEWUTS | CLONE_FILES;
    if (is_offered("unshare"))
        assert_wrong(&command, EINVAL, "unshare", "0x400 is no kind of namespace");
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
        cmocka_unit_test(what_birth_forbids_is_not_compiled),
        cmocka_unit_test(names_are_known),
        cmocka_unit_test(what_is_none_is_not_compiled),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
