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
 *   6. names and version
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
    FX_STEP_COMMAND,         /* the command is not valid; nothing was started */
    FX_STEP_ALLOCATE,        /* memory for the plan, or the child's stack */
    FX_STEP_PIPE,            /* pipe2(2), for standard streams or the report */
    FX_STEP_OPEN,            /* open(2) of /dev/null */
    FX_STEP_CLONE,           /* clone3(2), clone(2) or fork(2) */
    FX_STEP_SETSID,          /* setsid(2) */
    FX_STEP_SETPGID,         /* setpgid(2) */
    FX_STEP_UMASK,           /* umask(2) */
    FX_STEP_DESCRIPTOR,      /* dup2(2) of one entry of the map, or making it inheritable */
    FX_STEP_CLOSE,           /* close(2) of a descriptor that the command names */
    FX_STEP_CLOSE_OTHERS,    /* closing everything that was not asked for */
    FX_STEP_SETGROUPS,       /* setgroups(2) */
    FX_STEP_SETGID,          /* setresgid(2) */
    FX_STEP_SETUID,          /* setresuid(2) */
    FX_STEP_CHDIR,           /* chdir(2) */
    FX_STEP_FCHDIR,          /* fchdir(2) */
    FX_STEP_RESET_HANDLERS,  /* sigaction(2): caught signals back to default */
    FX_STEP_DEFAULT_SIGNALS, /* sigaction(2): SIGPIPE, SIGXFSZ back to default */
    FX_STEP_SIGNAL_MASK,     /* sigprocmask(2) */
    FX_STEP_CALLBACK,        /* the caller's callback */
    FX_STEP_EXEC,            /* execve(2) */
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
 */
typedef enum fx_mechanism {
    FX_MECHANISM_AUTO = 0,
    FX_MECHANISM_CLONE3, /* clone3(2), sharing memory until exec; Linux 5.5 */
    FX_MECHANISM_CLONE,  /* clone(2), sharing memory until exec; Linux */
    FX_MECHANISM_FORK,   /* fork(2): memory is copied on write */
    FX_MECHANISM_COUNT
} fx_mechanism;

/* Why that mechanism, and no faster one. */
typedef enum fx_reason {
    FX_REASON_NONE = 0,
    FX_REASON_FASTEST,  /* it is the fastest of this platform */
    FX_REASON_ASKED,    /* fx_command.mechanism */
    FX_REASON_CALLBACK, /* a callback may do anything, so it runs on memory of its own */
    FX_REASON_IDENTITY, /* the new user could signal or stop a child that shares memory */
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
 * FX_ORDER_STANDARD: setsid, setpgid; umask; descriptors, then the closing of
 * all others; groups, gid, uid; directory; signals; callback; mask; exec.
 *
 * FX_ORDER_CPYTHON is that of CPython's _posixsubprocess: descriptors;
 * directory; umask; signals; setsid, setpgid; groups, gid, uid; callback;
 * closing; exec. It also takes what fork_exec takes: a process group beside a
 * new session is the kernel's to refuse, an entry of the map silently wins over
 * a kept descriptor of the same number, standard streams are not made
 * inheritable unless they are in the map, all candidates are tried whatever the
 * error, and handlers stay installed while a callback runs.
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
 * with status 255, and in the place of one that shared memory by fx_launch(), when it has ended.
 * So it must be async-signal-safe, and what it writes to must be `exempt`. With a reporter,
 * fx_launch() returns 0 for a child that failed before exec, does not wait for
 * the exec of a forked child, and leaves the failed child to be waited for.
 */
typedef struct fx_reporter {
    void (*function)(void *argument, fx_step step, int index, int code);
    void *argument;
} fx_reporter;

typedef struct fx_command {
    size_t size; /* sizeof(fx_command) */

    /*
     * Program and arguments. `argv` ends with NULL and has at least one element.
     * `program` NULL means argv[0]. A program with a slash is a path, relative to
     * the child's new directory; one without is searched for in PATH ("/bin:/usr/bin"
     * if unset), where an empty element means the current directory. The search
     * goes on after ENOENT, ENOTDIR, ESTALE, ENODEV and ETIMEDOUT, goes on but
     * remembers EACCES, and ends at any other error. A file that is no
     * executable (ENOEXEC) is never handed to a shell.
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
 * descriptor is not open), -E2BIG (struct or list too big), -ENOTSUP (not on this
 * platform or not by the forced mechanism), -ENOMEM. `error` may be NULL.
 */
FX_API int fx_compile(const fx_command *command, fx_plan **plan, fx_error *error);

/* Free a plan; NULL is fine. */
FX_API void fx_plan_free(fx_plan *plan);

/*
 * The mechanism that a launch of this plan will try first, and why; `reason` may be
 * NULL. fx_child says which one it was in the end.
 */
FX_API fx_mechanism fx_plan_mechanism(const fx_plan *plan, fx_reason *reason);

/* ---------------------------------------------------------------------------
 * 5. Children
 * ------------------------------------------------------------------------ */

/* How a child ended. */
typedef struct fx_exit {
    size_t size;
    int code;         /* exit status, or -1 if a signal ended it */
    int signal;       /* the signal that ended it, or 0 */
    bool core_dumped; /* with `signal`: it left a core dump */
} fx_exit;

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
    fx_exit end;
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
 * 6. Names and version: static strings, never NULL
 * ------------------------------------------------------------------------ */

FX_API const char *fx_step_name(fx_step step);                /* "chdir" */
FX_API const char *fx_mechanism_name(fx_mechanism mechanism); /* "clone3" */
FX_API const char *fx_reason_name(fx_reason reason);          /* "callback" */
FX_API const char *fx_reason_text(fx_reason reason);          /* a sentence */
FX_API const char *fx_version(void);                          /* "0.1.0" */

#ifdef __cplusplus
}
#endif

#endif
