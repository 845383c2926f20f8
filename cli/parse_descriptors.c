/* SPDX-License-Identifier: MIT
 *
 * Options: which descriptors the command has.
 */
#include "value.h"

static int parse_map(struct request *request, const struct option *option, const char *value) {
    char child[24];
    const char *parent;
    (void)option;
    if (!split(value, '=', child, sizeof child, &parent))
        return complain(request, "\"%s\" is not CHILD=PARENT", value);
    fx_map *map = list_add(&request->map, sizeof *map);
    request->command.map = request->map.data;
    request->command.map_count = request->map.count;
    int result = read_descriptor(request, child, &map->child);
    return result < 0 ? result : read_descriptor(request, parent, &map->parent);
}

/* Every item of the list is a descriptor. */
static int add_descriptor(struct request *request, const char *item, void *context) {
    int *descriptor = list_add(context, sizeof *descriptor);
    return read_descriptor(request, item, descriptor);
}

static int parse_keep(struct request *request, const struct option *option, const char *value) {
    (void)option;
    int result = for_each_item(request, value, add_descriptor, &request->keep);
    request->command.keep = request->keep.data;
    request->command.keep_count = request->keep.count;
    return result;
}

static int parse_close(struct request *request, const struct option *option, const char *value) {
    (void)option;
    int result = for_each_item(request, value, add_descriptor, &request->close);
    request->command.close = request->close.data;
    request->command.close_count = request->close.count;
    return result;
}

static int parse_inherit_others(struct request *request, const struct option *option,
                                const char *value) {
    (void)option;
    (void)value;
    request->command.inherit_others = true;
    return 0;
}

static int parse_listen(struct request *request, const struct option *option, const char *value) {
    char number[24];
    const char *name;
    (void)option;
    if (split(value, ':', number, sizeof number, &name)) {
        list_add_text(&request->listen_names, name);
        request->command.listen_names = request->listen_names.data;
        value = number;
    }
    int *descriptor = list_add(&request->listen, sizeof *descriptor);
    request->command.listen = request->listen.data;
    request->command.listen_count = request->listen.count;
    if (request->listen_names.count && request->listen_names.count != request->listen.count)
        return complain(request, "either all of them have a name or none");
    return read_descriptor(request, value, descriptor);
}

static const struct option options[] = {
    {.name = "map",
     .metavar = "CHILD=PARENT",
     .repeats = true,
     .completion = COMPLETE_DESCRIPTOR,
     .fields = "map",
     .help = "its descriptor CHILD is what PARENT is here",
     .more = "All of them are one assignment: they may overlap, or exchange two descriptors.",
     .parse = parse_map},
    {.name = "keep",
     .metavar = "FD,...",
     .repeats = true,
     .list = true,
     .completion = COMPLETE_DESCRIPTOR,
     .fields = "keep",
     .help = "pass on these descriptors too, beside 0, 1 and 2",
     .parse = parse_keep},
    {.name = "close",
     .metavar = "FD,...",
     .repeats = true,
     .list = true,
     .completion = COMPLETE_DESCRIPTOR,
     .fields = "close",
     .help = "close these descriptors",
     .parse = parse_close},
    {.name = "inherit-others",
     .fields = "inherit_others",
     .help = "close no descriptor that is not mentioned",
     .parse = parse_inherit_others},
    {.name = "listen",
     .metavar = "FD[:NAME]",
     .repeats = true,
     .in_sequence = true,
     .completion = COMPLETE_DESCRIPTOR,
     .fields = "listen listen_names",
     .help = "hand over a socket, as systemd does: LISTEN_FDS",
     .more = "The sockets are the descriptors from 3 up, in the sequence given: sd_listen_fds(3).",
     .parse = parse_listen},
};

const struct family descriptor_family = FAMILY("Descriptors", options);
