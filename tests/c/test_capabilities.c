/* SPDX-License-Identifier: MIT
 *
 * Capabilities: the five sets, securebits and PR_SET_KEEPCAPS. As root they change; as anybody
 * else the kernel refuses, and the refusal is reported.
 *
 * Exec computes most of them anew, so that what is permitted is looked at by a callback, which runs
 * just before.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "looking.h"

enum { NOBODY = 65534, CHOWN = 0, SETPCAP = 8, BIND = 10, RAW = 13 };
#define BIT(capability) (1ULL << (capability))
#define ONLY(of) ((fx_capabilities){.set = true, .bits = (of)})
#define STATUS "/proc/self/status"

/* ---- looking ---- */

static unsigned long long set_in(const char *text, const char *name) {
    const char *at = strstr(text, name);
    if (!at)
        fail_msg("no %s in:\n%s", name, text);
    return strtoull(at + strlen(name), NULL, 16);
}

static unsigned long long my_set(const char *name) {
    int fd = open(STATUS, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    char *text = read_all(fd);
    unsigned long long bits = set_in(text, name);
    free(text);
    return bits;
}

/* Run by the child just before its exec, to write down what it is. */
static int write_down(void *argument) {
    char text[8192], line[64];
    int target = *(int *)argument, fd = open(STATUS, O_RDONLY | O_CLOEXEC);
    ssize_t size = read(fd, text, sizeof text);
    (void)close(fd);
    int length = snprintf(line, sizeof line, "Keep: %d\n", prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0));
    return size > 0 && write(target, text, (size_t)size) == size &&
                   write(target, line, (size_t)length) == length
               ? 0
               : EIO;
}

/* The status of the child before its exec, to be freed. */
static char *before_exec(const fx_command *asked) {
    int file = new_file();
    fx_command command = *asked;
    command.mechanism = callback_mechanism();
    command.callback = (fx_callback){write_down, &file};
    command.exempt = &file;
    command.exempt_count = 1;
    assert_exits(&command, 0);
    assert_int_equal(lseek(file, 0, SEEK_SET), 0);
    return read_all(file);
}

static void assert_set(const char *text, const char *name, unsigned long long bits) {
    unsigned long long seen = set_in(text, name);
    if (seen != bits)
        fail_msg("%s %llx, not %llx", name, seen, bits);
}

static void assert_program_has(const fx_command *command, const char *name,
                               unsigned long long bits) {
    char *said = LOOK(command, "file=" STATUS);
    assert_set(said, name, bits);
    free(said);
}

static void assert_message_of(fx_error error, const char *message) {
    assert_message(&error, message);
}

/* In a process of its own, which may then be what it likes. */
static void in_another_process(void (*function)(void)) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        function();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* There: the code of a spawn, and the step that failed. */
static int try(const fx_command *command, fx_step *step) {
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    int result = fx_spawn(command, &child, &error);
    *step = error.step;
    if (result == 0)
        (void)fx_wait(&child, -1, 0, NULL);
    return result;
}

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                  \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

/* ---- the sets ---- */

static void all_but_the_bounding_ones_are_dropped(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.bounding_capabilities = ONLY(BIT(RAW) | BIT(SETPCAP));
    if (is_lacking(&command, "bounding_capabilities"))
        return;
    if (!is_superuser()) {
        fx_error error = assert_fails(&command, EPERM, FX_STEP_BOUNDING, "PR_CAPBSET_DROP, chown");
        assert_int_equal(error.index, CHOWN);
        assert_message(&error, "prctl(PR_CAPBSET_DROP, chown): Operation not permitted");
        return;
    }
    assert_program_has(&command, "CapBnd:", BIT(RAW) | BIT(SETPCAP));
    /* What exec gives back to the superuser is bounded by it. */
    assert_program_has(&command, "CapPrm:", BIT(RAW) | BIT(SETPCAP));
    command.bounding_capabilities = ONLY(0);
    assert_program_has(&command, "CapBnd:", 0);
    assert_program_has(&command, "CapEff:", 0);
}

