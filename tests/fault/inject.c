/* SPDX-License-Identifier: MIT
 *
 * Run a program and let one of its system calls fail, or kill it there.
 *
 *     inject LOG WHO NUMBER ACTION PROGRAM [ARGUMENT ...]
 *
 * Between its first two calls of sched_get_priority_min(2), the program's own system calls are
 * numbered from 1, and so are those of the processes it makes there, all together, up to their
 * execve. WHO is `parent` or `child`; NUMBER that of one of its calls, or NAME:N for the N-th of
 * this name, where the order of calls is not always the same; the ACTION on it is
 *
 *     none           nothing
 *     before=ERRNO   the call is not made, and fails so
 *     after=ERRNO    the call is made, and seems to fail so
 *     kill           the process is killed as it makes the call
 *
 * LOG gets a line for each numbered call, `WHO NUMBER NAME`, with ` injected` at the end of the
 * one acted on. The exit status is the program's. strace(1) can do nearly this, but counts each
 * system call for itself, and cannot tell a child's from its parent's.
 */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>
#include <seccomp.h>

enum role { PARENT, CHILD, PROGRAM, ROLES };
enum action { NONE, BEFORE, AFTER, KILL };

static const char *const role_names[ROLES] = {"parent", "child", "program"};

static struct {
    FILE *log;
    enum role who;
    const char *name; /* NULL: any */
    long number;
    long passed; /* calls of that name */
    enum action action;
    int error;
} order;

struct process {
    pid_t pid;
    enum role role;
    bool started, overwrites;
};

enum { MOST_PROCESSES = 64 };
static struct process processes[MOST_PROCESSES];
static int markers_passed;
static long counts[ROLES];

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(125);
}

static struct process *find(pid_t pid) {
    struct process *empty = NULL;
    for (int i = 0; i < MOST_PROCESSES; i++) {
        if (processes[i].pid == pid)
            return &processes[i];
        if (!processes[i].pid && !empty)
            empty = &processes[i];
    }
    if (!empty)
        fail("too many processes");
    *empty = (struct process){.pid = pid, .role = markers_passed == 1 ? CHILD : PROGRAM};
    return empty;
}

/* ---- registers ---- */

static void skip_call(pid_t pid) {
#if defined(__x86_64__)
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) < 0)
        fail("PTRACE_GETREGS");
    registers.orig_rax = (unsigned long long)-1;
    if (ptrace(PTRACE_SETREGS, pid, NULL, &registers) < 0)
        fail("PTRACE_SETREGS");
#elif defined(__aarch64__)
    int number = -1;
    struct iovec vector = {.iov_base = &number, .iov_len = sizeof number};
    if (ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &vector) < 0)
        fail("PTRACE_SETREGSET");
#else
#error "not yet for this processor"
#endif
}

static void set_result(pid_t pid, long result) {
#if defined(__x86_64__)
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) < 0)
        fail("PTRACE_GETREGS");
    registers.rax = (unsigned long long)result;
    if (ptrace(PTRACE_SETREGS, pid, NULL, &registers) < 0)
        fail("PTRACE_SETREGS");
#elif defined(__aarch64__)
    struct user_regs_struct registers;
    struct iovec vector = {.iov_base = &registers, .iov_len = sizeof registers};
    if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &vector) < 0)
        fail("PTRACE_GETREGSET");
    registers.regs[0] = (unsigned long long)result;
    if (ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &vector) < 0)
        fail("PTRACE_SETREGSET");
#endif
}

/* ---- calls ---- */

static bool is_numbered(const struct process *process, long call) {
    if (process->role == PARENT && call == SYS_sched_get_priority_min) {
        markers_passed++;
        return false;
    }
    return process->role == CHILD || (process->role == PARENT && markers_passed == 1);
}

static void act(struct process *process) {
    switch (order.action) {
    case NONE:
        break;
    case KILL:
        (void)kill(process->pid, SIGKILL);
        break;
    case BEFORE:
        skip_call(process->pid);
        process->overwrites = true;
        break;
    case AFTER:
        process->overwrites = true;
        break;
    }
}

static bool is_ordered(const struct process *process, long number, const char *name) {
    if (order.action == NONE || process->role != order.who)
        return false;
    if (!order.name)
        return number == order.number;
    return name && strcmp(name, order.name) == 0 && ++order.passed == order.number;
}

static void enter(struct process *process, long call) {
    if (!is_numbered(process, call))
        return;
    long number = ++counts[process->role];
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)call);
    bool now = is_ordered(process, number, name);
    (void)fprintf(order.log, "%s %ld %s%s\n", role_names[process->role], number,
                  name ? name : "unknown", now ? " injected" : "");
    free(name);
    if (now)
        act(process);
}

static void at_call(struct process *process) {
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, sizeof info, &info) < 0) {
        if (errno == ESRCH)
            return; /* killed meanwhile */
        fail("PTRACE_GET_SYSCALL_INFO");
    }
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        enter(process, (long)info.entry.nr);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && process->overwrites) {
        process->overwrites = false;
        set_result(process->pid, -order.error);
    }
}

/* The signal to deliver, 0 for none. */
static int at_stop(struct process *process, int status) {
    int number = WSTOPSIG(status), event = status >> 16;
    if (number == (SIGTRAP | 0x80)) {
        at_call(process);
        return 0;
    }
    if (event == PTRACE_EVENT_EXEC && process->role == CHILD)
        process->role = PROGRAM;
    if (event)
        return 0;
    /* Every new process begins with a stop of the tracer's making. */
    if (number == SIGSTOP && !process->started) {
        process->started = true;
        return 0;
    }
    return number;
}

static int follow(pid_t program) {
    int status, result = 125;
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0)
            return result;
        struct process *process = find(pid);
        if (WIFSTOPPED(status)) {
            int number = at_stop(process, status);
            (void)ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)number);
            continue;
        }
        process->pid = 0;
        if (pid == program)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

static pid_t begin(char **argv) {
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        (void)fclose(order.log);
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) != 0)
            fail("PTRACE_TRACEME");
        (void)execv(argv[0], argv);
        fail(argv[0]);
    }
    int status;
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                   PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options) < 0)
        fail("PTRACE_SETOPTIONS");
    struct process *process = find(pid);
    process->role = PARENT;
    process->started = true;
    if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) < 0)
        fail("PTRACE_SYSCALL");
    return pid;
}

static enum action action_of(const char *text) {
    const char *value = strchr(text, '=');
    order.error = value ? atoi(value + 1) : 0;
    if (strcmp(text, "none") == 0)
        return NONE;
    if (strcmp(text, "kill") == 0)
        return KILL;
    return strncmp(text, "after=", 6) == 0 ? AFTER : BEFORE;
}

int main(int argc, char **argv) {
    if (argc < 6) {
        (void)fprintf(stderr, "usage: inject LOG WHO NUMBER ACTION PROGRAM [ARGUMENT ...]\n");
        return 125;
    }
    order.log = fopen(argv[1], "we");
    if (!order.log)
        fail(argv[1]);
    /* What it was doing when it hung is told, too. */
    (void)setvbuf(order.log, NULL, _IOLBF, 0);
    order.who = strcmp(argv[2], "child") == 0 ? CHILD : PARENT;
    char *separator = strchr(argv[3], ':');
    order.number = atol(separator ? separator + 1 : argv[3]);
    if (separator) {
        *separator = 0;
        order.name = argv[3];
    }
    order.action = action_of(argv[4]);
    int result = follow(begin(argv + 5));
    return fclose(order.log) == 0 ? result : 125;
}
