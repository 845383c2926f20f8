/* SPDX-License-Identifier: MIT
 *
 * Options: what the command cannot do any more.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform.h"
#include "value.h"

static int parse_no_new_privs(struct request *request, const struct option *option,
                              const char *value) {
    (void)option;
    (void)value;
    request->command.no_new_privs = true;
    return 0;
}

static int parse_landlock(struct request *request, const struct option *option, const char *value) {
    (void)option;
    bool writable = strncmp(value, "rw:", 3) == 0;
    if ((!writable && strncmp(value, "ro:", 3) != 0) || !value[3])
        return complain(request, "\"%s\" is not ro:PATH or rw:PATH", value);
    fx_landlock_path *added = list_add(&request->landlock, sizeof *added);
    added->path = value + 3;
    added->access = writable ? FX_LANDLOCK_READ_WRITE : FX_LANDLOCK_READ_ONLY;
    request->command.landlock = request->landlock.data;
    request->command.landlock_count = request->landlock.count;
    return 0;
}

static int parse_landlock_fd(struct request *request, const struct option *option,
                             const char *value) {
    (void)option;
    request->command.landlock_fd.set = true;
    return read_descriptor(request, value, &request->command.landlock_fd.value);
}

/* Read all of a file that may be a pipe; the kernel takes 4096 instructions of 8 bytes. */
static int read_filter(struct request *request, FILE *file) {
    enum { LARGEST = 4096 * 8 };
    request->seccomp = allocate(LARGEST + 1, 1);
    size_t size = fread(request->seccomp, 1, LARGEST + 1, file);
    if (ferror(file))
        return complain(request, "%s", strerror(errno));
    if (size == 0 || size > LARGEST || size % 8)
        return complain(request, "%zu bytes are no filter, which has 1 to 4096 instructions of 8",
                        size);
    request->command.seccomp = request->seccomp;
    request->command.seccomp_size = size;
    return 0;
}

static int parse_seccomp_filter(struct request *request, const struct option *option,
                                const char *value) {
    (void)option;
    FILE *file = fopen(value, "rbe");
    if (!file)
        return complain(request, "\"%s\": %s", value, strerror(errno));
    int result = read_filter(request, file);
    (void)fclose(file);
    return result;
}

static int parse_cgroup(struct request *request, const struct option *option, const char *value) {
    (void)option;
    request->command.cgroup = value;
    return 0;
}

static int parse_cgroup_fd(struct request *request, const struct option *option,
                           const char *value) {
    (void)option;
    request->command.cgroup_fd.set = true;
    return read_descriptor(request, value, &request->command.cgroup_fd.value);
}

static int parse_apparmor_profile(struct request *request, const struct option *option,
                                  const char *value) {
    (void)option;
    request->command.apparmor_profile = value;
    return 0;
}

static int parse_selinux_label(struct request *request, const struct option *option,
                               const char *value) {
    (void)option;
    request->command.selinux_context = value;
    return 0;
}

static int parse_personality(struct request *request, const struct option *option,
                             const char *value) {
    (void)option;
    request->command.personality.set = true;
    return read_in_base(request, value, 16, UINT_MAX, &request->command.personality.value);
}

/* Comes after --personality in the table: adds to it, or else to what there is now. */
static int parse_addr_no_randomize(struct request *request, const struct option *option,
                                   const char *value) {
    fx_count *personality = &request->command.personality;
    (void)option;
    (void)value;
    /* Where there is none to be asked, the library says so of the field. */
    if (!personality->set)
        (void)current_personality(&personality->value);
    personality->set = true;
    personality->value |= NO_RANDOMIZE;
    return 0;
}

static int parse_dumpable(struct request *request, const struct option *option, const char *value) {
    (void)option;
    request->command.dumpable.set = true;
    return read_int(request, value, 0, 1, &request->command.dumpable.value);
}

static const struct option options[] = {
    {.name = "no-new-privs",
     .aliases = "nnp",
     .fields = "no_new_privs",
     .help = "gain no privileges from set-user-ID files",
     .parse = parse_no_new_privs},
    {.name = "landlock",
     .metavar = "ro:PATH|rw:PATH",
     .repeats = true,
     .completion = COMPLETE_ACCESS,
     .suffix = ":",
     .fields = "landlock",
     .help = "use files under such paths only: landlock(7)",
     .more = "ro: read, list and execute; rw: everything. Needs --no-new-privs or a privilege.",
     .parse = parse_landlock},
    {.name = "landlock-fd",
     .metavar = "FD",
     .completion = COMPLETE_DESCRIPTOR,
     .fields = "landlock_fd landlock",
     .help = "the same by a ruleset that is open as FD",
     .parse = parse_landlock_fd},
    {.name = "seccomp-filter",
     .metavar = "FILE",
     .completion = COMPLETE_FILE,
     .fields = "seccomp",
     .help = "a compiled filter of system calls: seccomp(2)",
     .more = "An array of struct sock_filter, which has to allow execve and exit_group. Needs "
             "--no-new-privs or a privilege.",
     .parse = parse_seccomp_filter},
    {.name = "cgroup",
     .metavar = "DIR",
     .completion = COMPLETE_DIRECTORY,
     .excludes = "cgroup",
     .fields = "cgroup",
     .help = "run in this control group, of version 2",
     .parse = parse_cgroup},
    {.name = "cgroup-fd",
     .metavar = "FD",
     .completion = COMPLETE_DESCRIPTOR,
     .excludes = "cgroup",
     .fields = "cgroup_fd cgroup",
     .help = "the same by a directory that is open as FD",
     .parse = parse_cgroup_fd},
    {.name = "apparmor-profile",
     .metavar = "PROFILE",
     .fields = "apparmor_profile",
     .help = "run under this AppArmor profile",
     .parse = parse_apparmor_profile},
    {.name = "selinux-label",
     .metavar = "LABEL",
     .fields = "selinux_context",
     .help = "run under this SELinux context",
     .parse = parse_selinux_label},
    {.name = "personality",
     .metavar = "HEX",
     .fields = "personality",
     .help = "the execution domain, as personality(2) takes it",
     .parse = parse_personality},
    {.name = "addr-no-randomize",
     .letter = 'R',
     .fields = "personality",
     .help = "do not place memory at random: setarch -R",
     .parse = parse_addr_no_randomize},
    {.name = "dumpable",
     .metavar = "0|1",
     .fields = "dumpable",
     .help = "whether it can be traced before it executes",
     .parse = parse_dumpable},
};

const struct family containment_family = FAMILY("Containment", options);
