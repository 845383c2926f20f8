/* SPDX-License-Identifier: MIT
 *
 * forkexec: start, watch and stop child processes.
 *
 * This header is the manual. It reads top-down:
 *
 *   1. conventions
 *   2. errors
 *   3. the command: what the child is to be
 *   4. plans: a command compiled
 *   5. children: starting, waiting, signalling
 *   6. following: kill scopes, stopping step by step, and the drain of their streams
 *   7. without a child: becoming a command, explaining a plan, what the kernel offers
 *   8. names and version
 *
 * The shortest program:
 *
 *     char *argv[] = {"make", "-j2", NULL};
 *     fx_command command = {.size = sizeof command, .argv = argv};
 *     fx_child child = {.size = sizeof child};
 *     fx_error error = {.size = sizeof error};
 *     fx_exit end = {.size = sizeof end};
 *
 *     if (fx_spawn(&command, &child, &error) < 0) {
 *         char text[FX_MESSAGE_MAX];
 *         fx_error_message(&error, text, sizeof text);
 *         fprintf(stderr, "%s\n", text);
 *     } else {
 *         fx_wait(&child, -1, 0, &end);
 *         fx_child_close(&child);
 *     }
 */
#ifndef FORKEXEC_H
#define FORKEXEC_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FX_VERSION_MAJOR 0
#define FX_VERSION_MINOR 1
#define FX_VERSION_PATCH 0

#if defined(__GNUC__)
#define FX_API __attribute__((visibility("default")))
#else
#define FX_API
#endif

/* ---------------------------------------------------------------------------
 * 1. Conventions
 *
 * Return values. Functions return 0, or a negative errno. errno itself is kept
 * when a function succeeds and unspecified when it fails.
 *
 * Sizes first. Every struct that crosses this interface begins with its own
 * size, set by the caller: `fx_child child = {.size = sizeof child};`. A library
 * newer than its caller reads and writes only what the caller knows; an older
 * one refuses, with -E2BIG, a command that sets a field it does not know.
 *
 * Zero is the sane default. A command whose other fields are zero inherits the
 * environment, the directory and standard input, output and error; every other
 * descriptor is closed in the child; SIGPIPE and SIGXFSZ, which language
 * runtimes ignore, are back at their default action; the signal mask is that of
 * the calling thread; nothing else is changed.
 *
 * Ownership. What a command points to stays the caller's, is not changed, and
 * is not looked at after the call returns. The environment of the process is
 * copied once, in the parent, when a command is compiled; as everywhere in C,
 * no other thread may call setenv() meanwhile. fx_spawn() alone copies no strings, but
 * uses those of the command and of the environment in place until it returns.
 *
 * Threads. Every function may be called from any thread. A plan may be launched
 * by many threads at once. A child may be signalled by one thread while another
 * waits for it. Structs otherwise belong to one thread at a time.
 *
 * Signals. The library installs no handler, not even for SIGCHLD, and reaps no
 * process but its own children. All signals are blocked in the calling thread
 * while a child is made, and the mask restored on every path.
 *
 * Descriptors. Whatever the library opens is close-on-exec from the first moment, and closed
 * again but for what a fx_child holds. In a process with many descriptors it keeps a
 * few low numbers for its children: see fx_reserve(). A program may close these, as it may close
 * anything else before it becomes a daemon; but not while another thread starts a child.
 *
 * Cancellation. No function is a cancellation point (pthread_setcancelstate(3)).
 * ------------------------------------------------------------------------ */

/* A number that may be absent: `.umask = FX_NUMBER(022)`. */
typedef struct fx_number {
    bool set;
    int value;
} fx_number;
#define FX_NUMBER(number)                                                                          \
    { true, (number) }

/* The same, for what needs 64 bits: `.timer_slack = FX_COUNT(50000)`. */
typedef struct fx_count {
    bool set;
    unsigned long long value;
} fx_count;
#define FX_COUNT(number)                                                                           \
    { true, (number) }

/* A user or group id that may be absent: `.user = FX_ID(1000)`. */
typedef struct fx_id {
    bool set;
    unsigned int value;
} fx_id;
#define FX_ID(number)                                                                              \
    { true, (number) }

/* ---------------------------------------------------------------------------
 * 2. Errors
 * ------------------------------------------------------------------------ */

/*
 * What was being done when it failed. Those up to FX_STEP_CLONE happen in the
 * parent, before there is a child; the others are the steps of the child.
 */
typedef enum fx_step {
    FX_STEP_NONE = 0,
    FX_STEP_COMMAND,           /* the command is not valid; nothing was started */
    FX_STEP_ALLOCATE,          /* memory for the plan, or the child's stack */
    FX_STEP_PIPE,              /* pipe2(2), for standard streams or the report */
    FX_STEP_OPEN,              /* open(2) of /dev/null */
    FX_STEP_CLONE,             /* clone3(2), clone(2) or fork(2) */
    FX_STEP_CGROUP,            /* CLONE_INTO_CGROUP, or writing to cgroup.procs */
    FX_STEP_SETSID,            /* setsid(2) */
    FX_STEP_SETPGID,           /* setpgid(2) */
    FX_STEP_TERMINAL,          /* ioctl(2) TIOCSCTTY: the controlling terminal */
    FX_STEP_FOREGROUND,        /* tcsetpgrp(3) */
    FX_STEP_SCHEDULING,        /* sched_setattr(2) */
    FX_STEP_NICE,              /* setpriority(2) */
    FX_STEP_AFFINITY,          /* sched_setaffinity(2) */
    FX_STEP_IO_PRIORITY,       /* ioprio_set(2) */
    FX_STEP_TIMER_SLACK,       /* prctl(2) PR_SET_TIMERSLACK */
    FX_STEP_OOM_SCORE_ADJ,     /* writing to /proc/self/oom_score_adj */
    FX_STEP_LIMIT,             /* setrlimit(2) */
    FX_STEP_UMASK,             /* umask(2) */
    FX_STEP_PERSONALITY,       /* personality(2) */
    FX_STEP_SETNS,             /* setns(2) */
    FX_STEP_UNSHARE,           /* unshare(2), or the same flags at birth */
    FX_STEP_ID_MAPS,           /* writing to uid_map and gid_map, by the parent */
    FX_STEP_CHROOT,            /* chroot(2) */
    FX_STEP_DESCRIPTOR,        /* dup2(2) of one entry of the map, or making it inheritable */
    FX_STEP_CLOSE,             /* close(2) of a descriptor that the command names */
    FX_STEP_CLOSE_OTHERS,      /* closing everything that was not asked for */
    FX_STEP_BOUNDING,          /* prctl(2) PR_CAPBSET_DROP */
    FX_STEP_SECUREBITS,        /* prctl(2) PR_SET_SECUREBITS */
    FX_STEP_KEEP_CAPABILITIES, /* prctl(2) PR_SET_KEEPCAPS */
    FX_STEP_SETGROUPS,         /* setgroups(2) */
    FX_STEP_SETGID,            /* setresgid(2) */
    FX_STEP_SETUID,            /* setresuid(2) */
    FX_STEP_CAPABILITIES,      /* capset(2) */
    FX_STEP_AMBIENT,           /* prctl(2) PR_CAP_AMBIENT */
    FX_STEP_CHDIR,             /* chdir(2) */
    FX_STEP_FCHDIR,            /* fchdir(2) */
    FX_STEP_DEATH_SIGNAL,      /* prctl(2) PR_SET_PDEATHSIG; -ESRCH: the parent has died */
    FX_STEP_DUMPABLE,          /* prctl(2) PR_SET_DUMPABLE */
    FX_STEP_APPARMOR,          /* writing to /proc/self/attr/apparmor/exec */
    FX_STEP_SELINUX,           /* writing to /proc/self/attr/exec */
    FX_STEP_NO_NEW_PRIVS,      /* prctl(2) PR_SET_NO_NEW_PRIVS */
    FX_STEP_LANDLOCK,          /* landlock_restrict_self(2), and the rules before it */
    FX_STEP_ALARM,             /* setitimer(2) */
    FX_STEP_TRACED,            /* ptrace(2) PTRACE_TRACEME */
    FX_STEP_RESET_HANDLERS,    /* sigaction(2): caught signals back to default */
    FX_STEP_DEFAULT_SIGNALS,   /* sigaction(2): signals to their default action */
    FX_STEP_IGNORED_SIGNALS,   /* sigaction(2): signals to be ignored */
    FX_STEP_CALLBACK,          /* the caller's callback */
    FX_STEP_PID_VARIABLE,      /* getpid(2), for a variable of the environment */
    FX_STEP_GATE,              /* read(2) until end-of-file */
    FX_STEP_SECCOMP,           /* seccomp(2) */
    FX_STEP_SIGNAL_MASK,       /* sigprocmask(2) */
    FX_STEP_EXEC,              /* execve(2) or execveat(2) */
    FX_STEP_COUNT
} fx_step;

