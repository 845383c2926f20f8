/* SPDX-License-Identifier: MIT
 *
 * subprocess.Popen's own way to a process, for what is plain: no error pipe, as the engine says
 * what failed, and every conversion here. What is not plain is left to subprocess, which
 * comes back through fork_exec: nothing that could be seen from outside has then been done.
 */
#include "module.h"

#include <errno.h>

#include "dialect.h"
#include "forkexec.h"
#include "interpreter.h"
#include "launch.h"
#include "popen_request.h"
#include "report.h"
#include "statistics.h"

/* By the mechanism whose child can tell without a pipe, and by no other in its place. */
static int launch(struct module_state *state, struct popen_request *request,
                  struct report_slot *slot, fx_child *child, fx_error *error) {
    fx_command *command = &request->request.command;
    command->mechanism = FX_MECHANISM_CLONE3;
    command->reporter = (fx_reporter){report_remember, slot};
    return launch_command(state, command, child, error);
}

/* A filter that was put up lately: subprocess, which takes any mechanism, is to try again. */
static bool is_refused(const fx_error *error) {
    return error->step == FX_STEP_CLONE && error->code != -EAGAIN && error->code != -ENOMEM;
}

/* The arguments of the OSError that subprocess raises for a child that failed. */
static PyObject *failure(struct module_state *state, const struct popen_request *request,
                         const struct report_slot *slot) {
    switch (report_blame(dialect_of_reader(state), slot->step)) {
    case REPORT_BLAMES_PROGRAM:
        return Py_BuildValue("(iO)", -slot->code, request->program);
    case REPORT_BLAMES_DIRECTORY:
        return Py_BuildValue("(iO)", -slot->code, request->arguments.directory);
    case REPORT_BLAMES_NOTHING:
        break;
    }
    return Py_BuildValue("(i)", -slot->code);
}

static int set_child(PyObject *popen, const fx_child *child) {
    PyObject *pid = PyLong_FromLong((long)child->pid);
    int result = pid ? PyObject_SetAttrString(popen, "pid", pid) : -1;
    Py_XDECREF(pid);
    return result < 0 ? -1 : PyObject_SetAttrString(popen, "_child_created", Py_True);
}

static PyObject *start(struct module_state *state, PyObject *popen, struct popen_request *request) {
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    struct report_slot slot = {.failures = state->statistics->failures};
    if (interpreter_audit_popen(request->program, request->arguments.args,
                                request->arguments.directory, request->environment_given) < 0 ||
        interpreter_audit_fork_exec(request->arguments.executables, request->arguments.args,
                                    Py_None) < 0)
        return NULL;
    if (launch(state, request, &slot, &child, &error) < 0) {
        if (!is_refused(&error))
            return launch_raise(state, &error);
        atomic_store(&state->clone3_works, false);
        Py_RETURN_NONE;
    }
    if (set_child(popen, &child) < 0)
        return NULL;
    return slot.code ? failure(state, request, &slot) : PyTuple_New(0);
}

/* Left to subprocess: None. What is no Exception, as an interruption, is not ours to swallow. */
static PyObject *decline(void) {
    if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_Exception))
        return NULL;
    PyErr_Clear();
    Py_RETURN_NONE;
}

PyObject *module_popen(PyObject *module, PyObject *args) {
    struct module_state *state = module_state(module);
    PyObject *popen, *given;
    if (!PyArg_ParseTuple(args, "OO!:popen", &popen, &PyTuple_Type, &given))
        return NULL;
    if (!atomic_load(&state->clone3_works))
        Py_RETURN_NONE;
    struct popen_request request;
    PyObject *result =
        popen_request_build(state, given, &request) ? start(state, popen, &request) : decline();
    popen_request_release(&request);
    return result;
}
