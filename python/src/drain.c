/* SPDX-License-Identifier: MIT */
#include "drain.h"

#include <limits.h>

#include "child.h"
#include "interpreter.h"
#include "numbers.h"

/* ---- making one ---- */

static int take_children(struct module_state *state, struct drain *self, PyObject *given) {
    self->children = PySequence_Tuple(given);
    if (!self->children)
        return -1;
    for (Py_ssize_t n = 0; n < PyTuple_Size(self->children); n++)
        if ((PyObject *)Py_TYPE(PyTuple_GetItem(self->children, n)) != state->child_type) {
            PyErr_SetString(PyExc_TypeError, "children must be Child objects");
            return -1;
        }
    return 0;
}

static int take_input(struct drain *self, PyObject *given) {
    PyObject *data;
    int descriptor;
    if (given == Py_None)
        return 0;
    if (!PyArg_ParseTuple(given, "iO", &descriptor, &data))
        return -1;
    return follow_take_input(&self->follow, descriptor, data);
}

static int take_outputs(struct drain *self, PyObject *outputs) {
    if (follow_init(&self->follow, (size_t)PyTuple_Size(outputs)) < 0)
        return -1;
    for (Py_ssize_t n = 0; n < PyTuple_Size(outputs); n++) {
        PyObject *output = PyTuple_GetItem(outputs, n);
        PyObject *first = PySequence_GetItem(output, 0);
        int descriptor = -1;
        int result = first ? numbers_take(first, 0, INT_MAX, &descriptor) : -1;
        Py_XDECREF(first);
        if (result < 0 || follow_add_output(&self->follow, descriptor, output, 1) < 0)
            return -1;
    }
    return 0;
}

PyObject *module_drain(PyObject *module, PyObject *args) {
    struct module_state *state = module_state(module);
    PyObject *children, *input, *given, *bounds;
    if (!PyArg_ParseTuple(args, "OOOO:drain", &children, &input, &given, &bounds))
        return NULL;
    PyObject *outputs = PySequence_Tuple(given);
    struct drain *self = outputs ? types_allocate(state->drain_type) : NULL;
    if (self) {
        self->wake[0] = self->wake[1] = -1;
        if (take_children(state, self, children) < 0 || take_outputs(self, outputs) < 0 ||
            take_input(self, input) < 0 || follow_take_bounds(&self->follow, bounds) < 0 ||
            drain_open(self) < 0)
            Py_CLEAR(self);
    }
    Py_XDECREF(outputs);
    return (PyObject *)self;
}

/* ---- using it ---- */

static int check(const struct drain *self) {
    if (self->follow.drain && !self->busy)
        return 0;
    PyErr_SetString(PyExc_ValueError, self->busy ? "the drain is in run()" : "the drain is closed");
    return -1;
}

static PyObject *drain_run_method(struct drain *self, PyObject *args) {
    int timeout = -1;
    if (!PyArg_ParseTuple(args, "|i:run", &timeout) || check(self) < 0)
        return NULL;
    Py_INCREF(self);
    int result = drain_run(self, timeout);
    if (result == 1 && follow_raise(&self->follow) < 0)
        result = -1;
    Py_DECREF(self);
    return result < 0 ? NULL : PyBool_FromLong(result);
}

static PyObject *drain_interest_method(struct drain *self, PyObject *unused) {
    int timeout = -1;
    (void)unused;
    if (check(self) < 0)
        return NULL;
    Py_ssize_t count = drain_interest(self, &timeout);
    PyObject *list = count < 0 ? NULL : PyList_New(0);
    for (Py_ssize_t n = 0; list && n < count; n++) {
        PyObject *entry = Py_BuildValue("(ii)", self->list[n].fd, (int)self->list[n].events);
        if (!entry || PyList_Append(list, entry) < 0)
            Py_CLEAR(list);
        Py_XDECREF(entry);
    }
    return list ? Py_BuildValue("(Ni)", list, timeout) : NULL;
}

static PyObject *drain_stop_method(struct drain *self, PyObject *unused) {
    (void)unused;
    if (self->busy)
        drain_wake(self);
    else if (check(self) < 0)
        return NULL;
    else
        follow_stop(&self->follow);
    Py_RETURN_NONE;
}

