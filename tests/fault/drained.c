/* SPDX-License-Identifier: MIT
 *
 * One child, followed by one drain as its arguments say, and what the drain reported.
 *
 *     drained TALK [NAME=VALUE ...] -- [ARGUMENT ...]
 *
 * TALK is the program of tests/programs, and gets the arguments. The names:
 *
 *     by-pid=1            the child has no pidfd
 *     ended=1             the drain begins when the child has ended
 *     hold=1              the child's descriptor 3 ends after the drain, and not at once
 *     input=N source=N    so many bytes of the pattern are fed, from memory or from a file
 *     store1=0 keep1=NAME most1=N tee1=WHERE, and the same with 2: of standard output and error;
 *                         WHERE is file, pipe, socket, or broken: a pipe that nobody reads
 *     total=N timeout=N idle=N linger=N grace=N
 *                         as in fx_drain_options; the grace is that of SIGTERM, with SIGKILL after
 *     scope=NAME          the ladder's; the child leads a group
 *     function=N          one for standard output, which stops after so many bytes
 *     stop=N              asked to stop once so many bytes of standard output were read
 *     flaw=NAME           a defect that is added, as a faulty drain would have it: leak, memory,
 *                         zombie, mask, hang, lost, silent
 *
 * Two calls of sched_get_priority_min(2), which nothing else here makes, mark the drain.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../c/state.h"
#include "drained.h"

enum { DESCRIPTORS = 64 };

static fx_drain *drain;
static int control = -1;
/* Whose allocation is not left out. */
static void *volatile forgotten;

static void start(char *program, char **arguments) {
    int ends[2];
    fx_error error = {.size = sizeof error};
    arguments[-1] = program;
    if (pipe2(ends, O_CLOEXEC) < 0)
        give_up("pipe2");
    fx_command command = {
        .size = sizeof command,
        .program = program,
        .argv = arguments - 1,
        .map = &(fx_map){.child = 3, .parent = ends[0]},
        .map_count = 1,
        .without_pidfd = text_of("by-pid", 0) != NULL,
    };
    command.stdio[0].kind = options.input ? FX_STDIO_PIPE : FX_STDIO_NULL;
    command.stdio[1].kind = command.stdio[2].kind = FX_STDIO_PIPE;
    if (text_of("scope", 0))
        command.process_group = (fx_number)FX_NUMBER(0);
    if (fx_spawn(&command, &child, &error) < 0)
        give_up("fx_spawn");
    (void)close(ends[0]);
    control = ends[1];
    input.descriptor = child.stdio[0];
    outputs[0].descriptor = child.stdio[1];
    outputs[1].descriptor = child.stdio[2];
    if (!text_of("hold", 0)) {
        (void)close(control);
        control = -1;
    }
    if (text_of("ended", 0) && fx_wait(&child, -1, FX_WAIT_NO_REAP, NULL) < 0)
        give_up("fx_wait");
}

/* ---- the drain ---- */

static void mark(void) { (void)syscall(SYS_sched_get_priority_min, 0); }

static int run(void) {
    fx_count stop = count_of("stop", 0);
    fx_drained drained = {.size = sizeof drained};
    int result = -ETIMEDOUT;
    while (stop.set && result == -ETIMEDOUT && drained.seen < stop.value && drained.code == 0) {
        result = fx_drain_run(drain, 1, 0);
        (void)fx_drain_look_at_output(drain, 0, &drained);
    }
    if (result != -ETIMEDOUT)
        return result;
    if (stop.set)
        fx_drain_stop(drain);
    return fx_drain_run(drain, -1, 0);
}

static void print_output(size_t n) {
    fx_drained drained = {.size = sizeof drained};
    if (fx_drain_look_at_output(drain, n, &drained) < 0)
        give_up("fx_drain_look_at_output");
    if (is_flaw("lost") && drained.kept > 0)
        drained.kept--;
    if (is_flaw("silent"))
        drained.code = drained.tee_code = 0;
    (void)printf(
        "output %zu seen %llu kept %zu head %zu complete %d code %d tee-code %d check %u\n", n + 1,
        drained.seen, drained.kept, drained.head, drained.complete, -drained.code,
        -drained.tee_code, check_of(0, drained.data, drained.kept));
}

