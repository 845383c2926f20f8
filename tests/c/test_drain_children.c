/* SPDX-License-Identifier: MIT
 *
 * A drain of several children, of such that are nobody's any more, and of none.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "draining.h"
#include "state.h"

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
        cmocka_unit_test(a_pipeline_by_hand),
        cmocka_unit_test(one_that_has_been_waited_for),
        cmocka_unit_test(one_whose_status_is_lost),
        cmocka_unit_test(streams_without_children),
        cmocka_unit_test(deadlines_without_children),
        cmocka_unit_test(nothing_at_all),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
