/* SPDX-License-Identifier: MIT
 *
 * Running a drain: in pieces, from a loop of the caller's own, interrupted, for several children
 * and for none.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draining.h"
#include "state.h"

/* ---- a loop of one's own ---- */

/* How often it went round, until the drain's result was not that it goes on. */
static int go_round(fx_drain *drain, int *result) {
    enum { ROOM = 16 };
    struct pollfd list[ROOM];
    int rounds = 0, timeout;
    for (;; rounds++) {
        size_t count = fx_drain_interest(drain, list, ROOM, &timeout);
        assert_in_range(count, 0, ROOM);
        /* Room for less is told of what there is. */
        assert_int_equal(fx_drain_interest(drain, NULL, 0, &timeout), count);
        assert_true(poll(list, (nfds_t)count, timeout) >= 0);
        *result = fx_drain_run(drain, 0, 0);
        if (*result != -ETIMEDOUT)
            return rounds;
    }
}

static void from_a_loop_of_ones_own(void **state) {
    enum { SIZE = 1000000 };
    (void)state;
    unsigned char *bytes = new_pattern(SIZE);
    EACH_WAY {
        struct talk talk;
        int result;
        talk_begin(&talk, ARGV("talk", "echo", "err", "100", "exit", "2"));
        talk_feed(&talk, bytes, SIZE);
        talk_open(&talk);
        (void)go_round(talk.drain, &result);
        assert_int_equal(result, 0);
        assert_captured(&talk, 0, SIZE);
        assert_captured(&talk, 1, 100);
        assert_int_equal(talk_end(&talk).code, 2);
    }
    free(bytes);
}

static void deadlines_from_a_loop_of_ones_own(void **state) {
    (void)state;
    static const fx_rung rungs[] = {{SIGTERM, 10}, {SIGKILL, -1}};
    EACH_WAY {
        struct talk talk;
        int result;
        talk_begin(&talk, ARGV("talk", "ignore", "out", "1", "await", "3"));
        talk.options.ladder =
            (fx_ladder){.size = sizeof(fx_ladder), .rungs = rungs, .rung_count = 2};
        talk_until(&talk, 0, 1);
        fx_drain_stop(talk.drain);
        /* It is said that something is to be done at once. */
        int timeout;
        (void)fx_drain_interest(talk.drain, NULL, 0, &timeout);
        assert_int_equal(timeout, 0);
        (void)go_round(talk.drain, &result);
        assert_int_equal(result, 0);
        assert_int_equal(talk_end(&talk).signal, SIGKILL);
    }
}

/* Nothing happens, so it is not told to go round; by pid it looks in growing steps. */
static void nothing_to_do_is_no_reason_to_run(void **state) {
    (void)state;
    struct talk talk;
    struct pollfd list[8];
    int timeout;
    talk_begin(&talk, ARGV("talk", "out", "1", "await", "3"));
    talk_until(&talk, 0, 1);
    assert_int_equal(fx_drain_run(talk.drain, 0, 0), -ETIMEDOUT);
    size_t count = fx_drain_interest(talk.drain, list, 8, &timeout);
    assert_int_equal(count, talk.child.pidfd >= 0 ? 3 : 2);
    assert_true(talk.child.pidfd >= 0 ? timeout == -1 : timeout > 0);
    assert_int_equal(poll(list, (nfds_t)count, 0), 0);
    talk_release(&talk);
    talk_run(&talk, 0);
    /* All is over, and there is nothing left to wait for. */
    count = fx_drain_interest(talk.drain, list, 8, &timeout);
    assert_int_equal(count, 0);
    assert_int_equal(timeout, 0);
    (void)talk_end(&talk);
}

static void in_pieces(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "500000", "await", "3"));
        talk_open(&talk);
        assert_int_equal(fx_drain_run(talk.drain, 0, 0), -ETIMEDOUT);
        unsigned long long before = 0;
        while (before < 500000) {
            assert_int_equal(fx_drain_run(talk.drain, 1, 0), -ETIMEDOUT);
            fx_drained now = talk_output(&talk, 0);
            assert_true(now.seen >= before);
            assert_pattern(now.data, now.kept, 1, 0);
            before = now.seen;
        }
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_NONE);
        talk_release(&talk);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 500000);
        (void)talk_end(&talk);
    }
}

/* ---- interruptions ---- */

static atomic_bool enough;
static void interrupt(int number) { (void)number; }

static void *keep_interrupting(void *thread) {
    while (!enough) {
        (void)pthread_kill(*(pthread_t *)thread, SIGUSR1);
        (void)sched_yield();
    }
    return NULL;
}