/*
 * execve(2) says ENOENT for four different things, and chdir(2) for a fifth;
 * where the library could tell, this says which one it was.
 */
typedef enum fx_cause {
    FX_CAUSE_UNKNOWN = 0,
    FX_CAUSE_PROGRAM,     /* the program itself is not there */
    FX_CAUSE_DIRECTORY,   /* the directory of the command is not there */
    FX_CAUSE_INTERPRETER, /* a script names an interpreter that is not there */
    FX_CAUSE_LOADER       /* an ELF program names a loader that is not there */
} fx_cause;

#define FX_SUBJECT_MAX 512
#define FX_DETAIL_MAX 512
#define FX_MESSAGE_MAX 1200

/*
 * What failed. Needs no release. `code` is the negative errno that the function
 * returned. A child that was killed before it reached execve(2), so that it
 * could not say what failed, is -ECANCELED at the step FX_STEP_EXEC or
 * FX_STEP_CLONE, with the signal in `detail`.
 */
typedef struct fx_error {
    size_t size;
    int code;
    fx_step step;
    int index; /* which one of its kind (entry of the map, candidate, ...), or -1 */
    fx_cause cause;
    char subject[FX_SUBJECT_MAX]; /* what the step was about, as printed in parentheses */
    char detail[FX_DETAIL_MAX];   /* says more than the errno does; "" where there is no more */
} fx_error;

/*
 * One sentence: `chdir("/srv/app"): No such file or directory`,
 * `exec("/opt/x.py"): interpreter "/usr/bin/pyton" not found`.
 * Writes at most `size` bytes with the final NUL, and returns the length of the
 * whole sentence, like snprintf(3).
 */
FX_API int fx_error_message(const fx_error *error, char *text, size_t size);

/* ---------------------------------------------------------------------------
 * 3. The command
 * ------------------------------------------------------------------------ */

/* Whose PATH is searched for a program without a slash in its name. */
typedef enum fx_search {
    FX_SEARCH_CHILD = 0, /* the environment that the child will have */
    FX_SEARCH_PARENT,    /* the environment of this process */
    FX_SEARCH_NONE       /* none: the name is a path, relative to the child's directory */
} fx_search;

typedef enum fx_stdio_kind {
    FX_STDIO_INHERIT = 0, /* the parent's own, even if close-on-exec when the command is compiled */
    FX_STDIO_NULL,        /* /dev/null */
    FX_STDIO_PIPE,        /* a new pipe; the parent's end is in fx_child.stdio */
    FX_STDIO_DESCRIPTOR,  /* `descriptor`, of the parent */
    FX_STDIO_STDOUT,      /* for standard error: where the child's standard output goes */
    FX_STDIO_STDERR       /* for standard output: where the child's standard error goes */
} fx_stdio_kind;

typedef struct fx_stdio {
    fx_stdio_kind kind;
    int descriptor;
} fx_stdio;

/* The child's descriptor `child` is the parent's `parent`. */
typedef struct fx_map {
    int child;
    int parent;
} fx_map;

/* Supplementary groups: unset keeps the parent's; set with count 0 drops all. */
typedef struct fx_groups {
    bool set;
    size_t count;
    const gid_t *list;
} fx_groups;

/*
 * How the child is made. FX_MECHANISM_AUTO takes the fastest that is right for
 * the command and that this kernel offers. Any other value forces one: if it
 * cannot be used, that is an error, never another mechanism in silence.
 *
 * The helper takes the place of fork, which copies the tables of this process's memory, when that
 * is large (16 MB) and there is no callback. It lies beside the library. What it cannot do as a
 * forked child would is left to fork: where an exec would change ids or capabilities of the calling
 * thread, where it may not be executed, for paths such as /proc/self/fd/7. If forced, it
 * also serves commands that could share memory, and finds no descriptor through such a path that
 * is close-on-exec and that the command does not name.
 */
typedef enum fx_mechanism {
    FX_MECHANISM_AUTO = 0,
    FX_MECHANISM_CLONE3, /* clone3(2), sharing memory until exec; Linux 5.5 */
    FX_MECHANISM_CLONE,  /* clone(2), sharing memory until exec; Linux */
    FX_MECHANISM_FORK,   /* fork(2): memory is copied on write */
    FX_MECHANISM_HELPER, /* a tiny program of the library's does the steps, then executes yours */
    FX_MECHANISM_COUNT
} fx_mechanism;

/* Why that mechanism, and no faster one. */
typedef enum fx_reason {
    FX_REASON_NONE = 0,
    FX_REASON_FASTEST,  /* it is the fastest of this platform */
    FX_REASON_ASKED,    /* fx_command.mechanism */
    FX_REASON_CALLBACK, /* a callback may do anything, so it runs on memory of its own */
    FX_REASON_IDENTITY, /* others than now could signal, stop or debug a child that shares memory */
    FX_REASON_MEMORY,   /* a step changes what belongs to the memory map */
    FX_REASON_PARENT,   /* the parent has to act while the child waits */
    FX_REASON_REFUSED,  /* the kernel, or a filter in front of it, refused the faster ones */
    FX_REASON_COPIED,   /* memory that should be shared is copied here (emulators do so) */
    FX_REASON_COUNT
} fx_reason;

