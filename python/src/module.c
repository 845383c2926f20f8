/* SPDX-License-Identifier: MIT */
#include "module.h"

#include <string.h>

#include "child.h"
#include "child_command.h"
#include "forkexec.h"
#include "interpreter.h"
#include "result.h"
#include "statistics.h"

PyDoc_STRVAR(module_doc, "The engine under subprocess: starts processes through libforkexec.");

PyDoc_STRVAR(fork_exec_doc,
             "fork_exec($module, /, *args)\n"
             "--\n"
             "\n"
             "Start a process, as _posixsubprocess.fork_exec of any CPython does.\n"
             "\n"
             "The number of arguments, all positional, tells which one is meant; the first 16\n"
             "are the same for all:\n"
             "\n"
             "  args, executable_list, close_fds, pass_fds, cwd, env,\n"
             "  p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,\n"
             "  errpipe_read, errpipe_write, restore_signals, call_setsid\n"
             "\n"
             "and are followed by\n"
             "\n"
             "  17  preexec_fn\n"
             "  21  gid, extra_groups, uid, child_umask, preexec_fn\n"
             "  22  pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn\n"
             "  23  pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn,\n"
             "      allow_vfork\n"
             "\n"
             "With 17 arguments pass_fds may also be a sorted list; the descriptors in it then\n"
             "stay open but keep their close-on-exec flag.\n"
             "\n"
             "Returns the process id. What fails in the child is written to errpipe_write, in\n"
             "the form that the subprocess module of this interpreter reads.");

PyDoc_STRVAR(
    popen_doc,
    "popen($module, popen, arguments, /)\n"
    "--\n"
    "\n"
    "Start a process as subprocess.Popen._execute_child does, given its arguments but\n"
    "without an error pipe; set popen.pid and popen._child_created.\n"
    "\n"
    "Returns () if the program runs; if the child, which is to be waited for, has failed,\n"
    "the arguments for OSError but the second one, or None and the message for\n"
    "SubprocessError; and None, with nothing done, if the\n"
    "arguments are not plain and _execute_child itself is to be called.");

PyDoc_STRVAR(cloexec_pipe_doc, "cloexec_pipe($module, /)\n"
                               "--\n"
                               "\n"
                               "Make a pipe whose two ends are close-on-exec from the beginning.");

PyDoc_STRVAR(attributes_doc,
             "attributes($module, values, stands_for_callable, /)\n"
             "--\n"
             "\n"
             "What a Setup says, as the engine has it: an opaque object. The values are those of\n"
             "forkexec._setup_lower. If it stands for a callable of the standard library, its\n"
             "failure is told as that of the callable would be.");

PyDoc_STRVAR(apply_doc,
             "apply($module, attributes, /)\n"
             "--\n"
             "\n"
             "Do what the attributes say to this process, a forked child; OSError if that\n"
             "fails.");

PyDoc_STRVAR(explain_doc,
             "explain($module, arguments, json, values, /)\n"
             "--\n"
             "\n"
             "The plan for these arguments of fork_exec as text, with the values of the\n"
             "environment if these are wanted; nothing is started.");

PyDoc_STRVAR(number_doc,
             "number($module, kind, name, /)\n"
             "--\n"
             "\n"
             "The number of a signal, limit, capability, ..., by any of its names; None\n"
             "if there is none.");

PyDoc_STRVAR(name_doc, "name($module, kind, number, /)\n"
                       "--\n"
                       "\n"
                       "The name that goes with a number; None if there is none.");

PyDoc_STRVAR(stats_doc, "stats($module, /)\n"
                        "--\n"
                        "\n"
                        "What was started since the module was loaded, as a dictionary:\n"
                        "\n"
                        "  spawns     [(mechanism, reason, count), ...]\n"
                        "  failures   {step: count}\n"
                        "  skipped    {attribute: count}, of those that need not succeed\n"
                        "  durations  seconds that the latest spawns took, the oldest first\n"
                        "  slowest    seconds that the slowest of all took\n"
                        "  count      number of spawns");

PyDoc_STRVAR(stats_reset_doc, "stats_reset($module, /)\n"
                              "--\n"
                              "\n"
                              "Count from zero, in counters that no other process shares.");

PyDoc_STRVAR(spawn_doc,
             "spawn($module, command, /)\n"
             "--\n"
             "\n"
             "Start a child: a Child, or SpawnError. _native.pyi says what a command is,\n"
             "and what the following functions take.");

PyDoc_STRVAR(spawn_pipeline_doc,
             "spawn_pipeline($module, commands, /)\n"
             "--\n"
             "\n"
             "Start all of them or none, each one's output the next one's input:\n"
             "a list of Child.");

PyDoc_STRVAR(start_doc, "start($module, command, timeout, /)\n"
                        "--\n"
                        "\n"
                        "Begin to start a child, which has so many milliseconds for it: a Start.");

PyDoc_STRVAR(drain_doc, "drain($module, children, input, outputs, bounds, /)\n"
                        "--\n"
                        "\n"
                        "Begin to follow children: a Drain.");

PyDoc_STRVAR(run_doc, "run($module, command, start_timeout, input, stdout, stderr, bounds, /)\n"
                      "--\n"
                      "\n"
                      "Start a child, feed and read it, wait for it, in one call.");

PyDoc_STRVAR(run_plain_doc, "run_plain($module, type, ladder, args, keywords, /)\n"
                            "--\n"
                            "\n"
                            "The same from the keywords of forkexec.run() to its Result, if these\n"
                            "are plain: None if not, and then nothing has been done.");

