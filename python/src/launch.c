/* SPDX-License-Identifier: MIT */
#include "launch.h"

#include "collector.h"
#include "statistics.h"

static int launch(struct statistics *statistics, const fx_plan *plan, fx_child *child,
                  fx_error *error) {
    unsigned long start = statistics_now();
    int result = fx_launch(plan, child, error);
    if (result == 0)
        statistics_note_spawn(statistics, child, statistics_now() - start);
    return result;
}

int launch_plan(struct module_state *state, const fx_plan *plan, fx_child *child, fx_error *error) {
    int result;
    Py_BEGIN_ALLOW_THREADS;
    result = launch(state->statistics, plan, child, error);
    Py_END_ALLOW_THREADS;
    return result;
}

int launch_plan_with_callback(struct module_state *state, const fx_plan *plan, fx_child *child,
                              fx_error *error) {
    struct collector collector;
    if (collector_pause(&collector) < 0)
        return 1;
    PyOS_BeforeFork();
    int result = launch(state->statistics, plan, child, error);
    PyOS_AfterFork_Parent();
    collector_resume(&collector);
    return result;
}

int launch_callback(void *argument) {
    const struct launch_call *call = argument;
    atomic_store(&call->statistics->are_the_parents, true);
    PyOS_AfterFork_Child();
    /* The result, and an exception too, are left: what comes next is exec, or the end. */
    return PyObject_CallObject(call->function, NULL) ? 0 : -1;
}
