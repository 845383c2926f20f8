/* SPDX-License-Identifier: MIT */
#include "child_command.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "environment.h"
#include "interpreter.h"
#include "numbers.h"

enum {
    ARGS,
    PROGRAM,
    DIRECTORY,
    ENVIRONMENT,
    STDIN,
    KEEP = STDIN + 3,
    FLAGS,
    PROCESS_GROUP,
    UMASK,
    ATTRIBUTES,
    COUNT
};

/* As subprocess has them. */
enum { STREAM_PIPE = -1, STREAM_STDOUT = -2, STREAM_DEVNULL = -3 };

static PyObject *at(PyObject *given, Py_ssize_t index) { return PyTuple_GetItem(given, index); }

/* New reference to bytes in `*bytes`, which stays NULL for None. */
static int take_path(PyObject *object, PyObject **bytes) {
    if (object == Py_None)
        return 0;
    if (PyUnicode_FSConverter(object, bytes))
        return 0;
    *bytes = NULL;
    return -1;
}

static int build_program(PyObject *given, struct child_command *made) {
    if (byte_strings_from_paths(at(given, ARGS), &made->arguments) < 0 ||
        take_path(at(given, PROGRAM), &made->program) < 0)
        return -1;
    if (!made->arguments.list[0]) {
        PyErr_SetString(PyExc_ValueError, "args must not be empty");
        return -1;
    }
    made->command.argv = made->arguments.list;
    if (made->program)
        made->command.program = PyBytes_AsString(made->program);
    made->given_program = at(given, PROGRAM) == Py_None ? PySequence_GetItem(at(given, ARGS), 0)
                                                        : PySequence_GetItem(given, PROGRAM);
    return made->given_program ? 0 : -1;
}

static int build_directory(PyObject *given, struct child_command *made) {
    fx_command *command = &made->command;
    made->given_directory = PySequence_GetItem(given, DIRECTORY);
    if (command->directory || command->directory_fd.set)
        return 0;
    if (take_path(made->given_directory, &made->directory) < 0)
        return -1;
    if (made->directory)
        command->directory = PyBytes_AsString(made->directory);
    return 0;
}

/* ---- environment ---- */

/* New reference to "name=value"; NULL with the exception that subprocess raises. */
static PyObject *assignment(PyObject *name, PyObject *value) {
    PyObject *left = NULL, *right = NULL, *both = NULL;
    if (!PyUnicode_FSConverter(name, &left))
        return NULL;
    if (strchr(PyBytes_AsString(left), '=')) {
        PyErr_SetString(PyExc_ValueError, "illegal environment variable name");
    } else if (PyUnicode_FSConverter(value, &right)) {
        both = PyBytes_FromFormat("%s=%s", PyBytes_AsString(left), PyBytes_AsString(right));
        Py_DECREF(right);
    }
    Py_DECREF(left);
    return both;
}

/* What is not plain: paths, subclasses, or what is to be refused. */
static int convert_variables(PyObject *dictionary, struct byte_strings *variables) {
    PyObject *copy = PyDict_Copy(dictionary), *list = copy ? PyList_New(0) : NULL;
    PyObject *name, *value;
    Py_ssize_t position = 0;
    while (list && PyDict_Next(copy, &position, &name, &value)) {
        PyObject *entry = assignment(name, value);
        if (!entry || PyList_Append(list, entry) < 0)
            Py_CLEAR(list);
        Py_XDECREF(entry);
    }
    int result = list ? byte_strings_from_bytes(list, variables) : -1;
    Py_XDECREF(list);
    Py_XDECREF(copy);
    return result;
}

static int build_environment(struct module_state *state, PyObject *given,
                             struct child_command *made) {
    PyObject *dictionary = at(given, ENVIRONMENT);
    fx_command *command = &made->command;
    if (command->environment || dictionary == Py_None)
        return 0;
    if (!PyDict_Check(dictionary)) {
        PyErr_SetString(PyExc_TypeError, "env must be a dictionary");
        return -1;
    }
    made->environment = environment_convert(state, dictionary);
    if (made->environment) {
        command->environment = environment_of(made->environment)->list;
        return 0;
    }
    PyErr_Clear();
    if (convert_variables(dictionary, &made->variables) < 0)
        return -1;
    command->environment = made->variables.list;
    return 0;
}

/* ---- descriptors ---- */

