/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "platform/environ.h"

static size_t name_length(const char *entry) { return strcspn(entry, "="); }

static bool has_name(const char *entry, const char *name, size_t length) {
    return strncmp(entry, name, length) == 0 && (entry[length] == '=' || entry[length] == '\0');
}

bool fx_variable_is(const char *entry, const char *name) {
    return has_name(entry, name, strlen(name));
}

static size_t count_of(const char *const *list) {
    size_t count = 0;
    while (list && list[count])
        count++;
    return count;
}

const char *fx_environment_value(char *const *list, const char *name) {
    size_t length = strlen(name);
    for (; list && *list; list++)
        if (has_name(*list, name, length) && (*list)[length] == '=')
            return *list + length + 1;
    return NULL;
}

/* Take out every entry of this name; the new number of entries. */
static size_t take_out(char **list, size_t count, const char *name, size_t length) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!has_name(list[i], name, length))
            list[kept++] = list[i];
    return kept;
}

static size_t take_out_unsafe(char **list, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!fx_variable_is_unsafe(list[i]))
            list[kept++] = list[i];
    return kept;
}

size_t fx_pid_variables(const fx_command *command, const char *names[FX_PID_VARIABLES]) {
    size_t count = 0;
    if (command->listen_count)
        names[count++] = "LISTEN_PID";
    if (command->pid_variable && !(count && strcmp(command->pid_variable, names[0]) == 0))
        names[count++] = command->pid_variable;
    return count;
}

/* The array, and behind it the strings of those variables that have no value yet. */
static char **new_list(size_t room, const char *const *pid_names, size_t pid_count) {
    size_t size = room * sizeof(char *);
    for (size_t i = 0; i < pid_count; i++)
        size += strlen(pid_names[i]) + sizeof "=";
    char **list = malloc(size);
    char *text = list ? (char *)(list + room) : NULL;
    for (size_t i = 0; list && i < pid_count; i++) {
        size_t length = strlen(pid_names[i]);
        memcpy(text, pid_names[i], length);
        memcpy(text + length, "=", sizeof "=");
        list[i] = text;
        text += length + sizeof "=";
    }
    return list;
}

/* The new number of entries; there is room for all that may be added. */
static size_t edit(const fx_command *command, char **list, size_t count) {
    if (command->environment_clean)
        count = take_out_unsafe(list, count);
    for (const char *const *name = command->environment_unset; name && *name; name++)
        count = take_out(list, count, *name, strlen(*name));
    for (const char *const *entry = command->environment_set; entry && *entry; entry++) {
        count = take_out(list, count, *entry, name_length(*entry));
        /* The strings are read only; execve's prototype has no const for historical reasons. */
        memcpy(&list[count++], entry, sizeof *list);
    }
    return count;
}

int fx_environment_resolve(const fx_command *command, struct fx_environment *environment,
                           fx_error *error) {
    static char *const nothing[] = {NULL};
    char *const *base = command->environment ? command->environment : fx_platform_environ();
    if (!base)
        base = nothing;
    *environment = (struct fx_environment){.list = base};
    const char *pid_names[FX_PID_VARIABLES];
    size_t pid_count = fx_pid_variables(command, pid_names);
    if (!command->environment_set && !command->environment_unset && !command->environment_clean &&
        !pid_count)
        return 0;

    size_t count = count_of((const char *const *)base);
    size_t room = pid_count + count + count_of(command->environment_set) + 1;
    char **list = new_list(room, pid_names, pid_count);
    if (!list)
        return fx_error_set(error, -ENOMEM, FX_STEP_ALLOCATE, -1, "environment");

    char **rest = list + pid_count;
    memcpy(rest, base, count * sizeof *list);
    count = edit(command, rest, count);
    for (size_t i = 0; i < pid_count; i++)
        count = take_out(rest, count, pid_names[i], strlen(pid_names[i]));
    rest[count] = NULL;
    *environment = (struct fx_environment){.list = list, .owned = list, .pid_variables = pid_count};
    return 0;
}

void fx_environment_free(struct fx_environment *environment) {
    free(environment->owned);
    *environment = (struct fx_environment){0};
}
