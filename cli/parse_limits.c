/* SPDX-License-Identifier: MIT
 *
 * Options: resource limits, with the names and values of prlimit(1).
 */
#include <string.h>

#include "value.h"

static int read_bound(const struct request *request, const char *text, fx_limit_bound *bound) {
    if (!*text)
        *bound = (fx_limit_bound){.kind = FX_LIMIT_KEEP};
    else if (strcmp(text, "unlimited") == 0 || strcmp(text, "infinity") == 0)
        *bound = (fx_limit_bound){.kind = FX_LIMIT_UNLIMITED};
    else if (strcmp(text, "max") == 0)
        *bound = (fx_limit_bound){.kind = FX_LIMIT_ALLOWED};
    else {
        bound->kind = FX_LIMIT_VALUE;
        return read_count(request, text, ~0ULL, &bound->value);
    }
    return 0;
}

/* BOTH, SOFT:HARD, SOFT: or :HARD; and "max" is the soft bound up to the hard one. */
static int read_limit(struct request *request, int resource, const char *value) {
    char soft[40];
    const char *hard = value;
    bool pair = split(value, ':', soft, sizeof soft, &hard);
    fx_limit *limit = list_add(&request->limits, sizeof *limit);
    request->command.limits = request->limits.data;
    request->command.limit_count = request->limits.count;
    limit->resource = resource;
    if (!*hard && (!pair || !*soft))
        return complain(request, "\"%s\" has no bound", value);
    int result = read_bound(request, pair ? soft : value, &limit->soft);
    if (result < 0)
        return result;
    if (!pair) {
        if (limit->soft.kind != FX_LIMIT_ALLOWED)
            limit->hard = limit->soft;
        return 0;
    }
    return read_bound(request, hard, &limit->hard);
}

static int parse_limit(struct request *request, const struct option *option, const char *value) {
    char name[24];
    const char *bounds;
    int resource;
    (void)option;
    if (!split(value, '=', name, sizeof name, &bounds))
        return complain(request, "\"%s\" is not NAME=SOFT:HARD", value);
    int result = read_name(request, name, "a limit of this system", fx_limit_number, &resource);
    return result < 0 ? result : read_limit(request, resource, bounds);
}

/* An option for each limit, named like it. */
static int parse_named_limit(struct request *request, const struct option *option,
                             const char *value) {
    int resource;
    int result =
        read_name(request, option->name, "a limit of this system", fx_limit_number, &resource);
    return result < 0 ? result : read_limit(request, resource, value);
}

#define NAMED_LIMIT(limit, text)                                                                   \
    {                                                                                              \
        .name = (limit), .metavar = "SOFT:HARD", .completion = COMPLETE_BOUNDS,                    \
        .fields = "limits", .help = (text), .parse = parse_named_limit                             \
    }

static const struct option options[] = {
    {.name = "limit",
     .metavar = "NAME=SOFT:HARD",
     .repeats = true,
     .completion = COMPLETE_LIMIT,
     .suffix = "=",
     .fields = "limits",
     .help = "a resource limit, by name; or as below",
     .more = "One number is both bounds, SOFT: only the soft one and :HARD only the hard one. "
             "unlimited stands for no limit, and max for a soft bound as high as the hard one. "
             "The limit of nice(1), which has no option of its own here, is nice=SOFT:HARD.",
     .parse = parse_limit},
    NAMED_LIMIT("as", "address space, in bytes"),
    NAMED_LIMIT("core", "core dumps, in bytes"),
    NAMED_LIMIT("cpu", "time on the processor, in seconds"),
    NAMED_LIMIT("data", "data segment, in bytes"),
    NAMED_LIMIT("fsize", "files written, in bytes"),
    NAMED_LIMIT("locks", "locks of files"),
    NAMED_LIMIT("memlock", "locked memory, in bytes"),
    NAMED_LIMIT("msgqueue", "POSIX message queues, in bytes"),
    NAMED_LIMIT("nofile", "open files"),
    NAMED_LIMIT("nproc", "processes of the user"),
    NAMED_LIMIT("rss", "resident memory, in bytes"),
    NAMED_LIMIT("rtprio", "priority in real-time scheduling"),
    NAMED_LIMIT("rttime", "time in real-time scheduling, in microseconds"),
    NAMED_LIMIT("sigpending", "pending signals"),
    NAMED_LIMIT("stack", "stack, in bytes"),
};

const struct family limit_family = FAMILY("Resource limits", options);
