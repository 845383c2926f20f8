/* SPDX-License-Identifier: MIT
 *
 * The PATH search, done in the parent: the child only tries one ready path after the other.
 */
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* What execvp(3) of the big C libraries searches when PATH is unset. */
static const char default_path[] = "/bin:/usr/bin";

static const char *program_of(const fx_command *command) {
    return command->program ? command->program : command->argv[0];
}

const char *fx_search_path(const fx_command *command, char *const *environment) {
    const char *program = program_of(command);
    /* An empty name is ENOENT, not the first directory of PATH. */
    if (command->candidates || command->program_fd.set || command->search == FX_SEARCH_NONE ||
        !*program || strchr(program, '/'))
        return NULL;
    const char *path = command->search == FX_SEARCH_PARENT
                           ? getenv("PATH")
                           : fx_environment_value(environment, "PATH");
    return path ? path : default_path;
}

/* "directory/program"; just "program" for an empty element, which means the current directory. */
static char *join(struct fx_block *block, const char *directory, size_t length,
                  const char *program) {
    size_t tail = strlen(program);
    size_t head = length ? length + 1 : 0;
    char *path = fx_block_bytes(block, head + tail + 1);
    if (!path)
        return NULL;
    memcpy(path, directory, length);
    if (length)
        path[length] = '/';
    memcpy(path + head, program, tail + 1);
    return path;
}

static size_t count_elements(const char *search_path) {
    size_t count = 1;
    for (const char *at = search_path; *at; at++)
        count += *at == ':';
    return count;
}

char *const *fx_search_candidates(struct fx_block *block, const fx_command *command,
                                  const char *search_path) {
    static const char *const none[] = {NULL};
    if (command->candidates)
        return fx_block_strings(block, command->candidates);
    if (command->program_fd.set)
        return fx_block_strings(block, none);

    const char *program = program_of(command);
    if (!search_path) {
        const char *const only[] = {program, NULL};
        return fx_block_strings(block, only);
    }

    size_t count = count_elements(search_path);
    char **list = fx_block_take(block, count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(search_path, ":");
        char *path = join(block, search_path, length, program);
        if (list)
            list[i] = path;
        search_path += length + 1;
    }
    if (list)
        list[count] = NULL;
    return list;
}