static void interruptions(void **state) {
    (void)state;
    struct sigaction action = {.sa_handler = interrupt}, before;
    pthread_t self = pthread_self(), thread;
    (void)sigemptyset(&action.sa_mask);
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "100000", "await", "3"));
        talk_open(&talk);
        enough = false;
        assert_int_equal(pthread_create(&thread, NULL, keep_interrupting, &self), 0);
        /* Who wants to hear of them does; */
        int result;
        while ((result = fx_drain_run(talk.drain, LONG, FX_DRAIN_INTERRUPTIBLE)) != -EINTR)
            assert_int_equal(result, -ETIMEDOUT);
        /* who does not gets what he asked for: so much time, and then the end. */
        assert_int_equal(fx_drain_run(talk.drain, 20, 0), -ETIMEDOUT);
        talk_release(&talk);
        talk_run(&talk, 0);
        enough = true;
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_captured(&talk, 0, 100000);
        (void)talk_end(&talk);
    }
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
}

/* ---- several children ---- */

enum { CHILDREN = 3 };

static void a_pipeline_by_hand(void **state) {
    enum { SIZE = 1000000 };
    (void)state;
    unsigned char *bytes = new_pattern(SIZE);
    EACH_WAY {
        char *before = parent_state();
        fx_child children[CHILDREN];
        fx_child *list[CHILDREN];
        fx_output outputs[CHILDREN + 1];
        int previous = -1;
        for (int i = 0; i < CHILDREN; i++) {
            fx_command command = command_of(ARGV("talk", "echo", "err", "10", "exit", "5"));
            int ends[2];
            new_pipe(ends);
            command.without_pidfd = by_pid;
            command.stdio[0] = previous < 0 ? (fx_stdio){.kind = FX_STDIO_PIPE}
                                            : (fx_stdio){FX_STDIO_DESCRIPTOR, previous};
            command.stdio[1] = (fx_stdio){FX_STDIO_DESCRIPTOR, ends[1]};
            command.stdio[2].kind = FX_STDIO_PIPE;
            children[i] = start(&command);
            list[i] = &children[i];
            outputs[i] = (fx_output){.descriptor = children[i].stdio[2], .store = true};
            if (previous >= 0)
                (void)close(previous);
            (void)close(ends[1]);
            previous = ends[0];
        }
        outputs[CHILDREN] = (fx_output){.descriptor = previous, .store = true};
        fx_input input = {.descriptor = children[0].stdio[0], .data = bytes, .size = SIZE};
        fx_drain_options options = {
            .size = sizeof options,
            .children = list,
            .child_count = CHILDREN,
            .input = &input,
            .outputs = outputs,
            .output_count = CHILDREN + 1,
        };
        fx_drain *drain;
        assert_int_equal(fx_drain_open(&options, &drain), 0);
        assert_int_equal(fx_drain_run(drain, LONG, 0), 0);
        for (size_t n = 0; n <= CHILDREN; n++) {
            fx_drained drained = {.size = sizeof drained};
            assert_int_equal(fx_drain_look_at_output(drain, n, &drained), 0);
            assert_true(drained.complete);
            assert_int_equal(drained.kept, n < CHILDREN ? 10 : SIZE);
            assert_pattern(drained.data, drained.kept, n < CHILDREN ? 2 : 1, 0);
        }
        fx_drain_close(drain);
        for (int i = 0; i < CHILDREN; i++) {
            assert_reaped(&children[i]);
            assert_int_equal(finish(&children[i]).code, 5);
        }
        assert_unchanged(before);
        free(before);
    }
    free(bytes);
}

/* ---- children that are nobody's any more ---- */

static void one_that_has_been_waited_for(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "exit", "8"));
        assert_int_equal(fx_wait(&talk.child, LONG, 0, NULL), 0);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 10);
        assert_int_equal(talk_end(&talk).code, 8);
    }
}

/* gotcha 17 */
static void one_whose_status_is_lost(void **state) {
    (void)state;
    EACH_WAY
    for (int ignored = 0; ignored < 2; ignored++) {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "await", "3", "exit", "8"));
        if (ignored)
            (void)signal(SIGCHLD, SIG_IGN);
        talk_release(&talk);
        if (!ignored)
            assert_int_equal(waitpid(talk.child.pid, NULL, 0), talk.child.pid);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 10);
        assert_int_equal(fx_wait(&talk.child, 0, 0, NULL), -ECHILD);
        fx_drain_close(talk.drain);
        talk_close_input(&talk);
        fx_child_close(&talk.child);
        (void)signal(SIGCHLD, SIG_DFL);
        assert_unchanged(talk.before);
        free(talk.before);
    }
}