/*
 * The order of the child's steps. It never depends on the order in which a
 * command was written.
 *
 * Before both, a child that shares memory takes a table of descriptors of its own, of what it
 * needs only, if others are to be closed.
 *
 * FX_ORDER_STANDARD: cgroup; setsid, setpgid, terminal; scheduling; limits, umask; namespaces,
 * chroot; descriptors, then the closing of all others, then the limit of open files; capabilities,
 * groups, gid, uid; directory; death signal; labels, no_new_privs, landlock; signals; callback;
 * gate; seccomp; mask; exec. doc/order.md has all of it, and the reasons.
 *
 * FX_ORDER_CPYTHON is that of CPython's _posixsubprocess: descriptors;
 * directory (if FX_DIRECTORY_FIRST, which is what it does); umask; signals; setsid, setpgid; what
 * it does not know, in the standard order; groups, gid, uid, and again; callback; closing; exec. It
 * also takes what fork_exec takes: a process group beside a new session is the kernel's to refuse,
 * an entry of the map silently wins over a kept descriptor of the same number, standard streams are
 * not made inheritable unless they are in the map, all candidates are tried whatever the error, and
 * handlers stay installed while a callback runs.
 */
typedef enum fx_order { FX_ORDER_STANDARD = 0, FX_ORDER_CPYTHON } fx_order;

/*
 * Code of the caller's, run in the child just before exec. It forces
 * FX_MECHANISM_FORK. In a process with threads it may only call what is
 * async-signal-safe (signal-safety(7)), and may not close descriptors that it
 * did not open. It runs with the mask that the program will have, after the
 * identity change, and before other descriptors are closed; an inherited
 * environment is read after it, with what it changed. Any result but 0 is an error of
 * the step FX_STEP_CALLBACK: a positive value is taken as an errno, a negative one as a
 * negative errno. A callback that ends the process, or closes what it did not open, leaves
 * no report: the child then counts as started, and fx_wait() tells the rest.
 */
typedef struct fx_callback {
    int (*function)(void *argument);
    void *argument;
} fx_callback;

/*
 * For callers with an error channel of their own: told which step failed (`index` as in
 * fx_error, `code` a negative errno), by a child on memory of its own before it ends
 * with status 255, and in the place of one that shared memory, or was the helper, by fx_launch(),
 * which for these waits for the exec.
 * So it must be async-signal-safe, and what it writes to must be `exempt`. With a reporter,
 * fx_launch() returns 0 for a child that failed before exec, does not wait for
 * the exec of a forked child, and leaves the failed child to be waited for.
 */
typedef struct fx_reporter {
    void (*function)(void *argument, fx_step step, int index, int code);
    void *argument;
} fx_reporter;

/* A list of signal numbers: `set` with count 0 is an empty list, unset is no list. */
typedef struct fx_signals {
    bool set;
    size_t count;
    const int *list;
} fx_signals;

/* One bound of a limit. */
typedef enum fx_limit_kind {
    FX_LIMIT_KEEP = 0,  /* as the parent has it */
    FX_LIMIT_VALUE,     /* `value`, in the unit of getrlimit(2) */
    FX_LIMIT_UNLIMITED, /* RLIM_INFINITY */
    FX_LIMIT_ALLOWED    /* `value`, or as much of it as the hard limit allows; 0: all of that */
} fx_limit_kind;

typedef struct fx_limit_bound {
    fx_limit_kind kind;
    unsigned long long value;
} fx_limit_bound;

/*
 * setrlimit(2). A bound that is kept is read in the child, at that moment. FX_LIMIT_ALLOWED is for
 * the soft bound. -EINVAL: a soft bound above the hard one.
 */
typedef struct fx_limit {
    int resource; /* RLIMIT_NOFILE, ...; fx_limit_number() knows the names */
    fx_limit_bound soft;
    fx_limit_bound hard;
} fx_limit;

/* sched_setattr(2): SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE, SCHED_DEADLINE. */
typedef struct fx_scheduling {
    bool set;
    int policy;
    int priority;       /* of SCHED_FIFO and SCHED_RR: 1 to 99 */
    bool reset_on_fork; /* what the child starts has the default policy again */
    unsigned long long runtime, deadline, period; /* nanoseconds, of SCHED_DEADLINE */
} fx_scheduling;

/* CPUs by number: sched_setaffinity(2). */
typedef struct fx_cpus {
    bool set;
    size_t count;
    const int *list;
} fx_cpus;

/* ioprio_set(2). */
typedef enum fx_io_class {
    FX_IO_NONE = 0,
    FX_IO_REALTIME,
    FX_IO_BEST_EFFORT,
    FX_IO_IDLE
} fx_io_class;
typedef struct fx_io_priority {
    bool set;
    fx_io_class io_class;
    int level; /* 0 (first) to 7, of the first two classes */
} fx_io_priority;

/* A set of capabilities(7): bit n is capability n. Unset leaves what there is. */
typedef struct fx_capabilities {
    bool set;
    unsigned long long bits;
} fx_capabilities;

/* What a program may do beneath a path, everything else being forbidden: landlock(7). */
typedef enum fx_landlock_access {
    FX_LANDLOCK_READ_ONLY = 0, /* read, list, execute */
    FX_LANDLOCK_READ_WRITE     /* everything */
} fx_landlock_access;
typedef struct fx_landlock_path {
    const char *path; /* as the child sees it: after chroot, relative to its directory */
    fx_landlock_access access;
} fx_landlock_path;

/* A namespace to join: a file such as /run/netns/NAME or /proc/PID/ns/net, or a descriptor of it.
 */
typedef struct fx_namespace {
    int type; /* CLONE_NEWNET, ..., which must be what it is; 0: whatever it is */
    const char *path;
    fx_number descriptor;
} fx_namespace;

/* One line of /proc/PID/uid_map: user_namespaces(7). */
typedef struct fx_id_map {
    unsigned int inside;
    unsigned int outside;
    unsigned int count;
} fx_id_map;

/* When the directory is entered. */
typedef enum fx_directory_when {
    FX_DIRECTORY_LAST = 0,        /* after chroot, by the new user */
    FX_DIRECTORY_BEFORE_IDENTITY, /* after chroot, by the old one */
    FX_DIRECTORY_FIRST            /* before both: a relative `chroot` starts there, and leaves it */
} fx_directory_when;

