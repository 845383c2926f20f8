/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "preexec.h"
#include "request.h"

struct part {
    size_t offset;
    size_t size;
};

#define PART(name)                                                                                 \
    { offsetof(fx_command, name), sizeof(((fx_command *)NULL)->name) }

/* What is simply taken over where it is set. */
static const struct part parts[] = {
    PART(limits),
    PART(limit_count),
    PART(default_signals),
    PART(ignored_signals),
    PART(blocked_signals),
    PART(block_signals),
    PART(unblock_signals),
    PART(new_session),
    PART(process_group),
    PART(controlling_terminal),
    PART(foreground),
    PART(nice),
    PART(nice_absolute),
    PART(scheduling),
    PART(affinity),
    PART(io_priority),
    PART(timer_slack),
    PART(oom_score_adj),
    PART(umask),
    PART(user),
    PART(user_name),
    PART(group),
    PART(group_name),
    PART(groups),
    PART(groups_of_user),
    PART(keep_groups),
    PART(bounding_capabilities),
    PART(permitted_capabilities),
    PART(inheritable_capabilities),
    PART(ambient_capabilities),
    PART(securebits),
    PART(keep_capabilities),
    PART(chroot),
    PART(chroot_fd),
    PART(no_new_privs),
    PART(landlock),
    PART(landlock_count),
    PART(landlock_fd),
    PART(seccomp),
    PART(seccomp_size),
    PART(unshare),
    PART(namespaces),
    PART(namespace_count),
    PART(uid_map),
    PART(uid_map_count),
    PART(gid_map),
    PART(gid_map_count),
    PART(cgroup),
    PART(cgroup_fd),
    PART(apparmor_profile),
    PART(selinux_context),
    PART(personality),
    PART(dumpable),
    PART(death_signal),
    PART(environment_clean),
    PART(environment),
    PART(environment_set),
    PART(environment_unset),
    PART(pid_variable),
    PART(listen),
    PART(listen_count),
    PART(listen_names),
    PART(gate),
    PART(traced),
    PART(alarm),
    PART(program_fd),
    PART(busy_timeout),
    PART(shell_fallback),
    PART(inherit_others),
    PART(best_effort),
    PART(best_effort_count),
};

static bool is_set(const unsigned char *field, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (field[i])
            return true;
    return false;
}

static void take_over(const fx_command *from, fx_command *to) {
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const unsigned char *field = (const unsigned char *)from + parts[i].offset;
        if (is_set(field, parts[i].size))
            memcpy((unsigned char *)to + parts[i].offset, field, parts[i].size);
    }
    if (from->directory || from->directory_fd.set) {
        to->directory = from->directory;
        to->directory_fd = from->directory_fd;
        to->directory_when = from->directory_when;
    }
    if (from->program_fd.set)
        to->candidates = NULL; /* it is executed instead */
    if (to->mechanism == FX_MECHANISM_AUTO)
        to->mechanism = from->mechanism;
}

/* ---- what both say ---- */

static bool names_user(const fx_command *c) {
    return c->user.set || c->user_name || c->group.set || c->group_name;
}

static bool decides_on_groups(const fx_command *c) {
    return c->groups.set || c->groups_of_user || c->keep_groups;
}

static bool has_session(const fx_command *c) { return c->new_session || c->process_group.set; }

static bool has_directory(const fx_command *c) { return c->directory || c->directory_fd.set; }

/*
 * One after the other they may fail, or mean something else; a umask does not, and the later one
 * holds. What a callable does, it does as the new user.
 */
static bool is_said_twice(const struct attributes *attributes, const fx_command *given) {
    const fx_command *ours = &attributes->command;
    bool given_identity = names_user(given) || decides_on_groups(given);
    return (has_session(given) && has_session(ours)) ||
           (has_directory(given) && has_directory(ours)) ||
           (names_user(given) && (names_user(ours) || decides_on_groups(ours))) ||
           (decides_on_groups(given) && decides_on_groups(ours)) ||
           (given_identity && attributes->stands_for_callable);
}

/* ---- lists of both ---- */

/* Ours after theirs. */
static int append(struct request *request, const void **list, size_t *count, const void *ours,
                  size_t our_count, size_t size) {
    if (our_count == 0)
        return 0;
    unsigned char *both = malloc((*count + our_count) * size);
    if (!both) {
        PyErr_NoMemory();
        return -1;
    }
    if (*count)
        memcpy(both, *list, *count * size);
    memcpy(both + *count * size, ours, our_count * size);
    request->merged[request->merged_count++] = both;
    *list = both;
    *count += our_count;
    return 0;
}

static int append_lists(struct request *request, const fx_command *ours) {
    fx_command *command = &request->command;
    const void *map = command->map, *keep = command->keep, *close = command->close;
    if (append(request, &map, &command->map_count, ours->map, ours->map_count, sizeof(fx_map)) <
            0 ||
        append(request, &keep, &command->keep_count, ours->keep, ours->keep_count, sizeof(int)) <
            0 ||
        append(request, &close, &command->close_count, ours->close, ours->close_count,
               sizeof(int)) < 0)
        return -1;
    command->map = map;
    command->keep = keep;
    command->close = close;
    return 0;
}

/* CPython's order lets a new user keep the parent's groups; who says it in a Setup is told. */
static bool forgets_groups(const struct attributes *attributes, const fx_command *command) {
    const fx_command *ours = &attributes->command;
    return !attributes->stands_for_callable && (ours->user.set || ours->user_name) &&
           !decides_on_groups(command);
}

enum merge attributes_merge(const struct attributes *attributes, struct request *request) {
    if (is_said_twice(attributes, &request->command))
        return MERGE_IS_NOT_THE_SAME;
    take_over(&attributes->command, &request->command);
    if (append_lists(request, &attributes->command) < 0)
        return MERGE_ERROR;
    if (forgets_groups(attributes, &request->command)) {
        preexec_raise("groups: a new user needs a decision on the supplementary groups: a list, "
                      "'user' or 'keep'");
        return MERGE_ERROR;
    }
    return MERGE_DONE;
}

/* ---- whose step is it? ---- */

bool attributes_own(const struct attributes *attributes, fx_step step) {
    const fx_command *ours = &attributes->command;
    switch (step) {
    case FX_STEP_SETSID:
        return ours->new_session;
    case FX_STEP_SETPGID:
        return ours->process_group.set;
    case FX_STEP_SETGROUPS:
        return decides_on_groups(ours);
    case FX_STEP_SETGID:
    case FX_STEP_SETUID:
        return names_user(ours);
    case FX_STEP_CHDIR:
    case FX_STEP_FCHDIR:
        return has_directory(ours);
    case FX_STEP_UMASK:
        return ours->umask.set;
    case FX_STEP_DEFAULT_SIGNALS:
        return ours->default_signals.set;
    case FX_STEP_DESCRIPTOR:
        return ours->map_count || ours->keep_count || ours->listen_count;
    case FX_STEP_CLOSE:
        return ours->close_count > 0;
    case FX_STEP_CLOSE_OTHERS:
    case FX_STEP_RESET_HANDLERS:
    case FX_STEP_CALLBACK:
    case FX_STEP_EXEC:
        return false;
    case FX_STEP_SIGNAL_MASK:
        return ours->blocked_signals.set || ours->block_signals.set || ours->unblock_signals.set;
    default:
        return step > FX_STEP_CLONE && step < FX_STEP_COUNT;
    }
}
