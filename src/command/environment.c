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

int fx_environment_resolve(const fx_command *command, struct fx_environment *environment,
                           fx_error *error) {
    static char *const nothing[] = {NULL};
    char *const *base = command->environment ? command->environment : fx_platform_environ();
    if (!base)
        base = nothing;
    *environment = (struct fx_environment){.list = base};
    if (!command->environment_set && !command->environment_unset)
        return 0;

    size_t count = count_of((const char *const *)base);
    size_t room = count + count_of(command->environment_set) + 1;
    char **list = malloc(room * sizeof *list);
    if (!list)
        return fx_error_set(error, -ENOMEM, FX_STEP_ALLOCATE, -1, "environment");

    memcpy(list, base, count * sizeof *list);
    for (const char *const *name = command->environment_unset; name && *name; name++)
        count = take_out(list, count, *name, strlen(*name));
    for (const char *const *entry = command->environment_set; entry && *entry; entry++) {
        count = take_out(list, count, *entry, name_length(*entry));
        /* The strings are read only; execve's prototype has no const for historical reasons. */
        memcpy(&list[count++], entry, sizeof *list);
    }
    list[count] = NULL;
    *environment = (struct fx_environment){.list = list, .owned = list};
    return 0;
}

void fx_environment_free(struct fx_environment *environment) {
    free(environment->owned);
    *environment = (struct fx_environment){0};
}