typedef struct fx_command {
    size_t size; /* sizeof(fx_command) */

    /*
     * Program and arguments. `argv` ends with NULL and has at least one element.
     * `program` NULL means argv[0]. A program with a slash is a path, relative to
     * the child's new directory; one without is searched for in PATH ("/bin:/usr/bin"
     * if unset), where an empty element means the current directory. The search
     * goes on after ENOENT, ENOTDIR, ESTALE, ENODEV and ETIMEDOUT, goes on but
     * remembers EACCES, and ends at any other error. A file that is no
     * executable (ENOEXEC) is handed to a shell only with `shell_fallback`.
     *
     * `candidates`, if not NULL, ends with NULL and replaces `program` and
     * the search: paths tried in this order.
     */
    const char *program;
    fx_search search;
    const char *const *candidates;
    char *const *argv;

    /*
     * Environment. NULL inherits; else "NAME=value" strings, ending with NULL,
     * passed on as they are. Then the names in `environment_unset` are taken
     * out, then the "NAME=value" in `environment_set` put in or replaced. Both
     * end with NULL.
     */
    char *const *environment;
    const char *const *environment_unset;
    const char *const *environment_set;

    /* Working directory: a path (chdir(2)) or an open directory (fchdir(2)), not both. */
    const char *directory;
    fx_number directory_fd;

    /*
     * Descriptors. `stdio` are 0, 1, 2. `map` gives the child any other number (or
     * these three, where stdio says inherit): a parallel assignment, so that any
     * overlap, cycle or repeated source is fine. `keep` are passed on under
     * their own number. All of these lose close-on-exec. `exempt` are neither
     * closed nor changed in any way: a close-on-exec descriptor stays usable until exec for code of
     * the caller's in the child. All others are closed unless `inherit_others`; `close` are closed
     * even then.
     */
    fx_stdio stdio[3];
    const fx_map *map;
    size_t map_count;
    const int *keep;
    size_t keep_count;
    const int *exempt;
    size_t exempt_count;
    const int *close;
    size_t close_count;
    bool inherit_others;

    /*
     * Session and process group. `new_session` is setsid(2), which also makes a
     * new group. `process_group` is setpgid(2): 0 makes a new group, another value
     * joins that one. The two exclude each other.
     */
    bool new_session;
    fx_number process_group;

    /*
     * Identity: real, effective and saved ids together. A user without a decision
     * on `groups` is an error: the child would keep the parent's supplementary
     * groups (FX_ORDER_CPYTHON allows it, as CPython does).
     */
    fx_id user;
    fx_id group;
    fx_groups groups;

    fx_number umask; /* umask(2) */

    /* Leave SIGPIPE and SIGXFSZ ignored if the parent ignores them. */
    bool keep_ignored_signals;

    fx_callback callback;
    fx_reporter reporter;

    fx_mechanism mechanism;
    fx_order order;

    /* Do without a pidfd, for callers that must wait by pid: one descriptor less. */
    bool without_pidfd;

    /* ---- attributes: each one is unset, and changes nothing, when it is zero ---- */

    /* Limits: setrlimit(2), each resource once. That of open files is set after the map. */
    const fx_limit *limits;
    size_t limit_count;

    /*
     * Signals. `default_signals` get their default action and `ignored_signals` are ignored, also
     * SIGPIPE and SIGXFSZ; a signal that is in none of them and not caught by the parent stays as
     * it is. `blocked_signals` is the exact mask of the program; or the calling thread's is
     * taken, `block_signals` added and `unblock_signals` taken out. -EINVAL: a signal that is asked
     * for in two ways.
     */
    fx_signals default_signals;
    fx_signals ignored_signals;
    fx_signals blocked_signals;
    fx_signals block_signals;
    fx_signals unblock_signals;

    /*
     * Terminal, as a descriptor of it: made the controlling terminal of the new session
     * (TIOCSCTTY, which takes it from no other session; needs `new_session`), and its foreground
     * process group that of the child (tcsetpgrp(3); the child is not stopped by SIGTTOU). Who was
     * in the foreground before is not put back there, not even if a later step fails.
     */
    fx_number controlling_terminal;
    fx_number foreground;

    /* Scheduling. `nice` is added to the parent's, `nice_absolute` replaces it: setpriority(2). */
    fx_number nice;
    fx_number nice_absolute;
    fx_scheduling scheduling;
    fx_cpus affinity;
    fx_io_priority io_priority;
    fx_count timer_slack; /* nanoseconds; 0 is a thread's default: a new child's is its parent's */
    fx_number oom_score_adj;

    /*
     * Identity by name, looked up when the command is compiled (getpwnam_r(3)); -ENOENT if
     * there is no such name. Two more decisions on groups: `groups_of_user`, those of the group
     * database with the group (initgroups(3)), which works with a `user` that is known there
     * too; and `keep_groups`, the parent's. With a user that was looked up the group is the
     * user's own, unless `group` or `group_name` says another; with a mere `user` it is the
     * parent's.
     */
    const char *user_name;
    const char *group_name;
    bool groups_of_user;
    bool keep_groups;

    /*
     * Capabilities, as they are when the program is executed. `bounding_capabilities` drops all
     * others. `permitted_capabilities` are effective too. What is in `ambient_capabilities`
     * is made inheritable as well. A change of user from 0 takes all, but leaves, permitted and
     * effective, what is asked for here. `securebits` are SECBIT_* of prctl(2);
     * `keep_capabilities` is PR_SET_KEEPCAPS, which leaves all permitted, until exec.
     *
     * Exec computes them anew (capabilities(7)). The program of the superuser has what is
     * bounding or inheritable, whatever was permitted, unless SECBIT_NOROOT is in `securebits`. Any
     * other has the ambient ones, and what its file grants. So `permitted_capabilities`
     * alone is seen only by what the child still does, and bounds what it can pass on.
     */
    fx_capabilities bounding_capabilities;
    fx_capabilities permitted_capabilities;
    fx_capabilities inheritable_capabilities;
    fx_capabilities ambient_capabilities;
    fx_number securebits;
    bool keep_capabilities;

    /*
     * Root: a path or an open directory, not both; then "/" is entered, so that nothing leads out.
     * A `directory` is then one below the new root, and a `directory_fd`, which might lie outside,
     * can only be entered first.
     */
    const char *chroot;
    fx_number chroot_fd;
    fx_directory_when directory_when;

    /*
     * Containment. `landlock` allows what it lists and forbids the rest of the file system;
     * `landlock_fd` is a ruleset instead. `seccomp` is an array of struct sock_filter,
     * `seccomp_size` its bytes; it must allow rt_sigprocmask, execve (or execveat), exit_group, for
     * a child on memory of its own, write, and for one to be traced, ptrace. Both need
     * `no_new_privs` or CAP_SYS_ADMIN.
     */
    bool no_new_privs;
    const fx_landlock_path *landlock;
    size_t landlock_count;
    fx_number landlock_fd;
    const void *seccomp;
    size_t seccomp_size;

    /*
     * Namespaces. `unshare` is CLONE_NEWNET and so on: unshare(2), but CLONE_NEWPID is for the
     * program itself, which is process 1 there, so that it is made at birth, and CLONE_NEWUSER with
     * it. `namespaces` are joined before that, whatever their order here; a pid namespace so joined
     * is that of what the program starts. The maps belong to CLONE_NEWUSER; the parent writes
     * them, and denies setgroups(2) where it may not write a gid_map otherwise.
     */
    unsigned int unshare;
    const fx_namespace *namespaces;
    size_t namespace_count;
    const fx_id_map *uid_map;
    size_t uid_map_count;
    const fx_id_map *gid_map;
    size_t gid_map_count;

    /* A cgroup of version 2, by its directory: the child is born in it, or enters it first. */
    const char *cgroup;
    fx_number cgroup_fd;

    const char *apparmor_profile; /* of the program, from exec on */
    const char *selinux_context;  /* likewise */
    fx_count personality;         /* personality(2) */
    fx_number dumpable;           /* PR_SET_DUMPABLE until exec, which sets it anew */

    /*
     * The signal that the program gets when this *process* ends, however it does. Such children
     * are made by threads of the library's own that live as long as these do: PR_SET_PDEATHSIG
     * means the thread that made the child. In all that a child inherits of a thread it is still
     * the calling one's. An exec of this process ends its threads, and so counts as its end. The
     * kernel forgets the signal when the program, by itself or as a set-user-ID file, changes its
     * identity; it asks, when the time comes, whether this process may signal that one; and process
     * 1 of a pid namespace is reached by no signal but SIGKILL. Excludes a callback, and `traced`.
     */
    int death_signal;

    /*
     * More on the environment. `environment_clean` drops from what is inherited or given what
     * changes how programs start (LD_*, GLIBC_TUNABLES, PYTHON*, BASH_ENV, IFS, ...), but not
     * what `environment_set` says. `pid_variable` names a variable that gets the child's own pid.
     * `listen` are sockets to be handed over by the protocol of sd_listen_fds(3): the child's 3 and
     * up, with LISTEN_FDS, LISTEN_PID and, if `listen_names` (as many, ending with NULL),
     * LISTEN_FDNAMES; those of this process are not passed on. With any of these the environment is
     * a copy, that a callback does not change.
     */
    bool environment_clean;
    const char *pid_variable;
    const int *listen;
    size_t listen_count;
    const char *const *listen_names;

    /*
     * Just before exec. `gate` is a descriptor: the child waits there until end-of-file, and
     * fx_launch() returns when it does. A program that then cannot be executed shows as exit
     * status 127 (not found) or 126. A gate that is the end of a pipe opens when the last copy of
     * the other end is closed: also if this process dies, and never while the child itself has one,
     * so with `inherit_others` it must be in `close`. `traced` is PTRACE_TRACEME: the calling
     * thread traces the program, which stops at its exec. `alarm` is in seconds: alarm(2).
     */
    fx_number gate;
    bool traced;
    unsigned int alarm;

    /*
     * Exec. `program_fd` is an open file to execute (execveat(2)) instead of a path. A script must
     * stay open in the program, as by `keep` or the map, because its interpreter opens it there;
     * -ENOEXEC says so. ETXTBSY, a file still open for writing, is tried again for `busy_timeout`
     * milliseconds. With `shell_fallback` a file without a format (ENOEXEC) is given to /bin/sh.
     */
    fx_number program_fd;
    unsigned int busy_timeout;
    bool shell_fallback;

    /*
     * Steps that need not succeed: a failure of one of these kinds is noted in fx_child.skipped,
     * and the child goes on. All others are required. What the descriptors, the mask and exec do is
     * always required.
     */
    const fx_step *best_effort;
    size_t best_effort_count;

    /*
     * `death_signal` is for the end of the calling *thread*. Then that makes the child itself,
     * which is several times as fast: for programs that start children by a thread that lives as
     * long as they do. Means nothing with CLONE_NEWPID.
     */
    bool death_of_thread;
} fx_command;