/* Who may not drop any need not, if they are not there. */
static void a_bounding_set_that_is_there_needs_no_privilege(void **state) {
    (void)state;
    fx_command command = idle_command();
    if (!is_offered("bounding_capabilities"))
        return;
    command.bounding_capabilities = ONLY(my_set("CapBnd:"));
    assert_program_has(&command, "CapBnd:", command.bounding_capabilities.bits);
    command.bounding_capabilities = ONLY(~0ULL);
    assert_program_has(&command, "CapBnd:", my_set("CapBnd:"));
}

static void permitted_ones_are_effective(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    command.permitted_capabilities = ONLY(BIT(RAW) | BIT(CHOWN));
    if (is_lacking(&command, "permitted_capabilities"))
        return;
    if (!is_superuser()) {
        assert_message_of(
            assert_fails(&command, EPERM, FX_STEP_CAPABILITIES, "permitted chown,net_raw"),
            "capset(permitted chown,net_raw): Operation not permitted");
        /* But to have none, or what one has, is for everybody. */
        command.permitted_capabilities = ONLY(0);
        assert_program_has(&command, "CapPrm:", 0);
        return;
    }
    char *text = before_exec(&command);
    assert_set(text, "CapPrm:", BIT(RAW) | BIT(CHOWN));
    assert_set(text, "CapEff:", BIT(RAW) | BIT(CHOWN));
    assert_set(text, "CapInh:", my_set("CapInh:"));
    free(text);
    /* As the manual says: the superuser's program has all of the bounding set again, */
    assert_program_has(&command, "CapPrm:", my_set("CapBnd:"));
    /* unless being the superuser means nothing. */
    command.securebits = (fx_number)FX_NUMBER(1);
    assert_program_has(&command, "CapPrm:", 0);
}

/* A debugger of the child must not get at the parent's memory. */
static void fewer_permitted_ones_forbid_to_share_memory(void **state) {
    (void)state;
    fx_command command = idle_command();
    if (!is_offered("permitted_capabilities"))
        return;
    command.mechanism = FX_MECHANISM_AUTO;
    command.permitted_capabilities = ONLY(0);
    fx_child child = start(&command);
    assert_int_equal(child.reason, FX_REASON_IDENTITY);
    (void)finish(&child);
    command.mechanism = FX_MECHANISM_CLONE;
    (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "mechanism");
}

static void inheritable_ones_are_inherited(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.inheritable_capabilities = ONLY(BIT(RAW));
    if (is_lacking(&command, "permitted_capabilities"))
        return;
    if (!is_superuser()) {
        (void)assert_fails(&command, EPERM, FX_STEP_CAPABILITIES, "inheritable net_raw");
        command.inheritable_capabilities = ONLY(0);
    }
    assert_program_has(&command, "CapInh:", command.inheritable_capabilities.bits);
}

static void ambient_ones_stay(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    command.ambient_capabilities = ONLY(BIT(BIND) | BIT(RAW));
    if (!is_offered("ambient_capabilities")) {
        (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, NULL);
        return;
    }
    if (!is_superuser()) {
        assert_message_of(assert_fails(&command, EPERM, FX_STEP_CAPABILITIES, NULL),
                          "capset(inheritable +net_bind_service,net_raw): Operation not permitted");
        return;
    }
    command.user = (fx_id)FX_ID(NOBODY);
    command.groups.set = true;
    char *said = LOOK(&command, "file=" STATUS, "ids");
    assert_saw(said, "user 65534 65534 65534");
    static const char *const names[] = {"CapPrm:", "CapEff:", "CapInh:", "CapAmb:"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_set(said, names[i], BIT(BIND) | BIT(RAW));
    free(said);
    /* What was kept for their sake goes no further. */
    char *text = before_exec(&command);
    assert_set(text, "CapPrm:", BIT(BIND) | BIT(RAW));
    assert_set(text, "CapEff:", BIT(BIND) | BIT(RAW));
    assert_set(text, "Keep:", 0);
    free(text);
    command.order = FX_ORDER_CPYTHON;
    assert_program_has(&command, "CapAmb:", BIT(BIND) | BIT(RAW));
}

static void be_ambient(void) {
    uint32_t header[2] = {0x20080522, 0}, sets[6] = {0};
    MUST(syscall(SYS_capget, header, sets) == 0);
    sets[2] |= BIT(RAW);
    MUST(syscall(SYS_capset, header, sets) == 0);
    MUST(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, RAW, 0, 0) == 0);
}

