/* SPDX-License-Identifier: MIT
 *
 * Options: the working directory, the root and the file mode mask.
 */
#include <string.h>

#include "value.h"

static int parse_chdir(struct request *request, const struct option *option, const char *value) {
    (void)option;
    request->command.directory = value;
    return 0;
}

static int parse_chdir_fd(struct request *request, const struct option *option, const char *value) {
    (void)option;
    request->command.directory_fd.set = true;
    return read_descriptor(request, value, &request->command.directory_fd.value);
}

static int parse_chdir_when(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    if (strcmp(value, "last") == 0)
        request->command.directory_when = FX_DIRECTORY_LAST;
    else if (strcmp(value, "before-identity") == 0)
        request->command.directory_when = FX_DIRECTORY_BEFORE_IDENTITY;
    else if (strcmp(value, "first") == 0)
        request->command.directory_when = FX_DIRECTORY_FIRST;
    else
        return complain(request, "\"%s\" is not last, before-identity or first", value);
    return 0;
}

static int parse_chroot(struct request *request, const struct option *option, const char *value) {
    (void)option;
    request->command.chroot = value;
    return 0;
}

static int parse_chroot_fd(struct request *request, const struct option *option,
                           const char *value) {
    (void)option;
    request->command.chroot_fd.set = true;
    return read_descriptor(request, value, &request->command.chroot_fd.value);
}

static int parse_umask(struct request *request, const struct option *option, const char *value) {
    (void)option;
    unsigned long long mask = 0;
    int result = read_in_base(request, value, 8, 0777, &mask);
    request->command.umask = (fx_number)FX_NUMBER((int)mask);
    return result;
}

static const struct option options[] = {
    {.name = "chdir",
     .aliases = "wd",
     .letter = 'C',
     .metavar = "DIR",
     .completion = COMPLETE_DIRECTORY,
     .excludes = "directory",
     .fields = "directory",
     .help = "work in this directory",
     .parse = parse_chdir},
    {.name = "chdir-fd",
     .metavar = "FD",
     .completion = COMPLETE_DESCRIPTOR,
     .excludes = "directory",
     .fields = "directory_fd",
     .help = "work in the directory that is open as FD",
     .parse = parse_chdir_fd},
    {.name = "chdir-when",
     .metavar = "WHEN",
     .completion = COMPLETE_WHEN,
     .fields = "directory_when",
     .help = "last (the default), before-identity, or first",
     .more = "last: after --chroot, by the new user. before-identity: after --chroot, by the old "
             "user. first: before both, so that a relative --chroot starts there.",
     .parse = parse_chdir_when},
    {.name = "chroot",
     .aliases = "root",
     .metavar = "DIR",
     .completion = COMPLETE_DIRECTORY,
     .excludes = "chroot",
     .fields = "chroot",
     .help = "make this directory the root, and enter it",
     .parse = parse_chroot},
    {.name = "chroot-fd",
     .metavar = "FD",
     .completion = COMPLETE_DESCRIPTOR,
     .excludes = "chroot",
     .fields = "chroot_fd chroot",
     .help = "make the directory that is open as FD the root",
     .parse = parse_chroot_fd},
    {.name = "umask",
     .metavar = "OCTAL",
     .fields = "umask",
     .help = "what new files do not allow, such as 022",
     .parse = parse_umask},
};

const struct family directory_family = FAMILY("Directories", options);
