/* SPDX-License-Identifier: MIT
 *
 * Options: user and groups, as setpriv(1) has them. Users are looked up by the library.
 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <string.h>

#include "value.h"

static int read_id(const struct request *request, const char *text, unsigned int *id) {
    long long number = 0;
    /* The last one means "no change" to the kernel. */
    int result = read_number(request, text, 0, UINT_MAX - 1, &number);
    *id = (unsigned int)number;
    return result;
}

static int parse_user(struct request *request, const struct option *option, const char *value) {
    (void)option;
    if (!*value)
        return complain(request, "the name is empty");
    if (!is_number(value)) {
        request->command.user_name = value;
        return 0;
    }
    request->command.user.set = true;
    return read_id(request, value, &request->command.user.value);
}

static int parse_group(struct request *request, const struct option *option, const char *value) {
    (void)option;
    if (!*value)
        return complain(request, "the name is empty");
    if (!is_number(value)) {
        request->command.group_name = value;
        return 0;
    }
    request->command.group.set = true;
    return read_id(request, value, &request->command.group.value);
}

static int take_group(struct request *request, const char *item, void *context) {
    gid_t *added = list_add(&request->groups, sizeof *added);
    unsigned int id = 0;
    (void)context;
    if (is_number(item)) {
        int result = read_id(request, item, &id);
        *added = id;
        return result;
    }
    errno = 0;
    const struct group *group = getgrnam(item);
    if (!group)
        return complain(request, "there is no group \"%s\"%s%s", item, errno ? ": " : "",
                        errno ? strerror(errno) : "");
    *added = group->gr_gid;
    return 0;
}

static int parse_groups(struct request *request, const struct option *option, const char *value) {
    (void)option;
    int result = for_each_item(request, value, take_group, NULL);
    request->command.groups =
        (fx_groups){.set = true, .count = request->groups.count, .list = request->groups.data};
    return result;
}

static int parse_clear_groups(struct request *request, const struct option *option,
                              const char *value) {
    (void)option;
    (void)value;
    request->command.groups = (fx_groups){.set = true};
    return 0;
}

static int parse_init_groups(struct request *request, const struct option *option,
                             const char *value) {
    (void)option;
    (void)value;
    request->command.groups_of_user = true;
    return 0;
}

static int parse_keep_groups(struct request *request, const struct option *option,
                             const char *value) {
    (void)option;
    (void)value;
    request->command.keep_groups = true;
    return 0;
}

static const struct option options[] = {
    {.name = "user",
     .aliases = "reuid",
     .metavar = "USER",
     .completion = COMPLETE_USER,
     .fields = "user user_name",
     .help = "be this user, by name or number",
     .more = "Real, effective and saved. What becomes of the groups has to be said too, by one of "
             "--init-groups, --groups, --clear-groups and --keep-groups.",
     .parse = parse_user},
    {.name = "group",
     .aliases = "regid",
     .metavar = "GROUP",
     .completion = COMPLETE_GROUP,
     .fields = "group group_name",
     .help = "be in this group; a user's own unless given",
     .parse = parse_group},
    {.name = "groups",
     .metavar = "GROUP,...",
     .list = true,
     .completion = COMPLETE_GROUP,
     .excludes = "groups",
     .fields = "groups",
     .help = "have these supplementary groups",
     .parse = parse_groups},
    {.name = "clear-groups",
     .excludes = "groups",
     .fields = "groups",
     .help = "have no supplementary groups",
     .parse = parse_clear_groups},
    {.name = "init-groups",
     .excludes = "groups",
     .fields = "groups_of_user",
     .help = "have the user's groups of the group database",
     .parse = parse_init_groups},
    {.name = "keep-groups",
     .excludes = "groups",
     .fields = "keep_groups",
     .help = "keep the supplementary groups that there are",
     .parse = parse_keep_groups},
};

const struct family identity_family = FAMILY("Identity", options);
