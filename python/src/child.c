/* SPDX-License-Identifier: MIT */
#include "child.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "ladder.h"
#include "numbers.h"

struct child *child_new(struct module_state *state) {
    struct child *self = types_allocate(state->child_type);
    if (self)
        self->child = (fx_child){.size = sizeof self->child, .pidfd = -1, .stdio = {-1, -1, -1}};
    return self;
}

void child_use(struct child *self) {
    Py_INCREF(self);
    self->users++;
}

void child_leave(struct child *self) {
    if (--self->users == 0 && self->close_wanted)
        fx_child_close(&self->child);
    Py_DECREF(self);
}

void child_note_end(struct child *self, const fx_exit *end) {
    self->end = *end;
    self->has_ended = true;
}

int child_returncode(const fx_exit *end) { return end->signal ? -end->signal : end->code; }

PyObject *child_end(const fx_exit *end) {
    const fx_usage *usage = &end->usage;
    PyObject *dumped = end->core_dumped ? Py_True : Py_False;
    return Py_BuildValue("(iiOLLLLLLLLLL)", child_returncode(end), end->signal, dumped,
                         end->duration, usage->user_time, usage->system_time, usage->max_resident,
                         usage->minor_faults, usage->major_faults, usage->block_inputs,
                         usage->block_outputs, usage->voluntary_switches,
                         usage->involuntary_switches);
}

/* ---- attributes ---- */

static PyObject *get_pid(struct child *self, void *unused) {
    (void)unused;
    return PyLong_FromLong((long)self->pid);
}

static PyObject *get_pidfd(struct child *self, void *unused) {
    (void)unused;
    return PyLong_FromLong(self->close_wanted ? -1 : self->child.pidfd);
}

static PyObject *get_mechanism(struct child *self, void *unused) {
    (void)unused;
    return PyUnicode_FromString(fx_mechanism_name(self->child.mechanism));
}

static PyObject *get_skipped(struct child *self, void *unused) {
    (void)unused;
    size_t count = self->child.skipped_count;
    if (count > FX_SKIPPED_MAX)
        count = FX_SKIPPED_MAX;
    PyObject *found = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; found && i < count; i++) {
        const fx_skipped *skipped = &self->child.skipped[i];
        PyObject *entry = Py_BuildValue("(si)", fx_step_key(skipped->step), skipped->code);
        if (!entry || PyTuple_SetItem(found, (Py_ssize_t)i, entry) < 0)
            Py_CLEAR(found);
    }
    return found;
}

static PyObject *get_end(struct child *self, void *unused) {
    (void)unused;
    if (!self->has_ended)
        Py_RETURN_NONE;
    return child_end(&self->end);
}

/* ---- streams ---- */

static int *stream_of(struct child *self, PyObject *number) {
    int n;
    return numbers_take(number, 0, 2, &n) < 0 ? NULL : &self->child.stdio[n];
}

static PyObject *child_descriptor(struct child *self, PyObject *number) {
    const int *stream = stream_of(self, number);
    return stream ? PyLong_FromLong(*stream) : NULL;
}

static PyObject *child_take(struct child *self, PyObject *number) {
    int *stream = stream_of(self, number);
    PyObject *taken = stream ? PyLong_FromLong(*stream) : NULL;
    if (taken)
        *stream = -1;
    return taken;
}

/* ---- waiting and signalling ---- */

static PyObject *child_wait_method(struct child *self, PyObject *args) {
    int timeout = -1;
    if (!PyArg_ParseTuple(args, "|i:wait", &timeout))
        return NULL;
    fx_exit end = {.size = sizeof end};
    int result = child_wait(self, timeout, &end);
    if (result < 0)
        return NULL;
    if (result == 0)
        Py_RETURN_NONE;
    return PyLong_FromLong(child_returncode(&end));
}

/* Descendants are looked for, which takes its time. */
static int signal_scope(struct child *self, const fx_scope *scope, int number) {
    int result;
    child_use(self);
    Py_BEGIN_ALLOW_THREADS;
    result = fx_signal_scope(&self->child, scope, number);
    Py_END_ALLOW_THREADS;
    child_leave(self);
    return result;
}

static PyObject *child_signal(struct child *self, PyObject *args) {
    int number;
    PyObject *given = Py_None;
    fx_scope scope;
    if (!PyArg_ParseTuple(args, "i|O:signal", &number, &given) ||
        (given != Py_None && ladder_take_scope(given, &scope) < 0))
        return NULL;
    int result =
        given == Py_None ? fx_signal(&self->child, number) : signal_scope(self, &scope, number);
    if (result < 0)
        return types_raise(result);
    Py_RETURN_NONE;
}

