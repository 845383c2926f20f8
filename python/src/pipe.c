/* SPDX-License-Identifier: MIT */
#include "pipe.h"

#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Systems without a working pipe2 leave a moment in which another thread's child gets the ends. */
#if defined(__APPLE__)
int pipe_make(int ends[2]) {
    if (pipe(ends) < 0)
        return -1;
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
        return 0;
    int saved = errno;
    (void)close(ends[0]);
    (void)close(ends[1]);
    errno = saved;
    return -1;
}
#else
int pipe_make(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
#endif

PyObject *module_cloexec_pipe(PyObject *module, PyObject *unused) {
    int ends[2];
    (void)module;
    (void)unused;
    if (pipe_make(ends) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    PyObject *result = Py_BuildValue("(ii)", ends[0], ends[1]);
    if (!result) {
        (void)close(ends[0]);
        (void)close(ends[1]);
    }
    return result;
}