static int ambient_in(const fx_command *asked) {
    fx_command command = *asked;
    int ends[2];
    MUST(pipe(ends) == 0);
    command.program = program_path("look");
    command.argv = ARGV("look", "file=" STATUS);
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = ends[1]};
    fx_step step;
    MUST(try(&command, &step) == 0);
    char text[16384];
    ssize_t size = read(ends[0], text, sizeof text - 1);
    MUST(size > 0);
    text[size] = '\0';
    return strstr(text, "CapAmb:\t0000000000000000") ? 0 : 1;
}

static void clear_ambient(void) {
    be_ambient();
    fx_command command = idle_command();
    MUST(ambient_in(&command) == 1);
    command.ambient_capabilities = ONLY(0);
    MUST(ambient_in(&command) == 0);
}

static void none_ambient_clears_them(void **state) {
    (void)state;
    if (is_superuser() && is_offered("ambient_capabilities"))
        in_another_process(clear_ambient);
}

static void forbid_ambient(void) {
    MUST(prctl(PR_SET_SECUREBITS, 1 << 6, 0, 0, 0) == 0);
    fx_command command = idle_command();
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    char text[FX_MESSAGE_MAX];
    command.ambient_capabilities = ONLY(BIT(RAW));
    MUST(fx_spawn(&command, &child, &error) == -EPERM);
    MUST(error.step == FX_STEP_AMBIENT && error.index == RAW);
    (void)fx_error_message(&error, text, sizeof text);
    MUST(strcmp(text, "prctl(PR_CAP_AMBIENT_RAISE, net_raw): Operation not permitted") == 0);
}

static void an_ambient_one_that_is_refused_is_named(void **state) {
    (void)state;
    if (is_superuser() && is_offered("ambient_capabilities"))
        in_another_process(forbid_ambient);
}

/* An unprivileged process that has some capabilities left may pass on fewer. */
static void drop_unprivileged(void) {
    MUST(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0);
    MUST(setresuid(NOBODY, NOBODY, NOBODY) == 0);
    uint32_t header[2] = {0x20080522, 0}, sets[6] = {0};
    sets[0] = sets[1] = BIT(RAW) | BIT(BIND);
    MUST(syscall(SYS_capset, header, sets) == 0);
    fx_command command = idle_command_of_its_own();
    /* The exec of a helper would take away what is not ambient. */
    command.mechanism = callback_mechanism();
    command.permitted_capabilities = ONLY(BIT(RAW));
    command.ambient_capabilities = ONLY(BIT(RAW));
    MUST(ambient_in(&command) == 1);
    fx_step step;
    command.permitted_capabilities = ONLY(BIT(RAW) | BIT(CHOWN));
    MUST(try(&command, &step) == -EPERM && step == FX_STEP_CAPABILITIES);
    command.permitted_capabilities = ONLY(0);
    command.ambient_capabilities = ONLY(0);
    MUST(ambient_in(&command) == 0);
}

static void an_unprivileged_user_passes_on_fewer(void **state) {
    (void)state;
    if (is_superuser() && is_offered("ambient_capabilities"))
        in_another_process(drop_unprivileged);
}

/* ---- securebits, keeping ---- */

