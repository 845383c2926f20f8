/* SPDX-License-Identifier: MIT
 *
 * A Setup called as the preexec_fn of an engine that is not this one.
 */
#include "attributes.h"

#include "interpreter.h"

PyObject *module_apply(PyObject *module, PyObject *capsule) {
    fx_error error = {.size = sizeof error};
    (void)module;
    const struct attributes *attributes = attributes_of(capsule);
    if (!attributes)
        return NULL;
    int result = fx_apply(&attributes->command, NULL, NULL, &error);
    if (result == 0)
        Py_RETURN_NONE;
    char sentence[FX_MESSAGE_MAX];
    (void)fx_error_message(&error, sentence, sizeof sentence);
    interpreter_raise_os_error(-result, sentence);
    return NULL;
}
