/* SPDX-License-Identifier: MIT */
#include "environment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A shared library on macOS cannot link against `environ` itself. */
#if defined(__APPLE__)
#include <crt_externs.h>
#define ENVIRONMENT (*_NSGetEnviron())
#else
#define ENVIRONMENT environ
#endif

/* A bigger one is converted each time, rather than kept for ever. */
enum { KEPT_TEXT_MAX = 64 * 1024 };

static void release(PyObject *capsule) {
    struct environment *environment = PyCapsule_GetPointer(capsule, NULL);
    for (Py_ssize_t i = 0; i < 2 * environment->count; i++)
        Py_DECREF(environment->pairs[i]);
    free(environment);
}

const struct environment *environment_of(PyObject *capsule) {
    return PyCapsule_GetPointer(capsule, NULL);
}

/* ---- is it the same one? ---- */

/* Comparing str to bytes could be made a warning, and so run code; one type does neither. */
static bool is_same(PyObject *kept, PyObject *given) {
    return kept == given ||
           (Py_TYPE(kept) == Py_TYPE(given) && PyObject_RichCompareBool(kept, given, Py_EQ) == 1);
}

static bool is_of(PyObject *capsule, PyObject *dictionary) {
    const struct environment *environment = environment_of(capsule);
    PyObject *name, *value;
    Py_ssize_t position = 0, i = 0;
    if (PyDict_Size(dictionary) != environment->count)
        return false;
    while (PyDict_Next(dictionary, &position, &name, &value)) {
        if (!is_same(environment->pairs[i], name) || !is_same(environment->pairs[i + 1], value))
            return false;
        i += 2;
    }
    return true;
}

/* ---- conversion ---- */

/* New reference to bytes without a NUL; NULL for what is not plain. */
static PyObject *encode(PyObject *string) {
    PyObject *bytes = NULL;
    if (PyUnicode_CheckExact(string)) {
        bytes = PyUnicode_EncodeFSDefault(string);
    } else if (PyBytes_CheckExact(string)) {
        Py_INCREF(string);
        bytes = string;
    }
    if (bytes && strlen(PyBytes_AsString(bytes)) != (size_t)PyBytes_Size(bytes))
        Py_CLEAR(bytes);
    return bytes;
}

/* What names and values are as bytes, in turn; NULL if one is not plain. */
static PyObject *encode_all(PyObject *dictionary, size_t *text) {
    PyObject *encoded = PyList_New(0);
    PyObject *name, *value;
    Py_ssize_t position = 0;
    *text = 0;
    while (encoded && PyDict_Next(dictionary, &position, &name, &value)) {
        PyObject *left = encode(name), *right = left ? encode(value) : NULL;
        if (!right || strchr(PyBytes_AsString(left), '=') || PyList_Append(encoded, left) < 0 ||
            PyList_Append(encoded, right) < 0)
            Py_CLEAR(encoded);
        else
            *text += (size_t)PyBytes_Size(left) + 1 + (size_t)PyBytes_Size(right) + 1;
        Py_XDECREF(left);
        Py_XDECREF(right);
    }
    return encoded;
}

static char *append(char *place, PyObject *bytes, char end) {
    size_t size = (size_t)PyBytes_Size(bytes);
    memcpy(place, PyBytes_AsString(bytes), size);
    place[size] = end;
    return place + size + 1;
}

static void fill(struct environment *environment, PyObject *dictionary, PyObject *encoded,
                 char *text) {
    PyObject *name, *value;
    Py_ssize_t position = 0, paths = 0;
    for (Py_ssize_t i = 0; PyDict_Next(dictionary, &position, &name, &value); i++) {
        Py_INCREF(name);
        Py_INCREF(value);
        environment->pairs[2 * i] = name;
        environment->pairs[2 * i + 1] = value;
        environment->list[i] = text;
        text = append(text, PyList_GetItem(encoded, 2 * i), '=');
        if (strncmp(environment->list[i], "PATH=", sizeof "PATH=" - 1) == 0)
            environment->path = paths++ ? NULL : text;
        text = append(text, PyList_GetItem(encoded, 2 * i + 1), '\0');
    }
    environment->list[environment->count] = NULL;
}

/* One block of memory: the struct, its two arrays, the text. */
static struct environment *make(PyObject *dictionary, PyObject *encoded, size_t text) {
    size_t count = (size_t)PyDict_Size(dictionary);
    size_t pairs = 2 * count * sizeof(PyObject *), list = (count + 1) * sizeof(char *);
    struct environment *environment = malloc(sizeof *environment + pairs + list + text);
    if (!environment)
        return NULL;
    *environment = (struct environment){
        .count = (Py_ssize_t)count,
        .pairs = (PyObject **)(void *)(environment + 1),
        .list = (char **)(void *)((unsigned char *)(environment + 1) + pairs),
    };
    fill(environment, dictionary, encoded, (char *)(environment->list + count + 1));
    return environment;
}

static PyObject *convert(PyObject *dictionary, size_t *text) {
    PyObject *encoded = encode_all(dictionary, text);
    struct environment *environment = encoded ? make(dictionary, encoded, *text) : NULL;
    Py_XDECREF(encoded);
    if (!environment)
        return NULL;
    PyObject *capsule = PyCapsule_New(environment, NULL, release);
    if (!capsule) {
        for (Py_ssize_t i = 0; i < 2 * environment->count; i++)
            Py_DECREF(environment->pairs[i]);
        free(environment);
    }
    return capsule;
}

/* ---- what is kept ---- */

/* Whoever takes it has it alone, so no lock is needed that a fork could find held. */
static PyObject *take(struct module_state *state) {
    return atomic_exchange(&state->environment, NULL);
}

static void keep(struct module_state *state, PyObject *capsule) {
    Py_INCREF(capsule);
    PyObject *before = atomic_exchange(&state->environment, capsule);
    Py_XDECREF(before);
}

PyObject *environment_convert(struct module_state *state, PyObject *dictionary) {
    /* A copy is nobody else's to change, whatever an encoding or another thread does meanwhile. */
    PyObject *copy = PyDict_Copy(dictionary);
    PyObject *capsule = copy ? take(state) : NULL;
    size_t text = 0;
    if (capsule && !is_of(capsule, copy))
        Py_CLEAR(capsule);
    if (copy && !capsule)
        capsule = convert(copy, &text);
    if (capsule && text <= KEPT_TEXT_MAX)
        keep(state, capsule);
    Py_XDECREF(copy);
    return capsule;
}

/* ---- that of the process ---- */

char **environment_copy(void) {
    char *const *variables = ENVIRONMENT;
    size_t count = 0, text = 0;
    for (; variables && variables[count]; count++)
        text += strlen(variables[count]) + 1;
    char **copy = malloc((count + 1) * sizeof *copy + text);
    if (!copy)
        return NULL;
    char *place = (char *)(copy + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(variables[i]) + 1;
        copy[i] = memcpy(place, variables[i], size);
        place += size;
    }
    copy[count] = NULL;
    return copy;
}
