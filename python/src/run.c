/* SPDX-License-Identifier: MIT
 *
 * run(): start, feed, read and wait in one call, without an object on the way.
 */
#include <errno.h>
#include <signal.h>

#include "child.h"
#include "child_command.h"
#include "follow.h"
#include "launch.h"
#include "spawn_error.h"
#include "statistics.h"

struct run {
    struct module_state *state;
    struct child_command command;
    struct follow follow;
    fx_child child;
    fx_exit end;
    bool has_output[3]; /* of streams 1 and 2 */
    bool stores[3];
};

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

static int start(struct run *run, int timeout) {
    if (timeout >= 0)
        return start_in_time(run, timeout);
    fx_error error = {.size = sizeof error};
    return launch_command(run->state, &run->command.command, &run->child, &error) < 0
               ? refuse(run, &error)
               : 0;
}

/* ---- following ---- */

static int open_follow(struct run *run) {
    fx_child *child = &run->child;
    size_t n = 0;
    run->follow.fed.descriptor = child->stdio[0];
    for (int stream = 1; stream < 3; stream++)
        if (run->has_output[stream])
            run->follow.outputs[n++].descriptor = child->stdio[stream];
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

/* ---- what came of it ---- */

/* New references, or NULL with an exception. */
static PyObject *output(struct run *run, int stream) {
    fx_drained drained = {.size = sizeof drained};
    size_t n = stream == 2 && run->has_output[1];
    if (!run->has_output[stream])
        return Py_BuildValue("(OiiO)", Py_None, 0, 0, Py_True);
    (void)fx_drain_look_at_output(run->follow.drain, n, &drained);
    PyObject *complete = drained.complete ? Py_True : Py_False;
    if (!run->stores[stream])
        return Py_BuildValue("(OiKO)", Py_None, 0, drained.seen, complete);
    return Py_BuildValue("(NnKO)",
                         PyBytes_FromStringAndSize(drained.data, (Py_ssize_t)drained.kept),
                         (Py_ssize_t)drained.head, drained.seen, complete);
}

static PyObject *outcome(struct run *run) {
    fx_drain_state state = {.size = sizeof state};
    fx_drain_look(run->follow.drain, &state);
    bool is_known = fx_wait(&run->child, 0, 0, &run->end) == 0;
    PyObject *end = is_known ? child_end(&run->end) : Py_BuildValue("");
    PyObject *first = end ? output(run, 1) : NULL, *second = first ? output(run, 2) : NULL;
    if (second)
        return Py_BuildValue("(sNNNOO)", fx_ending_name(state.ending), end, first, second,
                             state.held ? Py_True : Py_False,
                             run->follow.outlived ? Py_True : Py_False);
    Py_XDECREF(end);
    Py_XDECREF(first);
    return NULL;
}

/* ---- the function ---- */

static PyObject *run_built(struct run *run, int start_timeout) {
    PyObject *result = NULL;
    if (start(run, start_timeout) == 0) {
        if (follow(run) == 0)
            result = outcome(run);
        fx_child_close(&run->child);
    }
    return result;
}

PyObject *module_run(PyObject *module, PyObject *args) {
    struct run run = {.state = module_state(module),
                      .child = {.size = sizeof run.child},
                      .end = {.size = sizeof run.end}};
    PyObject *command, *input, *outputs[2], *bounds, *result = NULL;
    int start_timeout;
    if (!PyArg_ParseTuple(args, "OiOOOO:run", &command, &start_timeout, &input, &outputs[0],
                          &outputs[1], &bounds))
        return NULL;
    if (child_command_build(run.state, command, &run.command) == 0 &&
        build(&run, input, outputs, bounds) == 0)
        result = run_built(&run, start_timeout);
    follow_release(&run.follow);
    child_command_release(&run.command);
    return result;
}