/* ---------------------------------------------------------------------------
 * 4. Plans
 *
 * A plan is a command compiled: validated, every lookup done, every string
 * copied, in one block of memory. It does not change and can be launched any
 * number of times, by any number of threads at once. Descriptors are named by
 * number: they must be open, and mean the same, at each launch.
 * ------------------------------------------------------------------------ */

typedef struct fx_plan fx_plan;

/*
 * Compile. `*plan` is the caller's, to be freed with fx_plan_free(); NULL after an
 * error. Whatever can be wrong with the command itself is found here, with
 * FX_STEP_COMMAND and the name of the field as subject: -EINVAL (meaningless), -EBADF (a
 * descriptor is not open), -ENOENT (no such user or group), -E2BIG (struct or list too big),
 * -ENOTSUP (not on this platform or not by the forced mechanism), -EPERM (a privilege is missing
 * that can only be had beforehand), -ENOMEM. `error` may be NULL.
 */
FX_API int fx_compile(const fx_command *command, fx_plan **plan, fx_error *error);

/* Free a plan; NULL is fine. */
FX_API void fx_plan_free(fx_plan *plan);

/*
 * The mechanism that a launch of this plan will try first, and why; `reason` may be
 * NULL. fx_child says which one it was in the end. Where this says fork, it can be the helper: that
 * depends on how large the process is by then.
 */
FX_API fx_mechanism fx_plan_mechanism(const fx_plan *plan, fx_reason *reason);

/*
 * What a reporter was told, as an error: subject, cause and detail are filled in from the plan. For
 * the parent, once the child has ended. Returns `code`.
 */
FX_API int fx_plan_failure(const fx_plan *plan, fx_step step, int index, int code, fx_error *error);

/* ---------------------------------------------------------------------------
 * 5. Children
 * ------------------------------------------------------------------------ */

/* What a child used, itself and by those of its children that it waited for: getrusage(2). */
typedef struct fx_usage {
    long long user_time;   /* nanoseconds */
    long long system_time; /* nanoseconds */
    long long
        max_resident; /* bytes, of the largest of them; on Linux at least those of who made it */
    long long minor_faults;
    long long major_faults;
    long long block_inputs;
    long long block_outputs;
    long long voluntary_switches;
    long long involuntary_switches;
} fx_usage;

/* How a child ended. */
typedef struct fx_exit {
    size_t size;
    int code;         /* exit status, or -1 if a signal ended it */
    int signal;       /* the signal that ended it, or 0 */
    bool core_dumped; /* with `signal`: it left a core dump */
    /* Nanoseconds of CLOCK_MONOTONIC from before it was made until it was seen to have ended. */
    long long duration;
    /* Zeros with FX_WAIT_NO_REAP on systems other than Linux, which tell it at the reaping only. */
    fx_usage usage;
} fx_exit;

/* A step that was not done, as the command allowed: best effort. */
typedef struct fx_skipped {
    fx_step step;
    int index; /* as in fx_error */
    int code;  /* the negative errno */
} fx_skipped;
#define FX_SKIPPED_MAX 16

/*
 * A started child. The pid stays its own until it is reaped by fx_wait(). `stdio`
 * holds the parent's ends of the pipes asked for, close-on-exec, -1 for the
 * others; a caller who takes one over puts -1 in its place. `pidfd` (-1
 * where the kernel has none) becomes readable when the child ends: it can be
 * polled, and is closed by fx_child_close().
 */
