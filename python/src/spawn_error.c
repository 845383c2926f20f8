/* SPDX-License-Identifier: MIT */
#include "spawn_error.h"

#include "statistics.h"

#define HOME "forkexec._errors"

/* The library's text may have names of files in it, in whatever encoding. */
static PyObject *text(const char *bytes) { return PyUnicode_DecodeFSDefault(bytes); }

static PyObject *make(PyObject *module, const fx_error *error, PyObject *program,
                      PyObject *directory) {
    char sentence[FX_MESSAGE_MAX];
    (void)fx_error_message(error, sentence, sizeof sentence);
    PyObject *message = text(sentence), *subject = text(error->subject);
    PyObject *made = NULL;
    if (message && subject)
        made = PyObject_CallMethod(module, "spawn_error", "isiOOOO", -error->code,
                                   fx_step_name(error->step), error->index, subject, message,
                                   program, directory);
    Py_XDECREF(subject);
    Py_XDECREF(message);
    return made;
}

PyObject *spawn_error_raise(struct module_state *state, const fx_error *error, PyObject *program,
                            PyObject *directory) {
    statistics_note_failure(state->statistics, error->step);
    PyObject *module = PyImport_ImportModule(HOME);
    PyObject *exception = module ? make(module, error, program, directory) : NULL;
    if (exception)
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_XDECREF(exception);
    Py_XDECREF(module);
    return NULL;
}