static void securebits_are_set(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.securebits = (fx_number)FX_NUMBER(0x3);
    if (is_lacking(&command, "securebits"))
        return;
    if (!is_superuser()) {
        assert_message_of(
            assert_fails(&command, EPERM, FX_STEP_SECUREBITS,
                         "PR_SET_SECUREBITS, noroot,noroot_locked"),
            "prctl(PR_SET_SECUREBITS, noroot,noroot_locked): Operation not permitted");
        return;
    }
    char *said = LOOK(&command, "securebits", "file=" STATUS);
    assert_saw(said, "securebits 0x3");
    assert_set(said, "CapPrm:", 0);
    free(said);
    command = idle_command_of_its_own();
    command.securebits = (fx_number)FX_NUMBER(1 << 2);
    command.user = (fx_id)FX_ID(NOBODY);
    command.groups.set = true;
    /* No fixing up: the new user has all of the old one's, until exec. */
    char *text = before_exec(&command);
    assert_set(text, "CapEff:", my_set("CapEff:"));
    free(text);
    assert_program_has(&command, "CapEff:", 0);
}

static void capabilities_are_kept_until_exec(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    command.keep_capabilities = true;
    if (is_lacking(&command, "keep_capabilities"))
        return;
    if (is_superuser()) {
        command.user = (fx_id)FX_ID(NOBODY);
        command.groups.set = true;
    }
    char *text = before_exec(&command);
    assert_set(text, "Keep:", 1);
    assert_set(text, "CapPrm:", my_set("CapPrm:"));
    free(text);
    if (is_superuser())
        assert_program_has(&command, "CapPrm:", 0);
    command.keep_capabilities = false;
    text = before_exec(&command);
    assert_set(text, "Keep:", 0);
    assert_set(text, "CapPrm:", 0);
    free(text);
}

static void forbid_keeping(void) {
    MUST(prctl(PR_SET_SECUREBITS, 1 << 5, 0, 0, 0) == 0);
    fx_command command = idle_command();
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    char text[FX_MESSAGE_MAX];
    command.keep_capabilities = true;
    MUST(fx_spawn(&command, &child, &error) == -EPERM);
    MUST(error.step == FX_STEP_KEEP_CAPABILITIES && error.index == -1);
    (void)fx_error_message(&error, text, sizeof text);
    MUST(strcmp(text, "prctl(PR_SET_KEEPCAPS, 1): Operation not permitted") == 0);
}

static void keeping_that_is_refused_is_said(void **state) {
    (void)state;
    if (is_superuser() && is_offered("keep_capabilities"))
        in_another_process(forbid_keeping);
}

static void permitted_ones_outlive_a_change_of_user(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    if (!is_superuser() || !is_offered("permitted_capabilities"))
        return;
    command.user = (fx_id)FX_ID(NOBODY);
    command.groups.set = true;
    command.permitted_capabilities = ONLY(BIT(RAW));
    command.inheritable_capabilities = ONLY(BIT(BIND));
    char *text = before_exec(&command);
    assert_set(text, "CapPrm:", BIT(RAW));
    assert_set(text, "CapEff:", BIT(RAW));
    assert_set(text, "CapInh:", BIT(BIND));
    assert_set(text, "Keep:", 0);
    free(text);
    assert_program_has(&command, "CapPrm:", 0);
    assert_program_has(&command, "CapInh:", BIT(BIND));
}

/* ---- the rest ---- */

static void sharing_memory_changes_no_parent(void **state) {
    (void)state;
    fx_command command = idle_command();
    if (!is_superuser() || !is_offered("ambient_capabilities"))
        return;
    command.bounding_capabilities = ONLY(BIT(RAW) | BIT(SETPCAP));
    command.ambient_capabilities = ONLY(BIT(RAW));
    command.securebits = (fx_number)FX_NUMBER(1);
    fx_child child = start(&command);
    /* What keeps it from sharing, if anything does, is not the command. */
    assert_int_not_equal(child.reason, FX_REASON_IDENTITY);
    assert_int_not_equal(child.reason, FX_REASON_MEMORY);
    (void)finish(&child);
    assert_program_has(&command, "CapPrm:", BIT(RAW));
}

