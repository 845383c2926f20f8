/* SPDX-License-Identifier: MIT */
#include "run.h"

#include <signal.h>

#include "child.h"
#include "launch.h"
#include "result.h"
#include "spawn_error.h"
#include "statistics.h"

/* ---- what is to be done ---- */

static int add_output(struct run *run, int stream, PyObject *given) {
    if (run->command.command.stdio[stream].kind != FX_STDIO_PIPE)
        return 0;
    if (follow_add_output(&run->follow, -1, given, 0) < 0)
        return -1;
    run->has_output[stream] = true;
    run->stores[stream] = run->follow.outputs[run->follow.output_count - 1].store;
    return 0;
}

static int build(struct run *run, PyObject *input, PyObject *const *outputs, PyObject *bounds) {
    if (follow_init(&run->follow, 2) < 0 || follow_take_bounds(&run->follow, bounds) < 0 ||
        add_output(run, 1, outputs[0]) < 0 || add_output(run, 2, outputs[1]) < 0)
        return -1;
    if (run->command.command.stdio[0].kind != FX_STDIO_PIPE)
        return 0;
    if (input != Py_None)
        return follow_take_input(&run->follow, -1, input);
    PyObject *nothing = PyBytes_FromStringAndSize(NULL, 0);
    int result = nothing ? follow_take_input(&run->follow, -1, nothing) : -1;
    Py_XDECREF(nothing);
    return result;
}

int run_build(struct run *run, struct module_state *state, PyObject *command, PyObject *input,
              PyObject *const *outputs, PyObject *bounds) {
    *run = (struct run){
        .state = state, .child = {.size = sizeof run->child}, .end = {.size = sizeof run->end}};
    return child_command_build(state, command, &run->command) < 0
               ? -1
               : build(run, input, outputs, bounds);
}

void run_release(struct run *run) {
    fx_child_close(&run->child);
    follow_release(&run->follow);
    child_command_release(&run->command);
}

/* ---- starting ---- */

static int refuse(struct run *run, const fx_error *error) {
    (void)spawn_error_raise(run->state, error, run->command.given_program,
                            run->command.given_directory);
    return -1;
}

static int start_in_time(struct run *run, int timeout) {
    fx_error error = {.size = sizeof error};
    fx_start *start;
    unsigned long begun = statistics_now();
    if (fx_spawn_start(&run->command.command, timeout, &start, &error) < 0)
        return refuse(run, &error);
    if (start_wait(start) < 0) {
        fx_start_abandon(start);
        return -1;
    }
    if (fx_start_finish(start, &run->child, &error) < 0)
        return refuse(run, &error);
    launch_note(run->state, &run->child, begun);
    return 0;
}

/* ---- following ---- */

static void take_ends(struct run *run) {
    fx_child *child = &run->child;
    size_t n = 0;
    run->follow.fed.descriptor = child->stdio[0];
    for (int stream = 1; stream < 3; stream++)
        if (run->has_output[stream])
            run->follow.outputs[n++].descriptor = child->stdio[stream];
}

/* Many a program has ended before another thread that is at work would give back the lock. */
static void follow_at_once(void *argument, PyThreadState *thread) {
    struct run *run = argument;
    fx_child *child = &run->child;
    take_ends(run);
    follow_begin(&run->follow, &child, 1, thread);
}

static int start(struct run *run) {
    const struct launch_then then = {follow_at_once, run};
    fx_error error = {.size = sizeof error};
    return launch_command(run->state, &run->command.command, &run->child, &error, &then) < 0
               ? refuse(run, &error)
               : 0;
}

static int open_follow(struct run *run) {
    fx_child *child = &run->child;
    if (run->follow.drain)
        return 0;
    take_ends(run);
    return follow_open(&run->follow, &child, 1);
}

/* By the ladder, whatever signal handlers raise meanwhile; a second one is in a hurry. */
static void stop(struct run *run) {
    struct follow_exception first;
    PyErr_Fetch(&first.type, &first.value, &first.traceback);
    do {
        PyErr_Clear();
        follow_stop(&run->follow);
    } while (follow_run(&run->follow, -1) < 0);
    PyErr_Restore(first.type, first.value, first.traceback);
}

