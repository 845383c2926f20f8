/* SPDX-License-Identifier: MIT
 *
 * The id maps of a new user namespace. Only a process outside has the privilege for more than one
 * id of its own, so the parent writes them, while the child waits for its answer.
 */
#include <errno.h>
#include <unistd.h>

#include "launch.h"
#include "platform/containment.h"
#include "platform/platform.h"

int fx_maps_open(struct fx_launch *launch, fx_error *error) {
    const struct fx_plan *plan = launch->plan;
    int *ends = launch->release;
    ends[0] = ends[1] = -1;
    if (!fx_maps_are_asked(plan))
        return 0;
    int result = fx_pipe_aside(launch, ends, "id maps", error);
    if (result < 0)
        return result;
    launch->frame.release = ends[0];
    launch->frame.release_far = ends[1];
    return 0;
}

void fx_maps_close(struct fx_launch *launch) {
    fx_close_if_open(&launch->release[0]);
    fx_close_if_open(&launch->release[1]);
}

static int write_groups(pid_t pid, const char *map) {
    int result = fx_platform_write_of_process(pid, "gid_map", map);
    /* Else whoever is kept out by a group could leave it there. */
    if (result == -EPERM && fx_platform_write_of_process(pid, "setgroups", "deny") == 0)
        result = fx_platform_write_of_process(pid, "gid_map", map);
    return result;
}

static struct fx_maps_answer write_maps(const struct fx_launch *launch) {
    struct fx_maps_answer answer = {.index = 0, .code = 0};
    if (launch->plan->uid_map)
        answer.code = fx_platform_write_of_process(launch->pid, "uid_map", launch->plan->uid_map);
    if (answer.code == 0 && launch->plan->gid_map) {
        answer.index = 1;
        answer.code = write_groups(launch->pid, launch->plan->gid_map);
    }
    return answer;
}

void fx_maps_answer(const struct fx_launch *launch) {
    const struct fx_maps_answer answer = write_maps(launch);
    /* This process still has the other end as well: no SIGPIPE if the child has been killed. */
    while (write(launch->release[1], &answer, sizeof answer) < 0 && errno == EINTR)
        ;
}
