/* SPDX-License-Identifier: MIT
 *
 * What this kernel, and whatever stands in front of it, offer: asked anew each time, as a report
 * for people, not for the engine's own choices.
 */
#include <errno.h>
#include <unistd.h>

#include "launch.h"
#include "platform/helper.h"
#include "platform/platform.h"
#include "sized.h"

/* ---- mechanisms ---- */

static int no_code(void) { return 0; }

/* A child that does nothing but end. */
static int try_clone(fx_mechanism mechanism) {
    volatile int mark = 0;
    int pidfd;
    const struct fx_clone_request request = {.run = fx_child_leave_mark,
                                             .argument = (void *)(size_t)&mark};
    pid_t pid = fx_platform_clone(mechanism, &request, &pidfd);
    if (pid > 0)
        (void)fx_platform_wait_silent(pid);
    return pid < 0 ? pid : 0;
}

static int ask_mechanism(fx_mechanism mechanism) {
    fx_reason obstacle;
    if (!fx_platform_shares_memory())
        return -ENOTSUP;
    int result = fx_memory_obstacle(&obstacle);
    if (result < 0)
        return result;
    return obstacle == FX_REASON_COPIED ? -ENOTSUP : try_clone(mechanism);
}

static int ask_clone3(void) { return ask_mechanism(FX_MECHANISM_CLONE3); }
static int ask_clone(void) { return ask_mechanism(FX_MECHANISM_CLONE); }
static int ask_table(void) { return fx_platform_shares_table() ? 0 : -ENOTSUP; }

static int ask_helper(void) {
    const char *path;
    int result = fx_platform_find_helper(&path);
    if (result == 0)
        result = ask_mechanism(FX_MECHANISM_CLONE);
    return result == 0 && !fx_platform_keeps_rights() ? -EPERM : result;
}

static int ask_pidfd(void) {
    int fd = fx_platform_pidfd_open(getpid());
    if (fd >= 0)
        (void)fx_sys_close(fd);
    return fd < 0 ? fd : 0;
}

static int ask_close_range(void) { return fx_platform_try_close_range(); }

static const struct own {
    const char *name;
    int (*ask)(void);
    const char *used;
    const char *needs;
} own[] = {
    {"clone3", ask_clone3, "the mechanism of most children", "Linux 5.5, and no filter against it"},
    {"clone", ask_clone, "the mechanism where there is no clone3", "Linux"},
    {"fork", no_code, "the mechanism of callbacks, and where the others are refused", "POSIX"},
    {"helper", ask_helper, "the mechanism in the place of fork, in large processes",
     "forkexec-helper beside the library; Linux 3.17 on x86-64, aarch64 or riscv64"},
    {"pidfd", ask_pidfd, "waiting and signalling without races", "Linux 5.3"},
    {"close_range", ask_close_range, "closing descriptors at once", "Linux 5.9"},
    {"shared table", ask_table, "children of parents with many descriptors",
     "Linux 6.11, or a stable release whose close_range(2) was mended"},
};

enum { OWN = sizeof own / sizeof own[0] };

/* ---- the attributes that not every system has ---- */

static fx_step nth_attribute(size_t n) {
    for (int kind = 0; kind < FX_STEP_COUNT; kind++)
        if (fx_step_table[kind].needs && n-- == 0)
            return (fx_step)kind;
    return FX_STEP_NONE;
}

static void fill(fx_facility *facility, const fx_facility *found) {
    fx_copy_out(found, sizeof *found, facility);
}

int fx_look_up_facility(size_t n, fx_facility *facility) {
    int saved = errno;
    fx_facility found = {.size = sizeof found};
    fx_step step = n < OWN ? FX_STEP_NONE : nth_attribute(n - OWN);
    if (n < OWN) {
        found.name = own[n].name;
        found.used = own[n].used;
        found.needs = own[n].needs;
        found.code = own[n].ask();
    } else if (step != FX_STEP_NONE) {
        found.name = fx_step_table[step].key;
        found.used = "the attribute of that name";
        found.needs = fx_step_table[step].needs;
        found.code = fx_platform_lacks(step);
    } else {
        return -ENOENT;
    }
    found.usable = found.code == 0;
    fx_platform_describe(found.name, found.detail, sizeof found.detail);
    fill(facility, &found);
    errno = saved;
    return 0;
}
