/* SPDX-License-Identifier: MIT
 *
 * The extension module: forkexec._native, and the same file under the name _posixsubprocess.
 *
 * It uses nothing but the limited API of CPython 3.8 and, looked up by name, a few public
 * functions that this API lacks. Of Python's objects its state holds one made of strings, and
 * types that know nothing of the module: neither can be in a cycle with it. The rest is C memory.
 */
#ifndef NATIVE_MODULE_H
#define NATIVE_MODULE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdatomic.h>
#include <stdbool.h>

struct statistics;

struct module_state {
    atomic_uint dialect;             /* of the error pipe; 0 until it is known, see dialect.h */
    atomic_bool clone3_works;        /* the last child of that kind was made without trouble */
    _Atomic(PyObject *) environment; /* the last one converted, or NULL; see environment.h */
    struct statistics *statistics;
    bool is_of_package;   /* and not a file in the place of CPython's own module */
    PyObject *child_type; /* of the package only, and so are the other two */
    PyObject *start_type;
    PyObject *drain_type;
};

struct module_state *module_state(PyObject *module);

/* The functions of the module. */
PyObject *module_fork_exec(PyObject *module, PyObject *args);
PyObject *module_popen(PyObject *module, PyObject *args);
PyObject *module_cloexec_pipe(PyObject *module, PyObject *unused);
PyObject *module_attributes(PyObject *module, PyObject *args);
PyObject *module_apply(PyObject *module, PyObject *capsule);
PyObject *module_explain(PyObject *module, PyObject *args);
PyObject *module_number(PyObject *module, PyObject *args);
PyObject *module_name(PyObject *module, PyObject *args);
PyObject *module_stats(PyObject *module, PyObject *unused);
PyObject *module_stats_reset(PyObject *module, PyObject *unused);
PyObject *module_spawn(PyObject *module, PyObject *command);
PyObject *module_spawn_pipeline(PyObject *module, PyObject *commands);
PyObject *module_start(PyObject *module, PyObject *args);
PyObject *module_drain(PyObject *module, PyObject *args);
PyObject *module_run(PyObject *module, PyObject *args);
PyObject *module_run_plain(PyObject *module, PyObject *args);

#endif