typedef struct fx_child {
    size_t size;
    pid_t pid;
    int pidfd;
    int stdio[3];
    fx_mechanism mechanism;
    fx_reason reason;
    /* The library's own: */
    int lock;
    int reaped;
    int reapers;
    long long started; /* nanoseconds of CLOCK_MONOTONIC */
    fx_exit end;
    /* Steps skipped; of more than FX_SKIPPED_MAX the first ones. */
    size_t skipped_count;
    fx_skipped skipped[FX_SKIPPED_MAX];
} fx_child;

/*
 * Start a child. Returns when the child has reached its program (the kernel has
 * accepted the execve(2)) or has failed; the calling thread sleeps until then. A failed
 * child has been reaped, all that was opened is closed again, and `child` is as
 * it was. Errors: those of the step named in `error`; -EAGAIN and -ENOMEM are
 * returned at once, never retried. `error` may be NULL.
 */
FX_API int fx_launch(const fx_plan *plan, fx_child *child, fx_error *error);

/* fx_compile(), fx_launch() and fx_plan_free() in one. */
FX_API int fx_spawn(const fx_command *command, fx_child *child, fx_error *error);

/*
 * Start `count` commands, each one's standard output the next one's standard input, through pipes
 * that nobody else holds. All are started, or none is: the commands are compiled before the first
 * is started, they are started from the last to the first, so that nothing flows before all of them
 * run, and those that run are killed and reaped if a later one cannot be started. They are one
 * process group, led by the last command's child, which is the one started first; the commands may
 * say nothing of standard streams that are between two of them, of `process_group` or of
 * `new_session`
 * (-EINVAL). `children` are `count` handles, one for each command in their order. `failed`, which
 * may be NULL, gets the index of the command that `error` is about.
 */
FX_API int fx_spawn_pipeline(const fx_command *const *commands, size_t count,
                             fx_child *const *children, size_t *failed, fx_error *error);

/* A start under way. */
typedef struct fx_start fx_start;

/*
 * Begin to start a child, and return at once: however long the exec takes, as on a network's file
 * system, the caller does not wait for it. The command is compiled before, so what is wrong with it
 * is an error of this function; it need not outlive the call, though its descriptors must. The
 * child is made by a thread of the library's own, which is as the calling thread is (its mask, ids,
 * affinity, ...). `timeout`, in milliseconds, negative for none, is for the child to reach its
 * program: one that has been stopped or frozen, or hangs in a step, is then killed, and the start
 * fails with -ETIMEDOUT, FX_STEP_EXEC. -EINVAL: `traced`, as the tracer would be that thread.
 */
FX_API int fx_spawn_start(const fx_command *command, int timeout, fx_start **start,
                          fx_error *error);

/*
 * A descriptor, close-on-exec, that becomes readable when the child has reached its program or has
 * failed; it belongs to the start, and is not to be read from.
 */
FX_API int fx_start_descriptor(const fx_start *start);

/*
 * What came of it, as fx_launch() tells it; frees the start. Waits if it is not known yet:
 * a caller that may not wait polls the descriptor before.
 */
FX_API int fx_start_finish(fx_start *start, fx_child *child, fx_error *error);

/*
 * Give it up, without waiting: a child that has not reached its program, and one that has, is
 * killed and reaped, by the library's thread if need be. Frees the start; NULL is fine.
 */
FX_API void fx_start_abandon(fx_start *start);

/*
 * For programs that will hold thousands of descriptors: keep a few low numbers (17, of a memory
 * file named forkexec-reserved, close-on-exec) for what children are given. The cost of a
 * child then does not grow with the descriptors of its parent even where its streams lie high.
 * The library does so by itself when it meets numbers from 48 up, which is too late for a
 * process that first fills all low ones. Does nothing where there is nothing to
 * gain: on other systems, on Linux before 6.11 (but for stable releases whose close_range(2) was
 * mended), with a RLIMIT_NOFILE below 1024. -EMFILE: no
 * number below 256 is free for at least one of them. -ENOMEM.
 */
FX_API int fx_reserve(void);

/* fx_wait(): see how the child ended, but leave it to be waited for once more. */
#define FX_WAIT_NO_REAP 1u

/*
 * Wait until the child ends, and reap it. `timeout` is in milliseconds: 0 looks
 * and returns at once, a negative one waits for ever. `end` may be NULL. After a
 * success further calls return the same end again. Interruption by a signal is
 * not an error; the wait goes on. Waits through the pidfd (waitid(2), poll(2)), or by
 * pid where there is none; there, a wait with a timeout sleeps in kqueue(2), or
 * else looks in growing steps of 1 to 50 ms.
 *
 * -ETIMEDOUT: still running. -ECHILD: somebody else reaped it, or SIGCHLD is
 * ignored in this process, so that the kernel kept no status.
 */
FX_API int fx_wait(fx_child *child, int timeout, unsigned int flags, fx_exit *end);

/*
 * Send a signal (0: only look whether it could be sent). Never reaches another
 * process that got the same pid later. -ESRCH: it has been reaped. -EPERM,
 * -EINVAL as in kill(2).
 */
FX_API int fx_signal(fx_child *child, int signal);

/*
 * Close the handle: its pidfd and the pipe ends in `stdio` that are not -1. Neither
 * signals nor waits; a child that nobody waited for becomes a zombie when it ends.
 * The handle is empty afterwards; closing an empty one does nothing.
 */
FX_API void fx_child_close(fx_child *child);

/* ---------------------------------------------------------------------------
 * 6. Following
 *
 * A scope is what a signal reaches; a ladder is how something is stopped; a drain feeds and reads
 * the streams of children until they are gone, within bounds of bytes and time. Nothing here starts
 * a thread, installs a handler, or polls at intervals where the kernel has pidfds.
 * ------------------------------------------------------------------------ */

typedef enum fx_scope_kind {
    FX_SCOPE_PROCESS = 0, /* the child alone */
    FX_SCOPE_GROUP,       /* the process group that it leads: `process_group`, `new_session` */
    FX_SCOPE_SESSION,     /* the session that it leads, all groups of it: Linux */
    FX_SCOPE_CGROUP,      /* a control group and all below it: Linux */
    FX_SCOPE_DESCENDANTS, /* the child and all below it in the tree of parents: Linux */
    FX_SCOPE_COUNT
} fx_scope_kind;

/*
 * What a signal reaches. None of them ever reaches the calling process.
 *
 * Processes leave a group or a session when they like; the cgroup is what they cannot leave.
 * Descendants are found by their parents: they are stopped one after the other, so that none forks
 * meanwhile, and then signalled. One whose parent has ended is not found any more, unless this
 * process is a child subreaper (prctl(2) PR_SET_CHILD_SUBREAPER) or process 1, and so its new
 * parent.
 */