/* There is no drain: nothing but the child itself is known. */
static void kill_child(struct run *run) {
    const fx_rung rung = {SIGKILL, -1};
    const fx_ladder ladder = {.size = sizeof ladder, .rungs = &rung, .rung_count = 1};
    Py_BEGIN_ALLOW_THREADS;
    (void)fx_stop(&run->child, &ladder, NULL);
    Py_END_ALLOW_THREADS;
}

static int follow(struct run *run) {
    if (open_follow(run) < 0) {
        kill_child(run);
        return -1;
    }
    if (follow_run(&run->follow, -1) < 0) {
        stop(run);
        return -1;
    }
    return follow_raise(&run->follow);
}

int run_do(struct run *run, int start_timeout) {
    int result = start_timeout < 0 ? start(run) : start_in_time(run, start_timeout);
    return result < 0 ? -1 : follow(run);
}

/* ---- what came of it ---- */

/* What is known of a stream; of one that was not read, nothing. */
static fx_drained look_at(const struct run *run, int stream) {
    fx_drained drained = {.size = sizeof drained, .complete = true};
    size_t n = stream == 2 && run->has_output[1];
    if (run->has_output[stream])
        (void)fx_drain_look_at_output(run->follow.drain, n, &drained);
    return drained;
}

static PyObject *stored(const struct run *run, int stream, const fx_drained *drained) {
    if (run->stores[stream])
        return PyBytes_FromStringAndSize(drained->data, (Py_ssize_t)drained->kept);
    Py_RETURN_NONE;
}

static PyObject *output(const struct run *run, int stream) {
    const fx_drained drained = look_at(run, stream);
    return Py_BuildValue("(NnKO)", stored(run, stream, &drained), (Py_ssize_t)drained.head,
                         drained.seen, drained.complete ? Py_True : Py_False);
}

/* Somebody else may have reaped it, or it may have outlived the ladder. */
static bool is_known(struct run *run) { return fx_wait(&run->child, 0, 0, &run->end) == 0; }

static fx_drain_state state_of(const struct run *run) {
    fx_drain_state state = {.size = sizeof state};
    fx_drain_look(run->follow.drain, &state);
    return state;
}

PyObject *run_outcome(struct run *run) {
    const fx_drain_state state = state_of(run);
    PyObject *end = is_known(run) ? child_end(&run->end) : Py_BuildValue("");
    return Py_BuildValue("(sNNNOO)", fx_ending_name(state.ending), end, output(run, 1),
                         output(run, 2), state.held ? Py_True : Py_False,
                         run->follow.outlived ? Py_True : Py_False);
}

static PyObject *counts(const fx_drained *drained) {
    return Py_BuildValue("(nnK)", (Py_ssize_t)drained->head, (Py_ssize_t)drained->kept,
                         drained->seen);
}

PyObject *run_result(struct run *run, PyObject *type, PyObject *args, bool check) {
    const fx_drain_state state = state_of(run);
    bool known = is_known(run);
    if (state.ending != FX_ENDING_EXIT || run->follow.outlived || (check && run->end.code != 0))
        return NULL;
    const fx_drained first = look_at(run, 1), second = look_at(run, 2);
    const struct result_parts parts = {
        .args = args,
        .ends = known ? Py_BuildValue("(N)", child_end(&run->end)) : PyTuple_New(0),
        .ending = PyUnicode_InternFromString(fx_ending_name(state.ending)),
        .held = PyBool_FromLong(state.held),
        .output = stored(run, 1, &first),
        .output_counts = counts(&first),
        .errors = stored(run, 2, &second),
        .errors_counts = counts(&second),
    };
    return result_make(type, &parts);
}

/* ---- the function ---- */

PyObject *module_run(PyObject *module, PyObject *args) {
    struct run run;
    PyObject *command, *input, *outputs[2], *bounds, *result = NULL;
    int start_timeout;
    if (!PyArg_ParseTuple(args, "OiOOOO:run", &command, &start_timeout, &input, &outputs[0],
                          &outputs[1], &bounds))
        return NULL;
    if (run_build(&run, module_state(module), command, input, outputs, bounds) == 0 &&
        run_do(&run, start_timeout) == 0)
        result = run_outcome(&run);
    run_release(&run);
    return result;
}