static PyMethodDef methods[] = {
    {"fork_exec", module_fork_exec, METH_VARARGS, fork_exec_doc},
    {"popen", module_popen, METH_VARARGS, popen_doc},
    {"cloexec_pipe", module_cloexec_pipe, METH_NOARGS, cloexec_pipe_doc},
    {"attributes", module_attributes, METH_VARARGS, attributes_doc},
    {"apply", module_apply, METH_O, apply_doc},
    {"explain", module_explain, METH_VARARGS, explain_doc},
    {"number", module_number, METH_VARARGS, number_doc},
    {"name", module_name, METH_VARARGS, name_doc},
    {"stats", module_stats, METH_NOARGS, stats_doc},
    {"stats_reset", module_stats_reset, METH_NOARGS, stats_reset_doc},
    {"spawn", module_spawn, METH_O, spawn_doc},
    {"spawn_pipeline", module_spawn_pipeline, METH_O, spawn_pipeline_doc},
    {"start", module_start, METH_VARARGS, start_doc},
    {"drain", module_drain, METH_VARARGS, drain_doc},
    {"run", module_run, METH_VARARGS, run_doc},
    {"run_plain", module_run_plain, METH_VARARGS, run_plain_doc},
    {NULL, NULL, 0, NULL},
};

struct module_state *module_state(PyObject *module) {
    return PyModule_GetState(module);
}

static int add_types(PyObject *module) {
    static const struct {
        const char *name;
        int value;
    } flags[] = {
        {"INHERIT_OTHERS", COMMAND_INHERIT_OTHERS},
        {"KEEP_IGNORED_SIGNALS", COMMAND_KEEP_IGNORED_SIGNALS},
        {"NEW_SESSION", COMMAND_NEW_SESSION},
        {"WITHOUT_AUDIT", COMMAND_WITHOUT_AUDIT},
    };
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (PyModule_AddIntConstant(module, flags[i].name, flags[i].value) < 0)
            return -1;
    if (child_add_type(module) < 0 || start_add_type(module) < 0 || result_add_type(module) < 0)
        return -1;
    return drain_add_type(module);
}

static int module_execute(PyObject *module) {
    struct module_state *state = module_state(module);
    state->statistics = statistics_create();
    if (!state->statistics) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    const char *name = PyModule_GetName(module);
    if (!name)
        return -1;
    state->is_of_package = strcmp(name, "forkexec._native") == 0;
    if (state->is_of_package && add_types(module) < 0)
        return -1;
    return PyModule_AddStringConstant(module, "__version__", fx_version());
}

static void module_free(void *module) {
    struct module_state *state = module_state(module);
    if (!state)
        return;
    Py_XDECREF(atomic_exchange(&state->environment, NULL));
    Py_XDECREF(state->child_type);
    Py_XDECREF(state->start_type);
    Py_XDECREF(state->drain_type);
    statistics_destroy(state->statistics);
}

/* Slots newer than the limited API that is compiled against; their numbers are part of the ABI. */
#define SLOT_MULTIPLE_INTERPRETERS 3
#define PER_INTERPRETER_GIL_SUPPORTED ((void *)2)
#define SLOT_GIL 4
#define GIL_NOT_USED ((void *)1)

#define EXECUTE_SLOT                                                                               \
    { Py_mod_exec, __extension__(void *) module_execute }

static PyModuleDef_Slot slots_since_3_8[] = {EXECUTE_SLOT, {0, NULL}};
static PyModuleDef_Slot slots_since_3_12[] = {
    EXECUTE_SLOT, {SLOT_MULTIPLE_INTERPRETERS, PER_INTERPRETER_GIL_SUPPORTED}, {0, NULL}};
static PyModuleDef_Slot slots_since_3_13[] = {
    EXECUTE_SLOT,
    {SLOT_MULTIPLE_INTERPRETERS, PER_INTERPRETER_GIL_SUPPORTED},
    {SLOT_GIL, GIL_NOT_USED},
    {0, NULL}};

#define DEFINITION(slots)                                                                          \
    {                                                                                              \
        PyModuleDef_HEAD_INIT, "_native", module_doc, (Py_ssize_t)sizeof(struct module_state),     \
            methods, slots, NULL, NULL, module_free                                                \
    }

/* An interpreter refuses a slot that is newer than itself: one definition for each range. */
static PyModuleDef definition_since_3_8 = DEFINITION(slots_since_3_8);
static PyModuleDef definition_since_3_12 = DEFINITION(slots_since_3_12);
static PyModuleDef definition_since_3_13 = DEFINITION(slots_since_3_13);

static PyObject *initialise(void) {
    if (interpreter_is_at_least(3, 13))
        return PyModuleDef_Init(&definition_since_3_13);
    if (interpreter_is_at_least(3, 12))
        return PyModuleDef_Init(&definition_since_3_12);
    return PyModuleDef_Init(&definition_since_3_8);
}

#define EXPORTED __attribute__((visibility("default")))

EXPORTED PyMODINIT_FUNC PyInit__native(void);
EXPORTED PyMODINIT_FUNC PyInit__posixsubprocess(void);

PyMODINIT_FUNC PyInit__native(void) { return initialise(); }

/* The name by which this file is loaded when it lies in the place of CPython's own module. */
PyMODINIT_FUNC PyInit__posixsubprocess(void) { return initialise(); }