typedef struct fx_scope {
    fx_scope_kind kind;
    int cgroup; /* FX_SCOPE_CGROUP: a descriptor of its directory */
    /*
     * FX_SCOPE_DESCENDANTS: also every child of this process that is not this one. For a process
     * that has only one child of its own, and else what it has been given as a child subreaper.
     */
    bool adopted;
} fx_scope;

/*
 * Send a signal to a scope; SIGKILL to a cgroup is one write to cgroup.kill where there is one
 * (Linux 5.14). Group, session and descendants can be reached until the child is reaped, also after
 * its end: wait with FX_WAIT_NO_REAP before. `scope` may be NULL: the child alone, as fx_signal()
 * does. -ESRCH: nobody is left in it, or the child has been reaped. -EINVAL: it leads no group or
 * session; the calling process is in the cgroup. -ENOTSUP: not on this system. -EPERM: none of them
 * may be signalled.
 */
FX_API int fx_signal_scope(fx_child *child, const fx_scope *scope, int signal);

/*
 * How many processes of the scope run; the number, or a negative errno. Those that have ended and
 * are only waited for do not count. -ENOTSUP where processes cannot be listed (other than Linux)
 * and the scope is more than the child.
 */
FX_API int fx_scope_count(fx_child *child, const fx_scope *scope);

/* A rung of the ladder: send this, and give the scope so many milliseconds to end; negative: any.
 */
typedef struct fx_rung {
    int signal;
    int grace;
} fx_rung;

/*
 * How to stop: rung after rung until nobody in the scope is left. After each signal but
 * SIGKILL, SIGSTOP and SIGCONT a SIGCONT is sent, as a stopped process takes no other.
 */
typedef struct fx_ladder {
    size_t size;
    fx_scope scope;
    const fx_rung *rungs; /* NULL: SIGTERM, 5 seconds, SIGKILL, 5 seconds */
    size_t rung_count;
} fx_ladder;

/*
 * Stop a child with all that is in the scope, and reap it: returns when nobody is left, however
 * early that is. `ladder` may be NULL: the child alone, by the default rungs. -ETIMEDOUT: the last
 * rung's grace is over and something is left (the child itself is reaped if it has ended).
 */
FX_API int fx_stop(fx_child *child, const fx_ladder *ladder, fx_exit *end);

/* Which bytes of a stream are stored when there are more than its bound. */
typedef enum fx_keep {
    FX_KEEP_HEAD = 0,      /* the first ones */
    FX_KEEP_TAIL,          /* the last ones */
    FX_KEEP_HEAD_AND_TAIL, /* half of the bound from the beginning, the rest from the end */
    FX_KEEP_STOP,          /* the first ones, and the child is stopped */
    FX_KEEP_COUNT
} fx_keep;

/* What is fed to a child. */
typedef struct fx_input {
    int descriptor; /* where it goes: fx_child.stdio[0] */
    /* From memory, which must stay until the drain is closed; */
    const void *data;
    size_t size;
    /* or else, until its end-of-file, from a descriptor of the caller's, which stays open. */
    bool from_descriptor;
    int source;
} fx_input;

/*
 * What becomes of a stream of a child: any of the following, at once. With none of them
 * it is read, counted and dropped.
 */
typedef struct fx_output {
    int descriptor; /* where it comes from: fx_child.stdio[1] or [2] */
    /* Stored in memory, at most `most` bytes of it, or all. */
    bool store;
    fx_count most;
    fx_keep keep;
    /* Given to a function, from within fx_drain_run(). Not 0: the child is to be stopped. */
    int (*function)(void *argument, const void *data, size_t size);
    void *argument;
    /*
     * Written to descriptors of the caller's, which stay as they are: a slow one slows the
     * child down, one that fails is left out from then on. So is, with -ETIMEDOUT, one that still
     * takes nothing when the children have ended and the ladder has begun or the timeout is over.
     */
    const int *tee;
    size_t tee_count;
} fx_output;

typedef struct fx_drain_options {
    size_t size;
    fx_child *const *children; /* to be waited for and reaped; they must outlive the drain */
    size_t child_count;
    const fx_input *input; /* may be NULL */
    const fx_output *outputs;
    size_t output_count;
    /*
     * At most so many bytes stored of all streams together. With FX_KEEP_TAIL and
     * FX_KEEP_HEAD_AND_TAIL each stream that is stored has an equal share of it; otherwise who
     * comes first is served first. With FX_KEEP_STOP as any stream's policy, more stops the child.
     */
    fx_count most_total;
    /* Milliseconds from fx_drain_open() on; then the ladder begins. */
    fx_count timeout;
    /* Milliseconds without a byte of output; the same. */
    fx_count idle_timeout;
    /*
     * Milliseconds that streams are still read after the last child has ended, because somebody
     * else, as a grandchild, holds them open. What is there already is read in any case. Unset:
     * 1,000.
     */
    fx_count linger;
    fx_ladder ladder; /* its size may be 0: the default, to the child alone */
} fx_drain_options;

typedef struct fx_drain fx_drain;

/*
 * Begin to follow. The drain takes the pipe ends over: it closes them, and where they
 * stand in `stdio` of one of the children, puts -1 there. They become non-blocking; no other
 * descriptor does. Structs and arrays are copied. -EINVAL: something meaningless, such as an idle
 * timeout without any output; nothing has been taken over then. -ENOMEM.
 */
FX_API int fx_drain_open(const fx_drain_options *options, fx_drain **drain);

/* fx_drain_run(): return -EINTR when a signal handler has run, so that the caller may see to it. */
#define FX_DRAIN_INTERRUPTIBLE 1u

/*
 * Feed, read, stop and wait, for at most `timeout` milliseconds (0: only what can be done now;
 * negative: any). 0: all is over, every child reaped (fx_wait() then tells its end). -ETIMEDOUT:
 * not yet; call again. -ECANCELED: the ladder is at its end and a child still runs; it is the
 * caller's again. SIGPIPE is blocked meanwhile, and one that this causes is taken away.
 */
FX_API int fx_drain_run(fx_drain *drain, int timeout, unsigned int flags);

/*
 * For an event loop: the descriptors that it now waits for, at most `room` of them, and in
 * `timeout` the milliseconds after which it wants to run whatever happens, -1 for never. The number
 * of descriptors, which may be larger than `room`. They may be others after each fx_drain_run().
 */
FX_API size_t fx_drain_interest(const fx_drain *drain, struct pollfd *list, size_t room,
                                int *timeout);

/*
 * Let the ladder begin, or if it has begun go to its last rung, at the next fx_drain_run(). If all
 * children have ended: let the linger be over.
 */
FX_API void fx_drain_stop(fx_drain *drain);

/*
 * Close the n-th output, which nobody wants any more: who goes on writing to it gets SIGPIPE, or
 * EPIPE. What is stored stays; what a tee has yet to take is dropped. Not from within a function of
 * an output. -ENOENT: there is no such output.
 */
FX_API int fx_drain_hang_up(fx_drain *drain, size_t n);

