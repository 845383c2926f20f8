/* SPDX-License-Identifier: MIT
 *
 * Options: namespaces, as unshare(1) and nsenter(1) have them.
 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "value.h"

static int take_namespace(struct request *request, const char *item, void *context) {
    int type = 0;
    (void)context;
    int result = read_name(request, item, "a kind of namespace", fx_namespace_number, &type);
    if (result == 0)
        request->command.unshare |= (unsigned int)type;
    return result;
}

static int parse_unshare(struct request *request, const struct option *option, const char *value) {
    (void)option;
    return for_each_item(request, value, take_namespace, NULL);
}

/*
 * A user namespace gives the privilege to join others, to those who have none; those who have
 * some lose it there. So it comes first, or last.
 */
static void place_user_namespace(struct request *request) {
    fx_namespace *list = request->namespaces.data;
    size_t count = request->namespaces.count;
    size_t place = geteuid() == 0 ? count - 1 : 0;
    int user = fx_namespace_number("user");
    for (size_t i = 0; i < count; i++)
        if (list[i].type == user) {
            fx_namespace swapped = list[place];
            list[place] = list[i];
            list[i] = swapped;
            return;
        }
}

static int parse_setns(struct request *request, const struct option *option, const char *value) {
    char name[24];
    const char *place;
    (void)option;
    if (!split(value, ':', name, sizeof name, &place) || !*place)
        return complain(request, "\"%s\" is not NAME:PATH or NAME:FD", value);
    fx_namespace *added = list_add(&request->namespaces, sizeof *added);
    request->command.namespaces = request->namespaces.data;
    request->command.namespace_count = request->namespaces.count;
    int result = read_name(request, name, "a kind of namespace", fx_namespace_number, &added->type);
    if (result < 0)
        return result;
    if (is_number(place)) {
        added->descriptor.set = true;
        result = read_descriptor(request, place, &added->descriptor.value);
    } else {
        added->path = place;
    }
    place_user_namespace(request);
    return result;
}

static int read_map_number(struct request *request, const char *text, unsigned int *number) {
    unsigned long long value = 0;
    int result = read_count(request, text, UINT_MAX, &value);
    *number = (unsigned int)value;
    return result;
}

/* INSIDE:OUTSIDE:COUNT; with commas it is OUTSIDE,INSIDE,COUNT, as unshare(1) first had it. */
static int read_map(struct request *request, const char *value, struct list *list) {
    bool swapped = strchr(value, ',') != NULL;
    char separator = swapped ? ',' : ':';
    char first[24];
    char second[24];
    const char *rest;
    const char *count;
    fx_id_map *map = list_add(list, sizeof *map);
    if (!split(value, separator, first, sizeof first, &rest) ||
        !split(rest, separator, second, sizeof second, &count))
        return complain(request, "\"%s\" is not INSIDE:OUTSIDE:COUNT", value);
    int result = read_map_number(request, first, swapped ? &map->outside : &map->inside);
    if (result == 0)
        result = read_map_number(request, second, swapped ? &map->inside : &map->outside);
    return result < 0 ? result : read_map_number(request, count, &map->count);
}

static int parse_map_users(struct request *request, const struct option *option,
                           const char *value) {
    (void)option;
    int result = read_map(request, value, &request->uid_map);
    request->command.uid_map = request->uid_map.data;
    request->command.uid_map_count = request->uid_map.count;
    return result < 0 ? result : take_namespace(request, "user", NULL);
}

static int parse_map_groups(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    int result = read_map(request, value, &request->gid_map);
    request->command.gid_map = request->gid_map.data;
    request->command.gid_map_count = request->gid_map.count;
    return result < 0 ? result : take_namespace(request, "user", NULL);
}

static int parse_map_root_user(struct request *request, const struct option *option,
                               const char *value) {
    fx_id_map *users = list_add(&request->uid_map, sizeof *users);
    fx_id_map *groups = list_add(&request->gid_map, sizeof *groups);
    (void)option;
    (void)value;
    *users = (fx_id_map){.inside = 0, .outside = geteuid(), .count = 1};
    *groups = (fx_id_map){.inside = 0, .outside = getegid(), .count = 1};
    request->command.uid_map = users;
    request->command.uid_map_count = 1;
    request->command.gid_map = groups;
    request->command.gid_map_count = 1;
    return take_namespace(request, "user", NULL);
}

static const struct option options[] = {
    {.name = "unshare",
     .metavar = "NAME,...",
     .repeats = true,
     .list = true,
     .completion = COMPLETE_NAMESPACE,
     .fields = "unshare",
     .help = "have new namespaces, such as user,net,pid",
     .more = "A process can only be born into a pid namespace, so that exec has none.",
     .parse = parse_unshare},
    {.name = "setns",
     .metavar = "NAME:PATH|NAME:FD",
     .repeats = true,
     .completion = COMPLETE_NAMESPACE,
     .suffix = ":",
     .fields = "namespaces",
     .help = "join a namespace, such as net:/run/netns/blue",
     .parse = parse_setns},
    {.name = "map-users",
     .metavar = "INSIDE:OUTSIDE:COUNT",
     .repeats = true,
     .excludes = "users",
     .fields = "uid_map unshare",
     .help = "which users those of the new namespace are",
     .more = "It is a new user namespace then. OUTSIDE,INSIDE,COUNT is understood too.",
     .parse = parse_map_users},
    {.name = "map-groups",
     .metavar = "INSIDE:OUTSIDE:COUNT",
     .repeats = true,
     .fields = "gid_map unshare",
     .help = "likewise for groups",
     .parse = parse_map_groups},
    {.name = "map-root-user",
     .excludes = "users",
     .fields = "unshare uid_map gid_map",
     .help = "be root in a new user namespace, and no one else",
     .parse = parse_map_root_user},
};

const struct family namespace_family = FAMILY("Namespaces", options);