/* ---- none ---- */

/* The streams of who is no child, as of a server; the caller's own end is the other one. */
struct alone {
    int in[2], out[2];
    fx_input input;
    fx_output output;
    fx_drain_options options;
    fx_drain *drain;
};

static void be_alone(struct alone *alone) {
    memset(alone, 0, sizeof *alone);
    new_pipe(alone->in);
    new_pipe(alone->out);
    alone->input = (fx_input){.descriptor = alone->in[1], .data = "hello", .size = 5};
    alone->output = (fx_output){.descriptor = alone->out[0], .store = true};
    alone->options = (fx_drain_options){
        .size = sizeof alone->options,
        .input = &alone->input,
        .outputs = &alone->output,
        .output_count = 1,
    };
}

static void end_alone(struct alone *alone, size_t kept, fx_ending ending) {
    fx_drained drained = {.size = sizeof drained};
    fx_drain_state state = {.size = sizeof state};
    assert_int_equal(fx_drain_run(alone->drain, LONG, 0), 0);
    assert_int_equal(fx_drain_look_at_output(alone->drain, 0, &drained), 0);
    fx_drain_look(alone->drain, &state);
    assert_int_equal(drained.kept, kept);
    assert_int_equal(drained.complete, ending == FX_ENDING_EXIT);
    assert_int_equal(state.held, ending != FX_ENDING_EXIT);
    assert_int_equal(state.ending, ending);
    assert_int_equal(state.fed, 5);
    fx_drain_close(alone->drain);
    (void)close(alone->in[0]);
}

static void streams_without_children(void **state) {
    (void)state;
    struct alone alone;
    char text[8];
    be_alone(&alone);
    assert_int_equal(fx_drain_open(&alone.options, &alone.drain), 0);
    assert_int_equal(fx_drain_run(alone.drain, 0, 0), -ETIMEDOUT);
    assert_int_equal(read(alone.in[0], text, sizeof text), 5);
    assert_int_equal(read(alone.in[0], text, sizeof text), 0);
    assert_int_equal(write(alone.out[1], "abc", 3), 3);
    assert_int_equal(fx_drain_run(alone.drain, 5, 0), -ETIMEDOUT);
    (void)close(alone.out[1]);
    end_alone(&alone, 3, FX_ENDING_EXIT);
}

static void deadlines_without_children(void **state) {
    (void)state;
    static const fx_ending endings[] = {FX_ENDING_TIMEOUT, FX_ENDING_IDLE_TIMEOUT, FX_ENDING_STOP};
    for (size_t i = 0; i < 3; i++) {
        struct alone alone;
        be_alone(&alone);
        assert_int_equal(write(alone.out[1], "abc", 3), 3);
        if (i == 0)
            alone.options.timeout = (fx_count)FX_COUNT(30);
        if (i == 1)
            alone.options.idle_timeout = (fx_count)FX_COUNT(30);
        assert_int_equal(fx_drain_open(&alone.options, &alone.drain), 0);
        assert_int_equal(fx_drain_run(alone.drain, 0, 0), -ETIMEDOUT);
        if (i == 2)
            fx_drain_stop(alone.drain);
        end_alone(&alone, 3, endings[i]);
        (void)close(alone.out[1]);
    }
}

static void nothing_at_all(void **state) {
    (void)state;
    fx_drain_options options = {.size = sizeof options};
    fx_drain *drain;
    int timeout;
    assert_int_equal(fx_drain_open(&options, &drain), 0);
    assert_int_equal(fx_drain_interest(drain, NULL, 0, &timeout), 0);
    /* Whoever polls first is not to sleep for ever. */
    assert_int_equal(timeout, 0);
    assert_int_equal(fx_drain_run(drain, -1, 0), 0);
    fx_drain_close(drain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_a_loop_of_ones_own),
        cmocka_unit_test(deadlines_from_a_loop_of_ones_own),
        cmocka_unit_test(nothing_to_do_is_no_reason_to_run),
        cmocka_unit_test(in_pieces),
        cmocka_unit_test(interruptions),
        cmocka_unit_test(a_pipeline_by_hand),
        cmocka_unit_test(one_that_has_been_waited_for),
        cmocka_unit_test(one_whose_status_is_lost),
        cmocka_unit_test(streams_without_children),
        cmocka_unit_test(deadlines_without_children),
        cmocka_unit_test(nothing_at_all),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