/* Why it came to an end. */
typedef enum fx_ending {
    FX_ENDING_NONE = 0, /* it has not */
    FX_ENDING_EXIT,     /* all children ended by themselves */
    FX_ENDING_TIMEOUT,
    FX_ENDING_IDLE_TIMEOUT,
    FX_ENDING_OUTPUT,   /* more than a bound, with FX_KEEP_STOP */
    FX_ENDING_FUNCTION, /* a function of an output said so */
    FX_ENDING_STOP,     /* fx_drain_stop() */
    FX_ENDING_COUNT
} fx_ending;

/* What has come of all of it so far. */
typedef struct fx_drain_state {
    size_t size;
    fx_ending ending;       /* why the ladder began; FX_ENDING_EXIT if it did not need to */
    bool held;              /* a stream was still held open when `linger` was over */
    unsigned long long fed; /* bytes of the input that were taken */
    int feed_code;          /* why not all were: -EPIPE, an error of the source; or 0 */
    int stop_code;          /* why the ladder could not signal the scope; or 0 */
    int stopped_by;         /* the last signal that it sent; or 0 */
} fx_drain_state;

/* What has come of the n-th output so far. */
typedef struct fx_drained {
    size_t size;
    const void *data; /* what is stored; valid until the drain runs again or is closed */
    size_t kept;      /* its length */
    size_t head;      /* so many of these are the first bytes of the stream, the rest the last */
    unsigned long long seen; /* bytes that were read */
    bool complete;           /* end-of-file was reached */
    int code;                /* why reading ended otherwise; or 0 */
    int tee_code;            /* why a descriptor of `tee` was left out, the first time; or 0 */
} fx_drained;

FX_API void fx_drain_look(const fx_drain *drain, fx_drain_state *state);
/* -ENOENT: there is no such output. */
FX_API int fx_drain_look_at_output(fx_drain *drain, size_t n, fx_drained *drained);

/* Close what it has taken over, and free it. Neither signals nor waits. NULL is fine. */
FX_API void fx_drain_close(fx_drain *drain);

/* ---------------------------------------------------------------------------
 * 7. Without a child
 * ------------------------------------------------------------------------ */

/*
 * Become the command: do all its steps in the calling process, and exec. Returns only if something
 * failed; the process may then have been changed by the steps before, and should end.
 * For programs with one thread: the system calls are raw, so that identity and
 * the like change for the calling thread alone. Standard streams cannot be pipes here (-EINVAL),
 * and nobody enters a new pid namespace himself (-ENOTSUP). Without a parent that acts for the
 * child, a cgroup is entered by its cgroup.procs, and id maps are written by a process that is
 * forked off for that, and is no child of this one. `death_signal` is for the death of the
 * thread that made this process, and `traced` for its process. The mechanism means
 * nothing here. A `reporter` is told of each step that is skipped, as nobody can be told
 * afterwards.
 */
FX_API int fx_exec(const fx_command *command, fx_error *error);

/*
 * Do only what the attributes of the command say, to the calling process, in the same way: no
 * descriptors, no program (`argv` may be NULL), no environment. For a process that has just been
 * forked by other means. What the command does not mention stays: handlers, ignored signals, the
 * mask. -ENOTSUP: something that means nothing where no program is started, as `environment_set`,
 * `map` or a callback. `skipped`, of FX_SKIPPED_MAX, and `skipped_count` may be NULL; the count
 * is of all that was skipped.
 */
FX_API int fx_apply(const fx_command *command, fx_skipped *skipped, size_t *skipped_count,
                    fx_error *error);

typedef enum fx_format { FX_FORMAT_TEXT = 0, FX_FORMAT_JSON } fx_format;

/* fx_explain(): show the values of environment variables, not only their names. */
#define FX_EXPLAIN_VALUES 1u

/*
 * The plan in words: mechanism and reason first, then a line a step, in order, with its
 * system calls and its subject; or the same as JSON (doc/explain.schema.json). Writes at
 * most `size` bytes with the final NUL, and returns the length of the whole, like snprintf(3).
 */
FX_API int fx_explain(const fx_plan *plan, fx_format format, unsigned int flags, char *text,
                      size_t size);

/* What this kernel and this process offer the library: the n-th facility, -ENOENT after the last.
 */
typedef struct fx_facility {
    size_t size;
    const char *name; /* "clone3", "pidfd", "landlock", ... */
    bool usable;
    int code;          /* why not: a negative errno; 0 if usable */
    const char *used;  /* what it is used for */
    const char *needs; /* the kernel's version or setting that offers it */
    char detail[256];  /* more: a version, a path */
} fx_facility;
FX_API int fx_look_up_facility(size_t n, fx_facility *facility);

/* ---------------------------------------------------------------------------
 * 8. Names and version: static strings, never NULL
 * ------------------------------------------------------------------------ */

/*
 * Numbers by name, as the programs and manuals know them; a decimal number stands for itself.
 * -EINVAL if there is none of that name.
 */
FX_API int fx_signal_number(const char *name);     /* "TERM", "SIGTERM", "RTMIN+1", "15" */
FX_API int fx_limit_number(const char *name);      /* "nofile", "RLIMIT_NOFILE" */
FX_API int fx_capability_number(const char *name); /* "net_raw", "CAP_NET_RAW" */
FX_API int fx_scheduling_number(const char *name); /* "fifo", "SCHED_FIFO" */
FX_API int fx_namespace_number(const char *name);  /* "net", "CLONE_NEWNET" */
FX_API int fx_io_class_number(const char *name);   /* "idle", "best-effort" */
FX_API int fx_step_number(const char *name);       /* "nice": the names of fx_step_key() */
FX_API int fx_scope_number(const char *name);      /* "group": an fx_scope_kind */
FX_API int fx_keep_number(const char *name);       /* "head-and-tail": an fx_keep */
/* And back: "TERM", "nofile", ...; NULL if there is no name. The n-th one that there is, for lists.
 */
FX_API const char *fx_signal_name(int signal);
FX_API const char *fx_limit_name(int resource);
FX_API const char *fx_capability_name(int capability);
FX_API const char *fx_scheduling_name(int policy);
FX_API const char *fx_namespace_name(int type);
/* The name of a kind of step that is one of its own: "setgroups", "nice", "landlock", ... */
FX_API const char *fx_step_key(fx_step step);

FX_API const char *fx_step_name(fx_step step);                /* "chdir" */
FX_API const char *fx_mechanism_name(fx_mechanism mechanism); /* "clone3" */
FX_API const char *fx_reason_name(fx_reason reason);          /* "callback" */
FX_API const char *fx_reason_text(fx_reason reason);          /* a sentence */
FX_API const char *fx_scope_name(fx_scope_kind kind);         /* "group" */
FX_API const char *fx_keep_name(fx_keep keep);                /* "head-and-tail" */
FX_API const char *fx_ending_name(fx_ending ending);          /* "idle-timeout" */
FX_API const char *fx_version(void);                          /* "0.1.0" */

#ifdef __cplusplus
}
#endif

#endif