static void print_state(void) {
    fx_drain_state state = {.size = sizeof state};
    fx_drain_look(drain, &state);
    if (is_flaw("silent"))
        state.feed_code = state.stop_code = 0;
    (void)printf("state ending %s held %d fed %llu feed-code %d stop-code %d stopped-by %d\n",
                 fx_ending_name(state.ending), state.held, state.fed, -state.feed_code,
                 -state.stop_code, state.stopped_by);
}

/* What has come of a tee. */
static void print_tee(int n) {
    static unsigned char bytes[1 << 20];
    struct tee *tee = &tees[n - 1];
    if (tee->fd < 0)
        return;
    if (tee->read_end == tee->fd)
        (void)lseek(tee->fd, 0, SEEK_SET);
    else
        (void)close(tee->fd);
    size_t size = 0;
    for (ssize_t now; tee->read_end >= 0 && size < sizeof bytes; size += (size_t)now)
        if ((now = read(tee->read_end, bytes + size, sizeof bytes - size)) <= 0)
            break;
    (void)printf("tee %d size %zu check %u\n", n, size, check_of(0, bytes, size));
    (void)close(tee->read_end);
}

static void add_flaw(void) {
    if (is_flaw("leak")) {
        (void)open("/dev/null", O_RDONLY | O_CLOEXEC);
    } else if (is_flaw("zombie")) {
        if (fork() == 0)
            _exit(0);
    } else if (is_flaw("mask")) {
        sigset_t all;
        (void)sigfillset(&all);
        (void)sigprocmask(SIG_SETMASK, &all, NULL);
    } else if (is_flaw("hang")) {
        (void)pause();
    }
}

/* Whether the drain reaped it; where it could not, we do. */
static void print_child(int opened, int result) {
    siginfo_t info;
    fx_exit end = {.size = sizeof end};
    int looked = waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOHANG | WNOWAIT);
    (void)printf("reaped %d\n", looked < 0 && errno == ECHILD);
    if (opened < 0 || result < 0)
        (void)fx_signal(&child, SIGKILL);
    (void)close(control);
    int waited = fx_wait(&child, -1, 0, &end);
    (void)printf("end code %d signal %d wait %d\n", end.code, end.signal, -waited);
    fx_child_close(&child);
    if (waited < 0)
        (void)waitpid(child.pid, NULL, 0);
}

static void print_memory(void) {
    char line[128];
    FILE *file = fopen("/proc/self/status", "re");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0 || strncmp(line, "VmRSS:", 6) == 0)
            (void)printf("memory %.5s %ld\n", line, strtol(line + 6, NULL, 10));
    if (file)
        (void)fclose(file);
}

int main(int argc, char **argv) {
    if (argc < 3)
        give_up("arguments");
    names = argv + 2;
    char **arguments = names;
    while (*arguments && strcmp(*arguments, "--") != 0)
        arguments++;
    if (!*arguments)
        give_up("arguments");
    /* Room for all that is printed, so that it is no system call among those of the drain. */
    static char room[16384];
    (void)setvbuf(stdout, room, _IOFBF, sizeof room);
    signals_to_default();
    for (int fd = 3; fd < DESCRIPTORS; fd++)
        (void)close(fd);
    /* All numbers are looked at, before and after. */
    if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){DESCRIPTORS, DESCRIPTORS}) < 0)
        give_up("setrlimit");
    char *before = parent_state();
    prepare();
    start(argv[1], arguments + 1);
    print_memory();

    long blocks_before = blocks;
    mark();
    int opened = fx_drain_open(&options, &drain), result = 0;
    if (opened == 0)
        result = run();
    (void)printf("open %d\nrun %d\n", -opened, -result);
    if (opened == 0) {
        print_state();
        print_output(0);
        print_output(1);
    }
    fx_drain_close(drain);
    if (is_flaw("memory"))
        forgotten = malloc(100);
    mark();
    if (blocks != blocks_before)
        (void)printf("changed memory by %ld blocks\n", blocks - blocks_before);
    (void)printf("heard %llu check %u\n", heard.size, heard.check);
    print_memory();
    print_child(opened, result);
    print_tee(1);
    print_tee(2);
    if (input.from_descriptor)
        (void)close(input.source);
    add_flaw();
    char *after = parent_state();
    const char *difference = state_difference(before, after);
    if (difference)
        (void)printf("changed %.*s\n", (int)strcspn(difference, "\n"), difference);
    (void)printf("done\n");
    return 0;
}
