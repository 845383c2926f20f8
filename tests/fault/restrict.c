/* SPDX-License-Identifier: MIT
 *
 * Run a program in a world that lacks something:
 *
 *     restrict [no-proc] [ERRNO=CALL[:ARGUMENT&MASK=VALUE]] ... -- PROGRAM [ARGUMENT ...]
 *
 * The call fails with this number, always or where an argument (from 0) has this value under
 * this mask. `no-proc` covers /proc with an empty folder; only root may do that.
 */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <seccomp.h>

static _Noreturn void fail(const char *what, int error) {
    (void)fprintf(stderr, "restrict: %s: %s\n", what, strerror(error));
    exit(125);
}

static void hide_proc(void) {
    if (unshare(CLONE_NEWNS) < 0)
        fail("unshare", errno);
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        fail("mount private", errno);
    if (mount("none", "/proc", "tmpfs", 0, NULL) < 0)
        fail("mount tmpfs", errno);
}

static void add_rule(scmp_filter_ctx filter, const char *rule) {
    char name[64];
    unsigned int error, argument;
    unsigned long long mask, value;
    int fields = sscanf(rule, "%u=%63[^:]:%u&%llx=%llx", &error, name, &argument, &mask, &value);
    if (fields != 2 && fields != 5)
        fail(rule, EINVAL);
    int call = seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR)
        fail(name, ENOSYS);
    int result;
    if (fields == 2)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(error), call, 0);
    else
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(error), call, 1,
                                  SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, mask, value));
    if (result < 0)
        fail(rule, -result);
}

int main(int argc, char **argv) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        fail("seccomp_init", ENOMEM);
    /* A set-id program keeps its powers, and root needs no permission. */
    if (geteuid() == 0 && seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0) < 0)
        fail("SCMP_FLTATR_CTL_NNP", EINVAL);
    int at = 1;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (strcmp(argv[at], "no-proc") == 0)
            hide_proc();
        else
            add_rule(filter, argv[at]);
    }
    if (at + 1 >= argc)
        fail("no program", EINVAL);
    int result = seccomp_load(filter);
    if (result < 0)
        fail("seccomp_load", -result);
    seccomp_release(filter);
    (void)execv(argv[at + 1], argv + at + 1);
    fail(argv[at + 1], errno);
}
