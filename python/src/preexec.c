/* SPDX-License-Identifier: MIT */
#include "preexec.h"

#include "interpreter.h"

#define RECOGNISER "forkexec._preexec"

/* New reference, or NULL without an exception: at the end of the interpreter there may be nothing
 * left to import with. Steals the module. */
static PyObject *take(PyObject *module) {
    PyObject *function = module ? PyObject_GetAttrString(module, "recognise") : NULL;
    if (!function)
        PyErr_Clear();
    Py_XDECREF(module);
    return function;
}

/*
 * Only under the name that the package gives this module: as a file in the place of CPython's own,
 * it may lie beside a package of another build, whose capsules are none of ours.
 */
static PyObject *recogniser(struct module_state *state) {
    if (!state->is_of_package)
        return NULL;
    PyObject *module = interpreter_loaded_module(RECOGNISER);
    PyObject *function = take(module);
    if (!function) /* maybe another thread is importing it just now: this waits for the end of that
                    */
        function = take(PyImport_ImportModule(RECOGNISER));
    return function;
}

int preexec_recognise(struct module_state *state, PyObject *callable, PyObject **capsule) {
    *capsule = NULL;
    if (callable == Py_None)
        return 0;
    PyObject *function = recogniser(state);
    if (!function)
        return 0;
    PyObject *answer = PyObject_CallFunctionObjArgs(function, callable, NULL);
    Py_DECREF(function);
    if (!answer)
        return -1;
    if (answer != Py_None && attributes_of(answer)) {
        *capsule = answer;
        return 0;
    }
    Py_DECREF(answer);
    return PyErr_Occurred() ? -1 : 0;
}

/* What is no text is escaped: the reader of the error pipe takes nothing but UTF-8. */
static PyObject *as_text(const char *sentence) {
    PyObject *given = PyUnicode_DecodeFSDefault(sentence);
    PyObject *bytes = given ? PyUnicode_AsEncodedString(given, "utf-8", "backslashreplace") : NULL;
    PyObject *text = bytes ? PyUnicode_FromEncodedObject(bytes, "utf-8", "strict") : NULL;
    Py_XDECREF(bytes);
    Py_XDECREF(given);
    return text;
}

PyObject *preexec_message(const struct attributes *attributes, const char *sentence) {
    return attributes->stands_for_callable ? PyUnicode_FromString(PREEXEC_MESSAGE)
                                           : as_text(sentence);
}

void preexec_raise(const char *message) {
    PyObject *module = interpreter_loaded_module("subprocess");
    PyObject *kind = module ? PyObject_GetAttrString(module, "SubprocessError") : NULL;
    PyObject *text = as_text(message);
    if (!kind)
        PyErr_Clear();
    if (text)
        PyErr_SetObject(kind ? kind : PyExc_RuntimeError, text);
    Py_XDECREF(text);
    Py_XDECREF(kind);
    Py_XDECREF(module);
}
