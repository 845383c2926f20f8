/* SPDX-License-Identifier: MIT
 *
 * The databases of users and groups, in the parent.
 */
#ifndef FX_PLATFORM_USERS_H
#define FX_PLATFORM_USERS_H

#include <stddef.h>
#include <sys/types.h>

struct fx_account {
    uid_t user;
    gid_t group;
    char *name; /* to be freed */
};

/* -ENOENT: there is none; another negative errno: it cannot be told. */
int fx_platform_find_user(const char *name, struct fx_account *account);
int fx_platform_find_user_number(uid_t user, struct fx_account *account);
int fx_platform_find_group(const char *name, gid_t *group);
/* The groups that a user is in, this one among them, as a list to be freed. */
int fx_platform_groups_of_user(const char *name, gid_t group, gid_t **list, size_t *count);

#endif