static void what_need_not_succeed_is_skipped(void **state) {
    (void)state;
    static const fx_step steps[] = {FX_STEP_AMBIENT, FX_STEP_BOUNDING};
    fx_command command = idle_command();
    command.ambient_capabilities = ONLY(BIT(RAW));
    command.bounding_capabilities = ONLY(0);
    command.best_effort = steps;
    command.best_effort_count = 2;
    if (is_superuser())
        return;
    fx_child child = start(&command);
    assert_int_equal(finish(&child).code, 0);
    child = start(&command);
    /* Making them inheritable serves nothing else. */
    assert_int_equal(child.skipped_count, 3);
    assert_int_equal(child.skipped[0].step, FX_STEP_BOUNDING);
    assert_int_equal(child.skipped[1].step, FX_STEP_CAPABILITIES);
    assert_int_equal(child.skipped[2].step, FX_STEP_AMBIENT);
    (void)finish(&child);
}

static void refuse(const fx_command *command, const char *field, const char *message) {
    fx_error error = assert_fails(command, EINVAL, FX_STEP_COMMAND, field);
    assert_message(&error, message);
}

static void contradictions_are_refused(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    command.ambient_capabilities = ONLY(BIT(RAW) | BIT(BIND));
    command.permitted_capabilities = ONLY(BIT(RAW));
    refuse(&command, "ambient_capabilities",
           "ambient_capabilities: net_bind_service is not in permitted_capabilities");
    command.permitted_capabilities.set = false;
    command.inheritable_capabilities = ONLY(BIT(BIND));
    refuse(&command, "ambient_capabilities",
           "ambient_capabilities: net_raw is not in inheritable_capabilities");
    command.inheritable_capabilities.set = false;
    command.securebits = (fx_number)FX_NUMBER(1 << 6);
    refuse(&command, "ambient_capabilities",
           "ambient_capabilities: SECBIT_NO_CAP_AMBIENT_RAISE in securebits forbids them");
    command.securebits = (fx_number)FX_NUMBER(1 << 5);
    command.user = (fx_id)FX_ID(NOBODY);
    command.groups.set = true;
    refuse(&command, "securebits",
           "securebits: SECBIT_KEEP_CAPS_LOCKED forbids to keep the capabilities that are asked "
           "for over the change of user");
    command = idle_command();
    command.securebits = (fx_number)FX_NUMBER(1 << 12);
    refuse(&command, "securebits", "securebits: 0x1000 has more than SECBIT_* in it");
    command.securebits = (fx_number)FX_NUMBER(-1);
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "securebits");
    command = idle_command_of_its_own();
    command.permitted_capabilities = ONLY(BIT(63));
    if (is_offered("permitted_capabilities"))
        refuse(&command, "permitted_capabilities",
               "permitted_capabilities: this kernel has no capability 63");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_but_the_bounding_ones_are_dropped),
        cmocka_unit_test(a_bounding_set_that_is_there_needs_no_privilege),
        cmocka_unit_test(permitted_ones_are_effective),
        cmocka_unit_test(fewer_permitted_ones_forbid_to_share_memory),
        cmocka_unit_test(inheritable_ones_are_inherited),
        cmocka_unit_test(ambient_ones_stay),
        cmocka_unit_test(none_ambient_clears_them),
        cmocka_unit_test(an_ambient_one_that_is_refused_is_named),
        cmocka_unit_test(an_unprivileged_user_passes_on_fewer),
        cmocka_unit_test(securebits_are_set),
        cmocka_unit_test(capabilities_are_kept_until_exec),
        cmocka_unit_test(keeping_that_is_refused_is_said),
        cmocka_unit_test(permitted_ones_outlive_a_change_of_user),
        cmocka_unit_test(sharing_memory_changes_no_parent),
        cmocka_unit_test(what_need_not_succeed_is_skipped),
        cmocka_unit_test(contradictions_are_refused),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
