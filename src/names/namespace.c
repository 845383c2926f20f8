/* SPDX-License-Identifier: MIT */
#include "namespace.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "forkexec.h"

/* The numbers are the kernel's, the same on every machine; systems without them have the names. */
static const struct {
    unsigned int type;
    const char *name;
    const char *constant;
    const char *file; /* as /proc/PID/ns has it, where that is another */
} namespaces[] = {
    {0x02000000, "cgroup", "CLONE_NEWCGROUP", NULL}, {0x08000000, "ipc", "CLONE_NEWIPC", NULL},
    {0x00020000, "mount", "CLONE_NEWNS", "mnt"},     {0x40000000, "net", "CLONE_NEWNET", NULL},
    {0x20000000, "pid", "CLONE_NEWPID", NULL},       {0x00000080, "time", "CLONE_NEWTIME", NULL},
    {0x10000000, "user", "CLONE_NEWUSER", NULL},     {0x04000000, "uts", "CLONE_NEWUTS", NULL},
};
enum { COUNT = sizeof namespaces / sizeof namespaces[0] };

static int decimal(const char *text) {
    char *end;
    if (*text < '0' || *text > '9')
        return -EINVAL;
    errno = 0;
    long number = strtol(text, &end, 10);
    return *end || errno || number > INT_MAX ? -EINVAL : (int)number;
}

int fx_namespace_number(const char *name) {
    int saved = errno, number = -EINVAL;
    for (int i = 0; i < COUNT; i++) {
        const char *file = namespaces[i].file ? namespaces[i].file : namespaces[i].name;
        if (strcasecmp(name, namespaces[i].name) == 0 || strcasecmp(name, file) == 0 ||
            strcasecmp(name, namespaces[i].constant) == 0)
            number = (int)namespaces[i].type;
    }
    if (number < 0)
        number = decimal(name);
    errno = saved;
    return number;
}

const char *fx_namespace_name(int type) {
    for (int i = 0; i < COUNT; i++)
        if (namespaces[i].type == (unsigned int)type)
            return namespaces[i].name;
    return NULL;
}

const char *fx_namespace_constant(unsigned int type) {
    for (int i = 0; i < COUNT; i++)
        if (namespaces[i].type == type)
            return namespaces[i].constant;
    return NULL;
}
