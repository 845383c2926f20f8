/* SPDX-License-Identifier: MIT */
#include "attributes.h"

#include <string.h>

#define AT(name) offsetof(fx_command, name)

static const struct attribute_row rows[] = {
    {"limits", attribute_limits, AT(limits), AT(limit_count)},
    {"default_signals", attribute_signals, AT(default_signals), 0},
    {"ignored_signals", attribute_signals, AT(ignored_signals), 0},
    {"blocked_signals", attribute_signals, AT(blocked_signals), 0},
    {"block_signals", attribute_signals, AT(block_signals), 0},
    {"unblock_signals", attribute_signals, AT(unblock_signals), 0},
    {"new_session", attribute_flag, AT(new_session), 0},
    {"process_group", attribute_number, AT(process_group), 0},
    {"controlling_terminal", attribute_number, AT(controlling_terminal), 0},
    {"foreground", attribute_number, AT(foreground), 0},
    {"nice", attribute_number, AT(nice), 0},
    {"nice_absolute", attribute_number, AT(nice_absolute), 0},
    {"scheduling", attribute_scheduling, AT(scheduling), 0},
    {"affinity", attribute_cpus, AT(affinity), 0},
    {"io_priority", attribute_io_priority, AT(io_priority), 0},
    {"timer_slack", attribute_count, AT(timer_slack), 0},
    {"oom_score_adj", attribute_number, AT(oom_score_adj), 0},
    {"umask", attribute_number, AT(umask), 0},
    {"user", attribute_identity, AT(user), AT(user_name)},
    {"group", attribute_identity, AT(group), AT(group_name)},
    {"groups", attribute_groups, AT(groups), 0},
    {"bounding_capabilities", attribute_capabilities, AT(bounding_capabilities), 0},
    {"permitted_capabilities", attribute_capabilities, AT(permitted_capabilities), 0},
    {"inheritable_capabilities", attribute_capabilities, AT(inheritable_capabilities), 0},
    {"ambient_capabilities", attribute_capabilities, AT(ambient_capabilities), 0},
    {"securebits", attribute_number, AT(securebits), 0},
    {"keep_capabilities", attribute_flag, AT(keep_capabilities), 0},
    {"directory", attribute_path_or_descriptor, AT(directory), AT(directory_fd)},
    {"directory_when", attribute_when, AT(directory_when), 0},
    {"chroot", attribute_path_or_descriptor, AT(chroot), AT(chroot_fd)},
    {"no_new_privs", attribute_flag, AT(no_new_privs), 0},
    {"landlock", attribute_landlock, AT(landlock), AT(landlock_count)},
    {"landlock_fd", attribute_number, AT(landlock_fd), 0},
    {"seccomp", attribute_bytes, AT(seccomp), AT(seccomp_size)},
    {"unshare", attribute_flags, AT(unshare), 0},
    {"namespaces", attribute_namespaces, AT(namespaces), AT(namespace_count)},
    {"uid_map", attribute_id_map, AT(uid_map), AT(uid_map_count)},
    {"gid_map", attribute_id_map, AT(gid_map), AT(gid_map_count)},
    {"cgroup", attribute_path_or_descriptor, AT(cgroup), AT(cgroup_fd)},
    {"apparmor_profile", attribute_string, AT(apparmor_profile), 0},
    {"selinux_context", attribute_string, AT(selinux_context), 0},
    {"personality", attribute_count, AT(personality), 0},
    {"dumpable", attribute_number, AT(dumpable), 0},
    {"death_signal", attribute_signal, AT(death_signal), 0},
    {"environment_clean", attribute_flag, AT(environment_clean), 0},
    {"environment", attribute_strings, AT(environment), 0},
    {"environment_set", attribute_strings, AT(environment_set), 0},
    {"environment_unset", attribute_strings, AT(environment_unset), 0},
    {"pid_variable", attribute_string, AT(pid_variable), 0},
    {"listen", attribute_integers, AT(listen), AT(listen_count)},
    {"listen_names", attribute_strings, AT(listen_names), 0},
    {"gate", attribute_number, AT(gate), 0},
    {"traced", attribute_flag, AT(traced), 0},
    {"alarm", attribute_unsigned, AT(alarm), 0},
    {"program_fd", attribute_number, AT(program_fd), 0},
    {"busy_timeout", attribute_unsigned, AT(busy_timeout), 0},
    {"shell_fallback", attribute_flag, AT(shell_fallback), 0},
    {"map", attribute_map, AT(map), AT(map_count)},
    {"keep", attribute_integers, AT(keep), AT(keep_count)},
    {"close", attribute_integers, AT(close), AT(close_count)},
    {"inherit_others", attribute_flag, AT(inherit_others), 0},
    {"best_effort", attribute_steps, AT(best_effort), AT(best_effort_count)},
    {"mechanism", attribute_mechanism, AT(mechanism), 0},
};

int attribute_set(struct attributes *attributes, const char *keyword, PyObject *value) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].keyword, keyword) == 0)
            return rows[i].convert(attributes, &rows[i], value);
    PyErr_Format(PyExc_TypeError, "%s: there is no such keyword", keyword);
    return -1;
}

int attribute_refuse(const struct attribute_row *row, const char *problem) {
    PyErr_Format(PyExc_ValueError, "%s: %s", row->keyword, problem);
    return -1;
}
