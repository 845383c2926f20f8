/* SPDX-License-Identifier: MIT
 *
 * The databases of users and groups of a program that is linked statically, where glibc's want
 * shared libraries all the same: they are empty.
 */
#include <grp.h>
#include <pwd.h>
#include <stddef.h>

int getpwnam_r(const char *name, struct passwd *user, char *room, size_t size,
               struct passwd **result) {
    (void)name;
    (void)user;
    (void)room;
    (void)size;
    *result = NULL;
    return 0;
}

int getpwuid_r(uid_t number, struct passwd *user, char *room, size_t size, struct passwd **result) {
    (void)number;
    (void)user;
    (void)room;
    (void)size;
    *result = NULL;
    return 0;
}

int getgrnam_r(const char *name, struct group *group, char *room, size_t size,
               struct group **result) {
    (void)name;
    (void)group;
    (void)room;
    (void)size;
    *result = NULL;
    return 0;
}

int getgrouplist(const char *user, gid_t group, gid_t *list, int *count) {
    (void)user;
    list[0] = group;
    *count = 1;
    return 1;
}
