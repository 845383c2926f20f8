/* SPDX-License-Identifier: MIT
 *
 * spawn(), spawn_pipeline() and start(), with the type Start.
 */
#include "child.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "child_command.h"
#include "launch.h"
#include "spawn_error.h"
#include "statistics.h"

/* ---- at once ---- */

static PyObject *spawn(struct module_state *state, const struct child_command *command) {
    fx_error error = {.size = sizeof error};
    struct child *self = child_new(state);
    if (!self)
        return NULL;
    if (launch_command(state, &command->command, &self->child, &error, NULL) < 0) {
        Py_DECREF(self);
        return spawn_error_raise(state, &error, command->given_program, command->given_directory);
    }
    self->pid = self->child.pid;
    return (PyObject *)self;
}

PyObject *module_spawn(PyObject *module, PyObject *given) {
    struct module_state *state = module_state(module);
    struct child_command command;
    PyObject *result =
        child_command_build(state, given, &command) < 0 ? NULL : spawn(state, &command);
    child_command_release(&command);
    return result;
}

/* ---- in two steps ---- */

struct start {
    PyObject_HEAD fx_start *start; /* NULL: it is over */
    bool busy;                     /* a thread is in finish() */
    unsigned long begun;
    PyObject *module;
    PyObject *program; /* as they were given */
    PyObject *directory;
};

static PyObject *start(PyObject *module, const struct child_command *command, int timeout) {
    struct module_state *state = module_state(module);
    fx_error error = {.size = sizeof error};
    struct start *self = types_allocate(state->start_type);
    if (!self)
        return NULL;
    self->begun = statistics_now();
    int result = fx_spawn_start(&command->command, timeout, &self->start, &error);
    if (result < 0) {
        self->start = NULL;
        Py_DECREF(self);
        return spawn_error_raise(state, &error, command->given_program, command->given_directory);
    }
    Py_INCREF(module);
    Py_INCREF(command->given_program);
    Py_INCREF(command->given_directory);
    self->module = module;
    self->program = command->given_program;
    self->directory = command->given_directory;
    return (PyObject *)self;
}

PyObject *module_start(PyObject *module, PyObject *args) {
    struct child_command command;
    PyObject *given;
    int timeout;
    if (!PyArg_ParseTuple(args, "Oi:start", &given, &timeout))
        return NULL;
    PyObject *result = child_command_build(module_state(module), given, &command) < 0
                           ? NULL
                           : start(module, &command, timeout);
    child_command_release(&command);
    return result;
}

static int check(const struct start *self) {
    if (self->start && !self->busy)
        return 0;
    PyErr_SetString(PyExc_ValueError,
                    self->busy ? "another thread is finishing this start" : "the start is over");
    return -1;
}

static PyObject *start_fileno(struct start *self, PyObject *unused) {
    (void)unused;
    return check(self) < 0 ? NULL : PyLong_FromLong(fx_start_descriptor(self->start));
}

int start_wait(fx_start *start) {
    struct pollfd descriptor = {.fd = fx_start_descriptor(start), .events = POLLIN};
    int result;
    do {
        if (PyErr_CheckSignals() < 0)
            return -1;
        Py_BEGIN_ALLOW_THREADS;
        result = poll(&descriptor, 1, -1);
        Py_END_ALLOW_THREADS;
    } while (result <= 0);
    return 0;
}

static PyObject *finish(struct start *self) {
    struct module_state *state = module_state(self->module);
    fx_error error = {.size = sizeof error};
    struct child *child = child_new(state);
    if (!child)
        return NULL;
    int result;
    fx_start *begun = self->start;
    self->start = NULL;
    Py_BEGIN_ALLOW_THREADS;
    result = fx_start_finish(begun, &child->child, &error);
    Py_END_ALLOW_THREADS;
    if (result < 0) {
        Py_DECREF(child);
        return spawn_error_raise(state, &error, self->program, self->directory);
    }
    child->pid = child->child.pid;
    launch_note(state, &child->child, self->begun);
    return (PyObject *)child;
}

static PyObject *start_finish(struct start *self, PyObject *unused) {
    (void)unused;
    if (check(self) < 0)
        return NULL;
    Py_INCREF(self);
    self->busy = true;
    PyObject *child = start_wait(self->start) < 0 ? NULL : finish(self);
    self->busy = false;
    Py_DECREF(self);
    return child;
}

static PyObject *start_abandon(struct start *self, PyObject *unused) {
    (void)unused;
    if (!self->start)
        Py_RETURN_NONE;
    if (check(self) < 0)
        return NULL;
    fx_start_abandon(self->start);
    self->start = NULL;
    Py_RETURN_NONE;
}

static void deallocate(struct start *self) {
    fx_start_abandon(self->start);
    Py_XDECREF(self->module);
    Py_XDECREF(self->program);
    Py_XDECREF(self->directory);
    types_free((PyObject *)self);
}

PyDoc_STRVAR(start_doc, "A start under way. One that goes away unfinished is given up, its child\n"
                        "killed.");
PyDoc_STRVAR(fileno_doc, "fileno($self, /)\n--\n\n"
                         "Readable when it is known what came of it; to be polled, not read.");
PyDoc_STRVAR(finish_doc, "finish($self, /)\n--\n\n"
                         "The Child, or SpawnError; waits where it is not known yet.");
PyDoc_STRVAR(abandon_doc, "abandon($self, /)\n--\n\n"
                          "Give it up without waiting.");

static PyMethodDef methods[] = {
    TYPES_METHOD("fileno", start_fileno, METH_NOARGS, fileno_doc),
    TYPES_METHOD("finish", start_finish, METH_NOARGS, finish_doc),
    TYPES_METHOD("abandon", start_abandon, METH_NOARGS, abandon_doc),
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    TYPES_SLOT(Py_tp_new, types_refuse),
    TYPES_SLOT(Py_tp_dealloc, deallocate),
    TYPES_SLOT(Py_tp_methods, methods),
    TYPES_SLOT(Py_tp_doc, start_doc),
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "forkexec._native.Start",
    .basicsize = sizeof(struct start),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

int start_add_type(PyObject *module) {
    return types_add(module, &spec, "Start", &module_state(module)->start_type);
}
