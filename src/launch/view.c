/* SPDX-License-Identifier: MIT */
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launch.h"
#include "platform/identity.h"
#include "platform/platform.h"

void fx_view_begin(struct fx_view *view) {
    view->root = -1;
    view->directory = AT_FDCWD;
    view->inside[0] = '\0';
}

void fx_view_close(struct fx_view *view) {
    fx_close_if_open(&view->directory);
    fx_close_if_open(&view->root);
    fx_view_begin(view);
}

/* Where a path leads below the root; `joined` has room for PATH_MAX. */
static bool join(const struct fx_view *view, const char *path, char *joined) {
    const char *before = path[0] == '/' ? "" : view->inside;
    int length = snprintf(joined, PATH_MAX, "%s/%s", before, path);
    return length > 0 && length < PATH_MAX;
}

int fx_view_look(const struct fx_view *view, const char *path, int flags) {
    char joined[PATH_MAX];
    int fd;
    if (view->root >= 0) {
        if (!join(view, path, joined))
            return -ENAMETOOLONG;
        return fx_platform_open_in_root(view->root, joined, flags | O_CLOEXEC);
    }
    fd = openat(view->directory, path, flags | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

bool fx_view_lacks(const struct fx_view *view, const char *path) {
    struct stat status;
    if (view->root < 0)
        return fstatat(view->directory, path, &status, 0) < 0;
    /* A directory to look from is enough; what it is does not matter, and a fifo would wait. */
    int fd = fx_view_look(view, path, O_RDONLY | O_NONBLOCK);
    if (fd >= 0)
        (void)fx_sys_close(fd);
    return fd == -ENOENT || fd == -ENOTDIR;
}

static bool take(int *place, int fd) {
    if (fd < 0)
        return false;
    fx_close_if_open(place);
    *place = fd;
    return true;
}

static bool enter(struct fx_view *view, const struct fx_plan_step *step) {
    char joined[PATH_MAX];
    if (view->root < 0)
        return take(&view->directory, fx_view_look(view, step->path, O_RDONLY | O_DIRECTORY));
    if (!join(view, step->path, joined))
        return false;
    memcpy(view->inside, joined, strlen(joined) + 1);
    return true;
}

static bool change_root(struct fx_view *view, const struct fx_plan *plan,
                        const struct fx_plan_step *step) {
    int root = step->path ? fx_view_look(view, step->path, O_RDONLY | O_DIRECTORY)
                          : fx_sys_dup_above(plan->held[step->held].descriptor, 0);
    fx_close_if_open(&view->directory);
    return take(&view->root, root);
}

static bool follow(struct fx_view *view, const struct fx_plan *plan,
                   const struct fx_plan_step *step) {
    switch (step->kind) {
    case FX_STEP_CHDIR:
        return enter(view, step);
    case FX_STEP_FCHDIR:
        return take(&view->directory, fx_sys_dup_above(plan->directory_fd, 0));
    case FX_STEP_CHROOT:
        return change_root(view, plan, step);
    default:
        return true;
    }
}

bool fx_view_open(struct fx_view *view, const struct fx_plan *plan) {
    fx_view_begin(view);
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct fx_plan_step *step = &plan->steps[i];
        bool moves = step->kind == FX_STEP_CHDIR || step->kind == FX_STEP_FCHDIR ||
                     step->kind == FX_STEP_CHROOT;
        /* One that may have been skipped leaves two places where the child can be. */
        if ((moves && step->best_effort) || !follow(view, plan, step)) {
            fx_view_close(view);
            return false;
        }
    }
    return true;
}