static PyObject *drain_state(struct drain *self, PyObject *unused) {
    fx_drain_state state = {.size = sizeof state};
    (void)unused;
    if (check(self) < 0)
        return NULL;
    fx_drain_look(self->follow.drain, &state);
    const char *ending = state.ending == FX_ENDING_NONE ? NULL : fx_ending_name(state.ending);
    return Py_BuildValue("(zOKiiiO)", ending, state.held ? Py_True : Py_False, state.fed,
                         state.feed_code, state.stop_code, state.stopped_by,
                         self->follow.outlived ? Py_True : Py_False);
}

static PyObject *drain_output(struct drain *self, PyObject *number) {
    fx_drained drained = {.size = sizeof drained};
    int n;
    if (check(self) < 0 || numbers_take(number, 0, INT_MAX, &n) < 0)
        return NULL;
    if (fx_drain_look_at_output(self->follow.drain, (size_t)n, &drained) < 0) {
        PyErr_SetString(PyExc_IndexError, "there is no such output");
        return NULL;
    }
    return Py_BuildValue("(NnKOii)",
                         PyBytes_FromStringAndSize(drained.data, (Py_ssize_t)drained.kept),
                         (Py_ssize_t)drained.head, drained.seen,
                         drained.complete ? Py_True : Py_False, drained.code, drained.tee_code);
}

static PyObject *drain_close_method(struct drain *self, PyObject *unused) {
    (void)unused;
    if (!self->busy)
        drain_close(self);
    Py_RETURN_NONE;
}

/* ---- the type ---- */

static int traverse(struct drain *self, visitproc visit, void *arg) {
    /* From 3.9 on an object visits its type. */
    if (interpreter_is_at_least(3, 9))
        Py_VISIT(Py_TYPE(self));
    return follow_visit(&self->follow, visit, arg);
}

static int clear(struct drain *self) {
    if (!self->busy)
        follow_clear(&self->follow);
    return 0;
}

static void deallocate(struct drain *self) {
    PyObject_GC_UnTrack(self);
    if (self->children)
        drain_close(self);
    follow_release(&self->follow);
    Py_XDECREF(self->children);
    types_free((PyObject *)self);
}

PyDoc_STRVAR(drain_doc, "Feeds and reads children until they are gone and reaped.");
PyDoc_STRVAR(run_doc, "run($self, timeout=-1, /)\n--\n\n"
                      "Go on for so many milliseconds; True when all is over.");
PyDoc_STRVAR(interest_doc, "interest($self, /)\n--\n\n"
                           "([(descriptor, events)], milliseconds): when to call run(0).");
PyDoc_STRVAR(stop_doc, "stop($self, /)\n--\n\n"
                       "Let the ladder begin, or go to its last rung.");
PyDoc_STRVAR(state_doc, "state($self, /)\n--\n\n"
                        "What has come of all of it so far.");
PyDoc_STRVAR(output_doc, "output($self, n, /)\n--\n\n"
                         "What has come of the n-th output so far.");
PyDoc_STRVAR(close_doc, "close($self, /)\n--\n\n"
                        "Close what it took over; neither signals nor waits.");

static PyMethodDef methods[] = {
    TYPES_METHOD("run", drain_run_method, METH_VARARGS, run_doc),
    TYPES_METHOD("interest", drain_interest_method, METH_NOARGS, interest_doc),
    TYPES_METHOD("stop", drain_stop_method, METH_NOARGS, stop_doc),
    TYPES_METHOD("state", drain_state, METH_NOARGS, state_doc),
    TYPES_METHOD("output", drain_output, METH_O, output_doc),
    TYPES_METHOD("close", drain_close_method, METH_NOARGS, close_doc),
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    TYPES_SLOT(Py_tp_new, types_refuse),
    TYPES_SLOT(Py_tp_dealloc, deallocate),
    TYPES_SLOT(Py_tp_traverse, traverse),
    TYPES_SLOT(Py_tp_clear, clear),
    TYPES_SLOT(Py_tp_methods, methods),
    TYPES_SLOT(Py_tp_doc, drain_doc),
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "forkexec._native.Drain",
    .basicsize = sizeof(struct drain),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

int drain_add_type(PyObject *module) {
    return types_add(module, &spec, "Drain", &module_state(module)->drain_type);
}