static PyObject *child_count(struct child *self, PyObject *given) {
    fx_scope scope;
    int result;
    if (ladder_take_scope(given, &scope) < 0)
        return NULL;
    child_use(self);
    Py_BEGIN_ALLOW_THREADS;
    result = fx_scope_count(&self->child, &scope);
    Py_END_ALLOW_THREADS;
    child_leave(self);
    return result < 0 ? types_raise(result) : PyLong_FromLong(result);
}

static int stop(struct child *self, const fx_ladder *ladder, fx_exit *end) {
    int result;
    child_use(self);
    Py_BEGIN_ALLOW_THREADS;
    result = fx_stop(&self->child, ladder->size ? ladder : NULL, end);
    Py_END_ALLOW_THREADS;
    if (result == 0)
        child_note_end(self, end);
    child_leave(self);
    return result;
}

static PyObject *child_stop(struct child *self, PyObject *args) {
    PyObject *given = Py_None;
    fx_ladder ladder = {.size = 0};
    fx_rung *rungs = NULL;
    fx_exit end = {.size = sizeof end};
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(args, "|O:stop", &given))
        return NULL;
    if (ladder_take(given, &ladder, &rungs) == 0) {
        int code = stop(self, &ladder, &end);
        result = code < 0 ? types_raise(code) : child_end(&end);
    }
    free(rungs);
    if (result && PyErr_CheckSignals() < 0)
        Py_CLEAR(result);
    return result;
}

static PyObject *child_close(struct child *self, PyObject *unused) {
    (void)unused;
    if (self->users > 0)
        self->close_wanted = true;
    else
        fx_child_close(&self->child);
    Py_RETURN_NONE;
}

/* ---- the type ---- */

static void deallocate(struct child *self) {
    fx_child_close(&self->child);
    types_free((PyObject *)self);
}

PyDoc_STRVAR(child_doc, "A started process. It is reaped by wait(), stop() or a Drain, and by\n"
                        "nothing else.");
PyDoc_STRVAR(descriptor_doc, "descriptor($self, stream, /)\n--\n\n"
                             "Our end of the pipe of stream 0, 1 or 2, which stays ours; or -1.");
PyDoc_STRVAR(take_doc, "take($self, stream, /)\n--\n\n"
                       "The same, and it is the caller's from now on.");
PyDoc_STRVAR(wait_doc, "wait($self, timeout=-1, reap=True, /)\n--\n\n"
                       "How it ended; None if it still runs after so many milliseconds.");
PyDoc_STRVAR(signal_doc, "signal($self, number, scope=None, /)\n--\n\n"
                         "Signal it, or a scope.");
PyDoc_STRVAR(count_doc, "count($self, scope, /)\n--\n\n"
                        "How many processes of the scope run.");
PyDoc_STRVAR(stop_doc, "stop($self, ladder=None, /)\n--\n\n"
                       "Stop it with all in the scope, reap it, and say how it ended.");
PyDoc_STRVAR(close_doc, "close($self, /)\n--\n\n"
                        "Close its pidfd and pipes; neither signals nor waits.");

#define GETTER(name, function, doc)                                                                \
    { name, (getter)function, NULL, doc, NULL }

static PyMethodDef methods[] = {
    TYPES_METHOD("descriptor", child_descriptor, METH_O, descriptor_doc),
    TYPES_METHOD("take", child_take, METH_O, take_doc),
    TYPES_METHOD("wait", child_wait_method, METH_VARARGS, wait_doc),
    TYPES_METHOD("signal", child_signal, METH_VARARGS, signal_doc),
    TYPES_METHOD("count", child_count, METH_O, count_doc),
    TYPES_METHOD("stop", child_stop, METH_VARARGS, stop_doc),
    TYPES_METHOD("close", child_close, METH_NOARGS, close_doc),
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef getters[] = {
    GETTER("pid", get_pid, "Its process id, its own until it is reaped."),
    GETTER("pidfd", get_pidfd, "Readable when it has ended; or -1."),
    GETTER("mechanism", get_mechanism, "How it was made."),
    GETTER("skipped", get_skipped, "Steps of best effort that were not done."),
    GETTER("end", get_end, "How it ended, once it has been reaped; or None."),
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    TYPES_SLOT(Py_tp_new, types_refuse), TYPES_SLOT(Py_tp_dealloc, deallocate),
    TYPES_SLOT(Py_tp_methods, methods),  TYPES_SLOT(Py_tp_getset, getters),
    TYPES_SLOT(Py_tp_doc, child_doc),    {0, NULL},
};

static PyType_Spec spec = {
    .name = "forkexec._native.Child",
    .basicsize = sizeof(struct child),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

int child_add_type(PyObject *module) {
    return types_add(module, &spec, "Child", &module_state(module)->child_type);
}
