/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "descriptors.h"
#include "dialect.h"
#include "identity.h"

static int check_not_empty(const struct byte_strings *strings, const char *name) {
    if (strings->list[0])
        return 0;
    PyErr_Format(PyExc_ValueError, "%s must not be empty", name);
    return -1;
}

static int build_program(const struct arguments *arguments, struct request *request) {
    if (byte_strings_from_bytes(arguments->executables, &request->executables) < 0)
        return -1;
    /* CPython makes a program without any argument of this one. */
    if (arguments->args == Py_None) {
        PyErr_SetString(PyExc_ValueError, "argv must not be empty");
        return -1;
    }
    if (byte_strings_from_paths(arguments->args, &request->arguments) < 0)
        return -1;
    if (arguments->environment != Py_None) {
        if (byte_strings_from_bytes(arguments->environment, &request->environment) < 0)
            return -1;
        request->command.environment = request->environment.list;
    }
    if (check_not_empty(&request->arguments, "argv") < 0 ||
        check_not_empty(&request->executables, "executable_list") < 0)
        return -1;
    request->command.argv = request->arguments.list;
    request->command.candidates = (const char *const *)request->executables.list;
    return 0;
}

static int build_directory(const struct arguments *arguments, struct request *request) {
    if (arguments->directory == Py_None)
        return 0;
    if (!PyUnicode_FSConverter(arguments->directory, &request->directory)) {
        request->directory = NULL;
        return -1;
    }
    request->command.directory = PyBytes_AsString(request->directory);
    /* Before the umask and the identity, as CPython has it. */
    request->command.directory_when = FX_DIRECTORY_FIRST;
    return request->command.directory ? 0 : -1;
}

static int build_identity(const struct arguments *arguments, struct request *request) {
    fx_command *command = &request->command;
    if (identity_groups(arguments->groups, &command->groups, &request->groups) < 0 ||
        identity_id(arguments->group, "gid", &command->group) < 0 ||
        identity_id(arguments->user, "uid", &command->user) < 0)
        return -1;
    return 0;
}

static void add_map(struct request *request, int child, int parent) {
    if (parent != -1)
        request->map[request->command.map_count++] = (fx_map){child, parent};
}

static void add_close(struct request *request, int descriptor) {
    if (descriptor >= 0)
        request->close[request->command.close_count++] = descriptor;
}

static void build_streams(const struct arguments *arguments, struct request *request) {
    request->command.map = request->map;
    add_map(request, 0, arguments->p2cread);
    add_map(request, 1, arguments->c2pwrite);
    add_map(request, 2, arguments->errwrite);

    request->command.close = request->close;
    add_close(request, arguments->p2cwrite);
    add_close(request, arguments->c2pread);
    add_close(request, arguments->errread);
    add_close(request, arguments->errpipe_read);
}

/*
 * The error pipe stays open until exec closes it. The others lose their close-on-exec flag,
 * unless the caller is of 2012, when flags were the caller's business.
 */
static void split_kept(const struct arguments *arguments, struct request *request, const int *given,
                       size_t count) {
    int *keep = request->numbers, *exempt = request->numbers + count;
    size_t kept = 0, exempted = 0;
    for (size_t i = 0; i < count; i++) {
        if (given[i] == arguments->errpipe_write)
            continue;
        if (PyList_Check(arguments->keep))
            exempt[exempted++] = given[i];
        else
            keep[kept++] = given[i];
    }
    if (arguments->errpipe_write >= 0)
        exempt[exempted++] = arguments->errpipe_write;
    request->command.keep = keep;
    request->command.keep_count = kept;
    request->command.exempt = exempt;
    request->command.exempt_count = exempted;
}

static int build_kept(const struct arguments *arguments, struct request *request) {
    int *given;
    size_t count;
    if (descriptors_convert(arguments->keep, &given, &count) < 0)
        return -1;
    request->numbers = malloc((2 * count + 1) * sizeof *request->numbers);
    if (!request->numbers)
        PyErr_NoMemory();
    else
        split_kept(arguments, request, given, count);
    free(given);
    return request->numbers ? 0 : -1;
}

static void build_rest(const struct arguments *arguments, struct request *request) {
    fx_command *command = &request->command;
    command->inherit_others = !arguments->close_fds;
    command->keep_ignored_signals = !arguments->restore_signals;
    command->new_session = arguments->call_setsid;
    if (arguments->process_group >= 0)
        command->process_group = (fx_number)FX_NUMBER(arguments->process_group);
    if (arguments->umask >= 0)
        command->umask = (fx_number)FX_NUMBER(arguments->umask);
    if (!arguments->allow_vfork || (arguments->asks_module && dialect_reader_forbids_vfork()))
        command->mechanism = FX_MECHANISM_FORK;
}

int request_build(const struct arguments *arguments, struct request *request) {
    memset(request, 0, sizeof *request);
    request->command.size = sizeof request->command;
    request->command.order = FX_ORDER_CPYTHON;
    request->command.without_pidfd = true;
    if (build_kept(arguments, request) < 0 || build_program(arguments, request) < 0 ||
        build_directory(arguments, request) < 0 || build_identity(arguments, request) < 0)
        return -1;
    build_streams(arguments, request);
    build_rest(arguments, request);
    return 0;
}

void request_release(struct request *request) {
    byte_strings_release(&request->arguments);
    byte_strings_release(&request->executables);
    byte_strings_release(&request->environment);
    Py_CLEAR(request->directory);
    while (request->merged_count > 0)
        free(request->merged[--request->merged_count]);
    free(request->groups);
    free(request->numbers);
    request->groups = NULL;
    request->numbers = NULL;
}
