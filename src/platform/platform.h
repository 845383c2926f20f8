/* SPDX-License-Identifier: MIT
 *
 * What the engine needs of an operating system: small functions with one contract each.
 *
 * All return a negative errno on failure. Those named fx_sys_* run in the child, possibly on
 * memory it shares with a parent that has many threads: they are system calls and nothing
 * else. On Linux they go through syscall(2), because libc's setuid and setgid signal every thread
 * under a lock, its sigaction refuses its own internal signals, and musl's keeps state.
 * They may leave errno changed; the parent restores it.
 */
#ifndef FX_PLATFORM_H
#define FX_PLATFORM_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "forkexec.h"

/* ---- descriptors, in the child ---- */

int fx_sys_close(int fd);
/* `to` becomes a copy of `from`, inheritable. from == to is the caller's mistake: use the next. */
int fx_sys_dup_to(int from, int to);
/* The same, close-on-exec from the first moment; only where tables can be shared. */
int fx_sys_replace(int from, int to);
/* The lowest free number at or above `minimum`, close-on-exec. */
int fx_sys_dup_above(int from, int minimum);
/* FD_CLOEXEC if set, 0 if not, -EBADF if not open. */
int fx_sys_descriptor_flags(int fd);
int fx_sys_make_inheritable(int fd);
/* Close everything open at or above `first` that is not in the sorted list `keep`. */
int fx_sys_close_except(int first, const int *keep, size_t count);
/*
 * The first act of a child that was born sharing its parent's table of descriptors: a table of
 * its own, with only those below `end`. The kernel does not even copy the others. Until then
 * whatever the child did to a descriptor, it would do to the parent's.
 */
int fx_sys_own_table(int end);
/* As fx_sys_close_except(), after that: close what is open from `first` to below `end`. */
int fx_sys_close_cut(int first, int end, const int *keep, size_t count);
/*
 * A descriptor through which the child can look at the parent's thread that made it, and a copy,
 * close-on-exec, of a descriptor of that thread's. The kernel asks for the rights of a debugger.
 */
int fx_sys_open_thread(pid_t process, pid_t thread);
int fx_sys_fetch(int opened_thread, int fd);
/* poll(2) that never waits. */
int fx_sys_poll_now(struct pollfd *descriptors, size_t count);
/* One above the highest number a descriptor can have, also after the limit was lowered. */
int fx_sys_descriptor_limit(void);
int fx_sys_write(int fd, const void *data, size_t size);

/* ---- session, identity, directory, in the child ---- */

int fx_sys_setsid(void);
int fx_sys_setpgid(pid_t group);
int fx_sys_setgroups(size_t count, const gid_t *list);
/* Real, effective and saved id together. */
int fx_sys_setgid(gid_t group);
int fx_sys_setuid(uid_t user);
int fx_sys_umask(mode_t mask);
int fx_sys_chdir(const char *path);
int fx_sys_fchdir(int fd);

/* ---- signals, in parent and child ---- */

/* Block every signal, libc's internal ones too. */
int fx_sys_block_signals(sigset_t *old);
int fx_sys_set_signal_mask(const sigset_t *mask);
int fx_sys_default_signal(int signal);
/* Put every signal that has a handler back to its default; ignored ones stay ignored. */
int fx_sys_reset_handlers(void);

/* ---- the end of the child ---- */

int fx_sys_execve(const char *path, char *const *argv, char *const *environment);
_Noreturn void fx_sys_exit(int status);

/* ---- what there is, in the parent ---- */

/* Whether this system lacks what a step needs: 0, or a negative errno that says how. */
int fx_platform_lacks(fx_step step);
/* Whether a namespace that the command asks for changes what belongs to the memory map. */
bool fx_platform_changes_memory(const fx_command *command);

/* For people: close_range(2); what is worth knowing of an attribute or facility, or "". */
int fx_platform_try_close_range(void);
void fx_platform_describe(const char *facility, char *text, size_t size);

/* ---- making a child, in the parent ---- */

/*
 * A child that shares memory with the caller, on a stack of its own, while the
 * caller sleeps until it has called execve or ended. `run` never returns.
 */
struct fx_clone_request {
    int (*run)(void *argument);
    void *argument;
    bool pidfd;
    bool clear_handlers; /* FX_MECHANISM_CLONE3 only: caught signals are born at default */
    bool share_table;    /* of descriptors, until fx_sys_own_table() */
    bool into_cgroup;    /* FX_MECHANISM_CLONE3 only: born in the one with this directory */
    int cgroup;
    unsigned int namespaces; /* CLONE_NEW*, to be born into */
    pid_t *place; /* where its number is written when there is one, before it runs; or NULL */
    int exit_signal;
};

/* Whether FX_MECHANISM_CLONE3 and FX_MECHANISM_CLONE exist on this platform at all. */
bool fx_platform_shares_memory(void);
/* Whether fx_sys_own_table() may be relied on, as far as can be told without trying. */
bool fx_platform_shares_table(void);
/* The pid. `*pidfd` is written only on success, -1 if none was asked for. -ENOSYS: no such thing.
 */
pid_t fx_platform_clone(fx_mechanism mechanism, const struct fx_clone_request *request, int *pidfd);
/* fork(2); at-fork handlers are run only if asked for, where the platform lets us choose. */
pid_t fx_platform_fork(bool run_handlers);
/* Wait for a child made with exit_signal 0; never waits for any other. */
int fx_platform_wait_silent(pid_t pid);
/* A pidfd of a child that has not been reaped; -ENOSYS where there is no such thing. */
int fx_platform_pidfd_open(pid_t pid);
/* The calling thread, as its child knows it. */
pid_t fx_platform_thread(void);
/* Both ends close-on-exec. */
int fx_platform_pipe(int ends[2]);
/*
 * The first becomes readable when a uint64_t that is 1 is written to the second. They may be one.
 */
int fx_platform_bell(int ends[2]);
/* A close-on-exec descriptor of a file that nothing else in the world is; -ENOSYS where none. */
int fx_platform_placeholder(void);
/* Whether two numbers are copies of each other; a closed one is a copy of none. */
bool fx_platform_is_copy(int fd, int other);

/* ---- following a child, in the parent ---- */

/*
 * Wait for the end of one child, through pidfd unless that is -1. `timeout` in
 * milliseconds, negative for ever. Without `reap` it stays to be waited for. `usage` may be NULL;
 * it is zeros where the system does not tell.
 */
int fx_platform_wait(pid_t pid, int pidfd, int timeout, bool reap, siginfo_t *info,
                     struct rusage *usage);
/* How many bytes a unit of ru_maxrss is. */
long fx_platform_resident_unit(void);
/* Signal through the pidfd. */
int fx_platform_pidfd_signal(int pidfd, int signal);

#endif