static int build_stream(PyObject *object, int number, fx_stdio *stream) {
    int value;
    if (object == Py_None)
        return 0;
    if (numbers_take(object, INT_MIN, INT_MAX, &value) < 0)
        return -1;
    if (value >= 0)
        *stream = (fx_stdio){FX_STDIO_DESCRIPTOR, value};
    else if (value == STREAM_PIPE)
        stream->kind = FX_STDIO_PIPE;
    else if (value == STREAM_DEVNULL)
        stream->kind = FX_STDIO_NULL;
    else if (value == STREAM_STDOUT && number == 2)
        stream->kind = FX_STDIO_STDOUT;
    else {
        PyErr_Format(PyExc_ValueError, "%d is nothing that standard stream %d can be", value,
                     number);
        return -1;
    }
    return 0;
}

static int build_streams(PyObject *given, struct child_command *made) {
    for (int number = 0; number < 3; number++)
        if (build_stream(at(given, STDIN + number), number, &made->command.stdio[number]) < 0)
            return -1;
    return 0;
}

/* After those of the attributes. */
static int build_keep(PyObject *given, struct child_command *made) {
    PyObject *numbers = at(given, KEEP);
    fx_command *command = &made->command;
    Py_ssize_t count = PyTuple_Size(numbers);
    if (count <= 0)
        return (int)count;
    made->keep = malloc((command->keep_count + (size_t)count) * sizeof *made->keep);
    if (!made->keep) {
        PyErr_NoMemory();
        return -1;
    }
    if (command->keep_count)
        memcpy(made->keep, command->keep, command->keep_count * sizeof *made->keep);
    for (Py_ssize_t i = 0; i < count; i++)
        if (numbers_take(PyTuple_GetItem(numbers, i), 0, INT_MAX,
                         &made->keep[command->keep_count++]) < 0)
            return -1;
    command->keep = made->keep;
    return 0;
}

/* ---- all of it ---- */

static int build_numbers(PyObject *given, struct child_command *made, int *flags) {
    fx_command *command = &made->command;
    int process_group, mask;
    if (numbers_take(at(given, FLAGS), 0, INT_MAX, flags) < 0 ||
        numbers_take(at(given, PROCESS_GROUP), -1, INT_MAX, &process_group) < 0 ||
        numbers_take(at(given, UMASK), -1, INT_MAX, &mask) < 0)
        return -1;
    if (*flags & COMMAND_INHERIT_OTHERS)
        command->inherit_others = true;
    if (*flags & COMMAND_KEEP_IGNORED_SIGNALS)
        command->keep_ignored_signals = true;
    if (*flags & COMMAND_NEW_SESSION)
        command->new_session = true;
    if (process_group >= 0)
        command->process_group = (fx_number)FX_NUMBER(process_group);
    if (mask >= 0)
        command->umask = (fx_number)FX_NUMBER(mask);
    return 0;
}

static int take_attributes(PyObject *given, struct child_command *made) {
    PyObject *capsule = at(given, ATTRIBUTES);
    if (capsule == Py_None)
        return 0;
    const struct attributes *attributes = attributes_of(capsule);
    if (!attributes)
        return -1;
    Py_INCREF(capsule);
    made->attributes = capsule;
    made->command = attributes->command;
    return 0;
}

static int audit(PyObject *given, const struct child_command *made) {
    return interpreter_audit_popen(made->given_program, at(given, ARGS), made->given_directory,
                                   at(given, ENVIRONMENT));
}

int child_command_build(struct module_state *state, PyObject *given, struct child_command *made) {
    int flags = 0;
    memset(made, 0, sizeof *made);
    if (!PyTuple_Check(given) || PyTuple_Size(given) != COUNT) {
        PyErr_Format(PyExc_TypeError, "a command must be a tuple of %d", COUNT);
        return -1;
    }
    made->command.size = sizeof made->command;
    if (take_attributes(given, made) < 0 || build_program(given, made) < 0 ||
        build_directory(given, made) < 0 || build_environment(state, given, made) < 0 ||
        build_streams(given, made) < 0 || build_keep(given, made) < 0 ||
        build_numbers(given, made, &flags) < 0)
        return -1;
    return flags & COMMAND_WITHOUT_AUDIT ? 0 : audit(given, made);
}

void child_command_release(struct child_command *made) {
    byte_strings_release(&made->arguments);
    byte_strings_release(&made->variables);
    Py_CLEAR(made->program);
    Py_CLEAR(made->directory);
    Py_CLEAR(made->environment);
    Py_CLEAR(made->attributes);
    Py_CLEAR(made->given_program);
    Py_CLEAR(made->given_directory);
    free(made->keep);
    made->keep = NULL;
}
