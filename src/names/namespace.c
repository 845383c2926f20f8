/* SPDX-License-Identifier: MIT */
#include "namespace.h"

#include <limits.h>

#include "forkexec.h"
#include "names.h"

/* The flags of clone(2) are part of the kernel's interface; CLONE_NEWNS is that of mounts. */
static const struct fx_name table[] = {
    {"mount", 0x20000},  {"mnt", 0x20000},   {"ns", 0x20000},      {"cgroup", 0x2000000},
    {"uts", 0x4000000},  {"ipc", 0x8000000}, {"user", 0x10000000}, {"pid", 0x20000000},
    {"net", 0x40000000}, {"time", 0x80},
};
enum { COUNT = sizeof table / sizeof table[0] };

int fx_namespace_number(const char *name) {
    return fx_name_number(table, COUNT, "CLONE_NEW", INT_MAX, name);
}

const char *fx_namespace_name(int type) { return fx_name_of(table, COUNT, type); }

const char *fx_namespace_constant(unsigned int type) {
    static const struct fx_name constants[] = {
        {"CLONE_NEWNS", 0x20000},     {"CLONE_NEWCGROUP", 0x2000000}, {"CLONE_NEWUTS", 0x4000000},
        {"CLONE_NEWIPC", 0x8000000},  {"CLONE_NEWUSER", 0x10000000},  {"CLONE_NEWPID", 0x20000000},
        {"CLONE_NEWNET", 0x40000000}, {"CLONE_NEWTIME", 0x80},
    };
    return fx_name_of(constants, sizeof constants / sizeof constants[0], (int)type);
}
