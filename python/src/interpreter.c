/* SPDX-License-Identifier: MIT
 *
 * Public functions that the limited API of 3.8 does not declare are looked up by name, so that
 * the module loads into every interpreter, those that lack them too.
 */
#include "interpreter.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* ISO C has no conversion from dlsym's pointer to one to a function; POSIX makes them the same. */
bool interpreter_look_up(const char *name, void *function) {
    void *symbol = dlsym(RTLD_DEFAULT, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

/* Looked up and read once a process: every interpreter in it is the same program. */
static int version(void) {
    static atomic_int known;
    int running = atomic_load_explicit(&known, memory_order_relaxed);
    if (!running) {
        int major = 0, minor = 0;
        (void)sscanf(Py_GetVersion(), "%d.%d", &major, &minor);
        running = major << 8 | minor;
        atomic_store_explicit(&known, running, memory_order_relaxed);
    }
    return running;
}

bool interpreter_is_at_least(int major, int minor) { return version() >= (major << 8 | minor); }

/* Without PyInterpreterState_Get, which is of 3.9: is our thread one of the main interpreter's? */
static bool main_has_our_thread(PyInterpreterState *main_interpreter) {
    PyThreadState *(*first)(PyInterpreterState *);
    PyThreadState *(*next)(PyThreadState *);
    if (!interpreter_look_up("PyInterpreterState_ThreadHead", &first) ||
        !interpreter_look_up("PyThreadState_Next", &next))
        return false;
    PyThreadState *ours = PyThreadState_Get();
    for (PyThreadState *thread = first(main_interpreter); thread; thread = next(thread))
        if (thread == ours)
            return true;
    return false;
}

static bool is_main(void) {
    PyInterpreterState *(*get_main)(void);
    PyInterpreterState *(*get_current)(void);
    if (!interpreter_look_up("PyInterpreterState_Main", &get_main))
        return false;
    if (interpreter_look_up("PyInterpreterState_Get", &get_current))
        return get_current() == get_main();
    return main_has_our_thread(get_main());
}

PyObject *interpreter_loaded_module(const char *name) {
    PyObject *modules = PySys_GetObject("modules"); /* borrowed */
    PyObject *module = modules ? PyMapping_GetItemString(modules, name) : NULL;
    if (!module)
        PyErr_Clear();
    return module;
}

/* The truth of what a function without arguments returns: 1, 0 or -1 with an exception. */
static int ask(PyObject *function) {
    PyObject *answer = function ? PyObject_CallObject(function, NULL) : NULL;
    int result = answer ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return result;
}

/*
 * 3.12 refuses callbacks as soon as it begins to end, before the functions of atexit are called and
 * before sys.is_finalizing() says so. The first thing that it does then shows: the main
 * thread counts as ended.
 */
static bool main_thread_has_ended(void) {
    PyObject *threading = interpreter_loaded_module("threading");
    PyObject *thread = threading ? PyObject_CallMethod(threading, "main_thread", NULL) : NULL;
    PyObject *is_alive = thread ? PyObject_GetAttrString(thread, "is_alive") : NULL;
    int alive = is_alive ? ask(is_alive) : -1;
    PyErr_Clear();
    Py_XDECREF(is_alive);
    Py_XDECREF(thread);
    Py_XDECREF(threading);
    return alive == 0;
}

static int is_finalizing(void) {
    PyObject *function = PySys_GetObject("is_finalizing"); /* borrowed */
    int finalizing = function ? ask(function) : 0;
    if (finalizing == 0 && !interpreter_is_at_least(3, 13))
        finalizing = main_thread_has_ended();
    return finalizing;
}

int interpreter_check_callback(void) {
    if (interpreter_is_at_least(3, 12)) {
        int finalizing = is_finalizing();
        if (finalizing < 0)
            return -1;
        if (finalizing) {
            PyObject **kind;
            PyErr_SetString(interpreter_look_up("PyExc_PythonFinalizationError", &kind)
                                ? *kind
                                : PyExc_RuntimeError,
                            "preexec_fn not supported at interpreter shutdown");
            return -1;
        }
    }
    if (!is_main()) {
        PyErr_SetString(PyExc_RuntimeError, "preexec_fn not supported within subinterpreters");
        return -1;
    }
    return 0;
}

typedef int audit_function(const char *event, const char *format, ...);

/* NULL with an exception. */
static audit_function *audit_function_of_python(void) {
    static _Atomic(audit_function *) known;
    audit_function *audit = atomic_load_explicit(&known, memory_order_relaxed);
    if (!audit && interpreter_look_up("PySys_Audit", &audit))
        atomic_store_explicit(&known, audit, memory_order_relaxed);
    if (!audit)
        PyErr_SetString(PyExc_RuntimeError, "this interpreter has no PySys_Audit");
    return audit;
}

int interpreter_audit_fork_exec(PyObject *executables, PyObject *args, PyObject *environment) {
    if (!interpreter_is_at_least(3, 14))
        return 0;
    audit_function *audit = audit_function_of_python();
    if (!audit)
        return -1;
    return audit("_posixsubprocess.fork_exec", "OOO", executables, args, environment) ? -1 : 0;
}

int interpreter_audit_popen(PyObject *executable, PyObject *args, PyObject *directory,
                            PyObject *environment) {
    audit_function *audit = audit_function_of_python();
    if (!audit)
        return -1;
    return audit("subprocess.Popen", "OOOO", executable, args, directory, environment) ? -1 : 0;
}

void interpreter_raise_os_error(int number, const char *text) {
    if (!text) {
        errno = number;
        PyErr_SetFromErrno(PyExc_OSError);
        return;
    }
    PyObject *error = PyObject_CallFunction(PyExc_OSError, "is", number, text);
    if (error)
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_XDECREF(error);
}

PyObject *interpreter_type_name(PyObject *object) {
    if (object == Py_None)
        return PyUnicode_FromString("None");
    return PyObject_GetAttrString((PyObject *)Py_TYPE(object), "__name__");
}
