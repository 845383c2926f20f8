/* SPDX-License-Identifier: MIT
 *
 * Sockets handed over by the protocol of sd_listen_fds(3): they become entries of the map and
 * variables of the environment. (LISTEN_PID, which only the child knows, is a pid variable.)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

/* SD_LISTEN_FDS_START: the first number of the child's. */
enum { FIRST = 3 };
/* FDNAME_MAX of systemd's. */
enum { LONGEST_NAME = 255 };

/* All variables of the protocol: what was handed to this process is not the child's. */
static const char *const variables[] = {"LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS",
                                        "LISTEN_FDNAMES"};
enum { VARIABLES = sizeof variables / sizeof variables[0], SET_AT_MOST = 2 };

static size_t count_of(const char *const *list) {
    size_t count = 0;
    while (list && list[count])
        count++;
    return count;
}

/* ---- what can be wrong ---- */

static int check_names(const fx_command *command, fx_error *error) {
    const char *const *names = command->listen_names;
    if (names && count_of(names) != command->listen_count)
        return fx_error_command(error, -EINVAL, "listen_names",
                                "are %zu, for %zu descriptors in listen", count_of(names),
                                command->listen_count);
    for (; names && *names; names++) {
        bool valid = strlen(*names) <= LONGEST_NAME;
        for (const char *at = *names; *at; at++)
            valid = valid && *at >= ' ' && *at < 0x7f && *at != ':';
        if (!valid)
            return fx_error_command(error, -EINVAL, "listen_names",
                                    "\"%s\" is no name: at most %d printable characters of ASCII, "
                                    "without a colon",
                                    *names, LONGEST_NAME);
    }
    return 0;
}

static int check_number(const fx_command *command, int number, const char *where, fx_error *error) {
    if (number < FIRST || (size_t)(number - FIRST) >= command->listen_count)
        return 0;
    return fx_error_command(error, -EINVAL, "listen", "child number %d is also in %s", number,
                            where);
}

static int check_numbers(const fx_command *command, fx_error *error) {
    int result = 0;
    for (size_t i = 0; command->map && i < command->map_count && result == 0; i++)
        result = check_number(command, command->map[i].child, "map", error);
    for (size_t i = 0; command->keep && i < command->keep_count && result == 0; i++)
        result = check_number(command, command->keep[i], "keep", error);
    for (size_t i = 0; command->exempt && i < command->exempt_count && result == 0; i++)
        result = check_number(command, command->exempt[i], "exempt", error);
    return result;
}

static int check_variables(const fx_command *command, fx_error *error) {
    for (const char *const *entry = command->environment_set; entry && *entry; entry++)
        for (size_t i = 0; i < VARIABLES; i++)
            if (fx_variable_is(*entry, variables[i]))
                return fx_error_command(error, -EINVAL, "listen", "excludes %s in environment_set",
                                        variables[i]);
    return 0;
}

static int check(const fx_command *command, fx_error *error) {
    int result = 0;
    if (command->listen_count && !command->listen)
        result = fx_error_command(error, -EINVAL, "listen", "the list is NULL");
    for (size_t i = 0; i < command->listen_count && result == 0; i++)
        result = fx_check_open(command->listen[i], "listen", error);
    if (result == 0)
        result = check_names(command, error);
    if (result == 0)
        result = check_numbers(command, error);
    if (result == 0)
        result = check_variables(command, error);
    return result;
}

/* ---- the longer lists ---- */

struct lists {
    const char **unset;
    const char **set;
    fx_map *map;
    char *text;
    size_t text_size;
};

static size_t text_size(const fx_command *command) {
    enum { DIGITS = 20 };
    size_t size = sizeof "LISTEN_FDS=" + DIGITS + sizeof "LISTEN_FDNAMES=";
    for (const char *const *name = command->listen_names; name && *name; name++)
        size += strlen(*name) + 1;
    return size;
}

/* One piece of memory for all; the pointers first, which ask for the most alignment. */
static void *take_lists(const fx_command *command, struct lists *lists) {
    size_t unset = count_of(command->environment_unset) + VARIABLES + 1;
    size_t set = count_of(command->environment_set) + SET_AT_MOST + 1;
    size_t map = command->map_count + command->listen_count;
    lists->text_size = text_size(command);
    const char **memory =
        malloc((unset + set) * sizeof *memory + map * sizeof(fx_map) + lists->text_size);
    if (!memory)
        return NULL;
    lists->unset = memory;
    lists->set = memory + unset;
    lists->map = (void *)(memory + unset + set);
    lists->text = (char *)(lists->map + map);
    return memory;
}

static void fill_map(fx_command *command, fx_map *map) {
    if (command->map_count)
        memcpy(map, command->map, command->map_count * sizeof *map);
    for (size_t i = 0; i < command->listen_count; i++)
        map[command->map_count++] = (fx_map){.child = FIRST + (int)i, .parent = command->listen[i]};
    command->map = map;
}

static void fill_unset(fx_command *command, const char **unset) {
    size_t count = count_of(command->environment_unset);
    if (count)
        memcpy(unset, command->environment_unset, count * sizeof *unset);
    memcpy(unset + count, variables, sizeof variables);
    unset[count + VARIABLES] = NULL;
    command->environment_unset = unset;
}

static void fill_set(fx_command *command, const struct lists *lists) {
    size_t count = count_of(command->environment_set), used;
    if (count)
        memcpy(lists->set, command->environment_set, count * sizeof *lists->set);
    lists->set[count++] = lists->text;
    used =
        (size_t)snprintf(lists->text, lists->text_size, "LISTEN_FDS=%zu", command->listen_count) +
        1;
    if (command->listen_names) {
        lists->set[count++] = lists->text + used;
        const char *before = "LISTEN_FDNAMES=";
        for (const char *const *name = command->listen_names; *name; name++, before = ":")
            used += (size_t)snprintf(lists->text + used, lists->text_size - used, "%s%s", before,
                                     *name);
    }
    lists->set[count] = NULL;
    command->environment_set = lists->set;
}

int fx_resolve_listen(fx_command *command, struct fx_resolved *resolved, fx_error *error) {
    struct lists lists;
    if (!command->listen_count && !command->listen_names)
        return 0;
    int result = check(command, error);
    /* A list that is not there is for the checks of the map to tell. */
    if (result < 0 || !command->listen_count || (command->map_count && !command->map))
        return result;
    void *memory = take_lists(command, &lists);
    if (!memory)
        return fx_error_set(error, -ENOMEM, FX_STEP_ALLOCATE, -1, "listen");
    resolved->memory[resolved->count++] = memory;
    fill_map(command, lists.map);
    fill_unset(command, lists.unset);
    fill_set(command, &lists);
    return 0;
}
