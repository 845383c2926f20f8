/* SPDX-License-Identifier: MIT
 *
 * What fork_exec would do with its arguments, in words.
 */
#include <stdlib.h>

#include "arguments.h"
#include "attributes.h"
#include "launch.h"
#include "preexec.h"
#include "request.h"

static int never_called(void *argument) {
    (void)argument;
    return 0;
}

static PyObject *print(const fx_plan *plan, fx_format format, unsigned int flags) {
    int length = fx_explain(plan, format, flags, NULL, 0);
    if (length < 0)
        return PyErr_NoMemory();
    char *text = malloc((size_t)length + 1);
    if (!text)
        return PyErr_NoMemory();
    (void)fx_explain(plan, format, flags, text, (size_t)length + 1);
    PyObject *result = PyUnicode_DecodeFSDefaultAndSize(text, length);
    free(text);
    return result;
}

static PyObject *explain(struct module_state *state, const struct attributes *attributes,
                         const fx_command *command, fx_format format, unsigned int flags) {
    fx_error error = {.size = sizeof error};
    fx_plan *plan;
    if (fx_compile(command, &plan, &error) < 0) {
        if (!attributes || attributes->stands_for_callable)
            return launch_raise(state, &error);
        char sentence[FX_MESSAGE_MAX];
        (void)fx_error_message(&error, sentence, sizeof sentence);
        preexec_raise(sentence);
        return NULL;
    }
    PyObject *text = print(plan, format, flags);
    fx_plan_free(plan);
    return text;
}

/* As fork_exec has it: attributes if that is the same, else a callback. */
static PyObject *prepare(struct module_state *state, const struct arguments *arguments,
                         PyObject *capsule, fx_format format, unsigned int flags) {
    const struct attributes *attributes = capsule ? attributes_of(capsule) : NULL;
    enum merge merged = MERGE_IS_NOT_THE_SAME;
    struct request request;
    PyObject *text = NULL;
    if (request_build(arguments, &request) == 0) {
        if (attributes)
            merged = attributes_merge(attributes, &request);
        if (merged == MERGE_IS_NOT_THE_SAME && arguments->callback != Py_None)
            request.command.callback = (fx_callback){never_called, NULL};
        if (merged != MERGE_ERROR)
            text = explain(state, merged == MERGE_DONE ? attributes : NULL, &request.command,
                           format, flags);
    }
    request_release(&request);
    return text;
}

PyObject *module_explain(PyObject *module, PyObject *args) {
    struct module_state *state = module_state(module);
    struct arguments arguments;
    PyObject *given, *capsule = NULL;
    int json, values;
    if (!PyArg_ParseTuple(args, "O!pp:explain", &PyTuple_Type, &given, &json, &values) ||
        arguments_parse(given, &arguments) < 0 ||
        preexec_recognise(state, arguments.callback, &capsule) < 0)
        return NULL;
    PyObject *text = prepare(state, &arguments, capsule, json ? FX_FORMAT_JSON : FX_FORMAT_TEXT,
                             values ? FX_EXPLAIN_VALUES : 0);
    Py_XDECREF(capsule);
    return text;
}
