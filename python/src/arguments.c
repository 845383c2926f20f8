/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include "interpreter.h"

enum { KEEP_INDEX = 3, TAIL_MAX = 7 };

/* Each signature that CPython has had; the first 16 arguments are the same in all. */
struct signature {
    Py_ssize_t count;
    const char *with_integers; /* restore_signals and call_setsid must be integers */
    const char *with_truth;    /* they may be any object, from 3.12 on */
};

#define PREFIX "OOpOOOiiiiiiii"

static const struct signature signatures[] = {
    {17, PREFIX "iiO:fork_exec", PREFIX "iiO:fork_exec"},
    {21, PREFIX "iiOOOiO:fork_exec", PREFIX "iiOOOiO:fork_exec"},
    {22, PREFIX "ppiOOOiO:fork_exec", PREFIX "ppiOOOiO:fork_exec"},
    {23, PREFIX "iiiOOOiOp:fork_exec", PREFIX "ppiOOOiOp:fork_exec"},
};

static const struct signature *find_signature(Py_ssize_t count) {
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        if (signatures[i].count == count)
            return &signatures[i];
    PyErr_Format(PyExc_TypeError,
                 "fork_exec() takes 17, 21, 22 or 23 positional arguments (%zd given)", count);
    return NULL;
}

/* A list is what the callers of 2012 passed, and only they. */
static int check_keep_type(PyObject *keep, Py_ssize_t count) {
    if (PyTuple_Check(keep) || (count == 17 && PyList_Check(keep)))
        return 0;
    PyObject *name = interpreter_type_name(keep);
    if (name)
        PyErr_Format(PyExc_TypeError, "fork_exec() argument %d must be tuple, not %S",
                     KEEP_INDEX + 1, name);
    Py_XDECREF(name);
    return -1;
}

/* What follows the first 16. */
static void order_tail(struct arguments *arguments, Py_ssize_t count, void *tail[TAIL_MAX]) {
    size_t used = 0;
    if (count >= 22)
        tail[used++] = &arguments->process_group;
    if (count >= 21) {
        tail[used++] = &arguments->group;
        tail[used++] = &arguments->groups;
        tail[used++] = &arguments->user;
        tail[used++] = &arguments->umask;
    }
    tail[used++] = &arguments->callback;
    if (count == 23)
        tail[used++] = &arguments->allow_vfork;
    while (used < TAIL_MAX)
        tail[used++] = NULL;
}

int arguments_parse(PyObject *args, struct arguments *a) {
    Py_ssize_t count = PyTuple_Size(args);
    const struct signature *signature = find_signature(count);
    if (!signature || check_keep_type(PyTuple_GetItem(args, KEEP_INDEX), count) < 0)
        return -1;

    *a = (struct arguments)ARGUMENTS_UNSET;
    a->asks_module = count == 21;
    void *tail[TAIL_MAX];
    order_tail(a, count, tail);
    const char *format =
        interpreter_is_at_least(3, 12) ? signature->with_truth : signature->with_integers;
    /* Of the tail, the format takes as many as the signature has. */
    return PyArg_ParseTuple(args, format, &a->args, &a->executables, &a->close_fds, &a->keep,
                            &a->directory, &a->environment, &a->p2cread, &a->p2cwrite, &a->c2pread,
                            &a->c2pwrite, &a->errread, &a->errwrite, &a->errpipe_read,
                            &a->errpipe_write, &a->restore_signals, &a->call_setsid, tail[0],
                            tail[1], tail[2], tail[3], tail[4], tail[5], tail[6])
               ? 0
               : -1;
}
