/* SPDX-License-Identifier: MIT
 *
 * The names of errno(3), for programs: the numbers differ between systems.
 */
#include <errno.h>

#include "request.h"

#define ROW(name)                                                                                  \
    { name, #name }

static const struct {
    int code;
    const char *name;
} rows[] = {
    ROW(E2BIG),     ROW(EACCES),    ROW(EAGAIN),  ROW(EBADF),  ROW(EBUSY),        ROW(ECHILD),
    ROW(ECANCELED), ROW(EEXIST),    ROW(EFAULT),  ROW(EFBIG),  ROW(EINTR),        ROW(EINVAL),
    ROW(EIO),       ROW(EISDIR),    ROW(ELOOP),   ROW(EMFILE), ROW(ENAMETOOLONG), ROW(ENFILE),
    ROW(ENODEV),    ROW(ENOENT),    ROW(ENOEXEC), ROW(ENOMEM), ROW(ENOSPC),       ROW(ENOSYS),
    ROW(ENOTDIR),   ROW(ENOTSUP),   ROW(ENOTTY),  ROW(ENXIO),  ROW(EOPNOTSUPP),   ROW(EOVERFLOW),
    ROW(EPERM),     ROW(EPIPE),     ROW(ERANGE),  ROW(EROFS),  ROW(ESRCH),        ROW(ETXTBSY),
    ROW(EUSERS),    ROW(ETIMEDOUT),
};

const char *error_name(int code) {
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].code == code)
            return rows[i].name;
    return NULL;
}
