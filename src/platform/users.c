/* SPDX-License-Identifier: MIT */
#include "users.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of what is looked up: a name, or else a number; and what came of it. */
struct question {
    const char *name;
    uid_t number;
    struct passwd user;
    struct group group;
    bool found;
};

/* Asks once, with this much room for the strings. A positive errno, or 0. */
typedef int ask(struct question *question, char *room, size_t size);

static int ask_user(struct question *question, char *room, size_t size) {
    struct passwd *result = NULL;
    int code = question->name ? getpwnam_r(question->name, &question->user, room, size, &result)
                              : getpwuid_r(question->number, &question->user, room, size, &result);
    question->found = result != NULL;
    return code;
}

static int ask_group(struct question *question, char *room, size_t size) {
    struct group *result = NULL;
    int code = getgrnam_r(question->name, &question->group, room, size, &result);
    question->found = result != NULL;
    return code;
}

static int answer_of(const struct question *question, int code) {
    if (question->found)
        return 0;
    /* POSIX says 0 for "not found"; systems and their modules say these, too. */
    return code == 0 || code == ENOENT || code == ESRCH ? -ENOENT : -code;
}

/* `*room`, to be freed, holds the strings of the answer. */
static int look_up(ask *once, struct question *question, char **room) {
    /* A group with thousands of members is long; one that never fits is a broken database. */
    enum { LEAST = 1024, MOST = 64 << 20 };
    for (size_t size = LEAST;; size *= 2) {
        *room = malloc(size);
        if (!*room)
            return -ENOMEM;
        int code;
        do
            code = once(question, *room, size);
        while (code == EINTR);
        int result = answer_of(question, code);
        if (result == 0)
            return 0;
        free(*room);
        *room = NULL;
        if (result != -ERANGE || size >= MOST)
            return result;
    }
}

static int find_account(struct question *question, struct fx_account *account) {
    char *room;
    int result = look_up(ask_user, question, &room);
    if (result < 0)
        return result;
    account->user = question->user.pw_uid;
    account->group = question->user.pw_gid;
    account->name = strdup(question->user.pw_name);
    free(room);
    return account->name ? 0 : -ENOMEM;
}

int fx_platform_find_user(const char *name, struct fx_account *account) {
    struct question question = {.name = name};
    return find_account(&question, account);
}

int fx_platform_find_user_number(uid_t user, struct fx_account *account) {
    struct question question = {.number = user};
    return find_account(&question, account);
}

int fx_platform_find_group(const char *name, gid_t *group) {
    struct question question = {.name = name};
    char *room;
    int result = look_up(ask_group, &question, &room);
    if (result < 0)
        return result;
    *group = question.group.gr_gid;
    free(room);
    return 0;
}

/* How many there are, or were room for; negative if that is not all of them. */
static int list_groups(const char *name, gid_t group, gid_t *list, int *count) {
#ifdef __APPLE__
    /* The same numbers by another type. */
    return getgrouplist(name, (int)group, (int *)list, count);
#else
    return getgrouplist(name, group, list, count);
#endif
}

int fx_platform_groups_of_user(const char *name, gid_t group, gid_t **list, size_t *count) {
    enum { LEAST = 32, MOST = 1 << 20 };
    for (int room = LEAST; room <= MOST; room *= 2) {
        int found = room;
        *list = malloc((size_t)room * sizeof **list);
        if (!*list)
            return -ENOMEM;
        if (list_groups(name, group, *list, &found) >= 0) {
            *count = (size_t)found;
            return 0;
        }
        /* Not every system says how many there would be. */
        free(*list);
        *list = NULL;
    }
    return -E2BIG;
}
