/* SPDX-License-Identifier: MIT
 *
 * subprocess.Popen's own way to a process, for what is plain: no error pipe, as the engine says
 * what failed, and every conversion here. What is not plain is left to subprocess, which
 * comes back through fork_exec: nothing that could be seen from outside has then been done.
 */
#include "module.h"

#include <errno.h>
#include <string.h>

#include "dialect.h"
#include "forkexec.h"
#include "interpreter.h"
#include "launch.h"
#include "popen_request.h"
#include "preexec.h"
#include "prepared.h"
#include "report.h"
#include "statistics.h"

/* A start under way: by the mechanism whose child can tell without a pipe, and by no other. */
struct start {
    struct module_state *state;
    PyObject *popen;
    struct popen_request *request;
    struct prepared prepared; /* its attributes are NULL if there are none */
};

static int launch(struct start *start) {
    struct prepared *prepared = &start->prepared;
    if (prepared->attributes)
        return prepared_launch(prepared);
    prepared->command->reporter = (fx_reporter){report_remember, &prepared->slot};
    prepared->command->mechanism = FX_MECHANISM_CLONE3;
    return launch_command(start->state, prepared->command, &prepared->child, &prepared->error,
                          NULL);
}

/* A filter that was put up lately: subprocess, which takes any mechanism, is to try again. */
static bool is_refused(const fx_error *error) {
    return error->step == FX_STEP_CLONE && error->code != -EAGAIN && error->code != -ENOMEM;
}

/*
 * The arguments of the OSError that subprocess raises for a child that failed; with None in the
 * place of the number, those of a SubprocessError.
 */
static PyObject *failure(const struct start *start) {
    const struct prepared *prepared = &start->prepared;
    const struct report_slot *slot = &prepared->slot;
    if (prepared->attributes && attributes_own(prepared->attributes, slot->step))
        return Py_BuildValue("(ON)", Py_None,
                             preexec_message(prepared->attributes, prepared->sentence));
    switch (report_blame(dialect_of_reader(start->state), slot->step)) {
    case REPORT_BLAMES_PROGRAM:
        return Py_BuildValue("(iO)", -slot->code, start->request->program);
    case REPORT_BLAMES_DIRECTORY:
        return Py_BuildValue("(iO)", -slot->code, start->request->arguments.directory);
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

/* Without a child. What the attributes are to blame for, fork_exec finds as well, and tells. */
static PyObject *refuse(struct start *start) {
    const struct prepared *prepared = &start->prepared;
    if (prepared->attributes && prepared_is_to_blame(prepared))
        Py_RETURN_NONE;
    if (!is_refused(&prepared->error))
        return launch_raise(start->state, &prepared->error);
    atomic_store(&start->state->clone3_works, false);
    Py_RETURN_NONE;
}

static int audit(const struct popen_request *request) {
    const struct arguments *a = &request->arguments;
    if (interpreter_audit_popen(request->program, a->args, a->directory,
                                request->environment_given) < 0)
        return -1;
    return interpreter_audit_fork_exec(a->executables, a->args, Py_None);
}

static PyObject *run(struct start *start) {
    struct prepared *prepared = &start->prepared;
    if (audit(start->request) < 0)
        return NULL;
    if (launch(start) < 0)
        return refuse(start);
    if (set_child(start->popen, &prepared->child) < 0)
        return NULL;
    return prepared->slot.code ? failure(start) : PyTuple_New(0);
}

/* What cannot be compiled is for fork_exec, and nothing has been seen of it yet. */
static PyObject *start(struct module_state *state, PyObject *popen, struct popen_request *request) {
    struct start start = {.state = state, .popen = popen, .request = request};
    struct attributes *attributes = request->capsule ? attributes_of(request->capsule) : NULL;
    prepared_init(&start.prepared, state, attributes, &request->request.command);
    if (attributes && prepared_compile(&start.prepared) < 0) {
        if (strcmp(start.prepared.error.subject, "mechanism") == 0)
            atomic_store(&attributes->needs_other_memory, true);
        Py_RETURN_NONE;
    }
    PyObject *result = run(&start);
    prepared_release(&start.prepared);
    return result;
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
