/* SPDX-License-Identifier: MIT
 *
 * A child that the helper makes of itself: it is born on shared memory, so that the size of this
 * process costs nothing, and executes a program that is tiny, where every step may be done. From
 * its first record on it is what a forked child is; before it, nothing of the plan has been done,
 * and another mechanism can take its place.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "child/become.h"
#include "helper/image.h"
#include "launch.h"
#include "leash.h"
#include "platform/helper.h"
#include "platform/platform.h"

enum { HANDED_INLINE = 64 };

struct attempt {
    const char *path;
    int report[2];
    int image;
    int *handed;
    size_t handed_count;
    int inline_handed[HANDED_INLINE];
};

/*
 * Measured on x86-64 with pages of 4 KB: helper and fork take as long in a process of 2 MB; here
 * the fork takes nearly three times as long, and beyond, 27 microseconds more for each MB.
 */
enum { LARGE = 16 * 1024 * 1024 };

bool fx_helper_is_better(const struct fx_launch *launch) {
    return launch->plan->helper_if_large && fx_platform_forked_bytes() >= LARGE;
}

/* 0, which says to do without the helper; `error` says why. */
static pid_t unusable(fx_error *error, int code, const char *why) {
    (void)fx_error_set(error, code, FX_STEP_CLONE, -1, "%s", FX_HELPER_NAME);
    fx_error_detail(error, "%s", why);
    return 0;
}

/* ---- what is handed over ---- */

static void hand(struct attempt *attempt, int fd) {
    if (fx_sys_descriptor_flags(fd) > 0)
        attempt->handed[attempt->handed_count++] = fd;
}

/* All that a step may touch; the exec of the helper would close it too early. */
static int list_handed(const struct fx_launch *launch, struct attempt *attempt) {
    const struct fx_frame *frame = &launch->frame;
    const struct fx_plan *plan = launch->plan;
    size_t most = frame->open_count + frame->move_count + plan->step_count;
    attempt->handed = attempt->inline_handed;
    if (most > HANDED_INLINE)
        attempt->handed = malloc(most * sizeof *attempt->handed);
    if (!attempt->handed)
        return -ENOMEM;
    for (size_t i = 0; i < frame->open_count; i++)
        hand(attempt, frame->open[i]);
    for (size_t i = 0; i < frame->move_count; i++)
        if (frame->moves[i].from >= 0)
            hand(attempt, frame->moves[i].from);
    for (size_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].kind == FX_STEP_CLOSE)
            hand(attempt, (int)plan->steps[i].number);
    return 0;
}

/* ---- the image ---- */

struct writer {
    struct fx_image image;
    struct iovec bytes[2 * FX_IMAGE_PARTS + 2];
    int count;
};

static void append(struct writer *writer, const void *bytes, size_t size) {
    /* iovec is for reading and for writing. */
    writer->bytes[writer->count++] =
        (struct iovec){.iov_base = (void *)(uintptr_t)bytes, .iov_len = size};
    writer->image.size += size;
}

/* As aligned as it was. */
static void append_part(struct writer *writer, const void *bytes, size_t size) {
    static const char padding[_Alignof(max_align_t)];
    append(writer, padding, -writer->image.size % sizeof padding);
    writer->image.parts[writer->image.relocation.count++] =
        (struct fx_moved){.from = bytes, .to = (char *)(uintptr_t)writer->image.size, .size = size};
    append(writer, bytes, size);
}

static int write_image(const struct fx_launch *launch, const struct attempt *attempt,
                       size_t *size) {
    const struct fx_frame *frame = &launch->frame;
    struct writer writer = {.image = {.stamp = FX_HELPER_STAMP,
                                      .handed = attempt->handed,
                                      .handed_count = attempt->handed_count,
                                      .frame = *frame}};
    append(&writer, &writer.image, sizeof writer.image);
    append_part(&writer, frame->plan, frame->plan->size);
    append_part(&writer, frame->moves, frame->move_count * sizeof *frame->moves);
    append_part(&writer, frame->open, frame->open_count * sizeof *frame->open);
    append_part(&writer, frame->held, frame->plan->held_count * sizeof *frame->held);
    append_part(&writer, launch->variables, launch->variables_size);
    append_part(&writer, attempt->handed, attempt->handed_count * sizeof *attempt->handed);
    *size = writer.image.size;
    return fx_platform_memory_file("forkexec-plan", writer.bytes, writer.count);
}

/* ---- the child ---- */

static int prepare(struct fx_launch *launch, struct attempt *attempt, fx_error *error) {
    fx_reason obstacle;
    int result = fx_platform_find_helper(&attempt->path);
    if (result < 0)
        return unusable(error, result, "it is neither beside the library nor where it belongs");
    if (!fx_platform_keeps_rights())
        return unusable(error, -ENOTSUP, "exec would change the rights of this thread");
    result = fx_memory_obstacle(&obstacle);
    if (result < 0)
        return fx_error_set(error, result, FX_STEP_CLONE, -1, "%s", FX_HELPER_NAME);
    if (obstacle != FX_REASON_NONE)
        return unusable(error, -ENOTSUP, fx_reason_text(obstacle));
    if (fx_report_open(launch, attempt->report, error) < 0 || fx_maps_open(launch, error) < 0)
        return 0;
    launch->frame.handlers_cleared = true;
    launch->frame.shares_memory = false;
    launch->frame.report.progress = FX_PROGRESS_NONE;
    if (list_handed(launch, attempt) < 0)
        return unusable(error, -ENOMEM, "no memory for the list of descriptors");
    return 1;
}

/* The child, executing the helper or ended; a negative errno, or 0 as from unusable(). */
static pid_t make(struct fx_launch *launch, struct attempt *attempt, fx_error *error) {
    char descriptor[16], length[24], name[] = FX_HELPER_NAME;
    char *argv[] = {name, descriptor, length, NULL}, *environment[] = {NULL};
    struct fx_becoming becoming = {.path = attempt->path,
                                   .argv = argv,
                                   .environment = environment,
                                   .handed = attempt->handed,
                                   .handed_count = attempt->handed_count};
    struct fx_clone_request request = {.run = fx_child_become_helper,
                                       .argument = &becoming,
                                       .pidfd = !launch->plan->without_pidfd,
                                       .place = fx_leash_place(launch),
                                       .exit_signal = SIGCHLD};
    pid_t pid;
    fx_birth_ask(launch, FX_MECHANISM_HELPER, &request);
    do {
        size_t size;
        fx_close_if_open(&attempt->image);
        becoming.image = attempt->image = write_image(launch, attempt, &size);
        if (attempt->image < 0)
            return unusable(error, attempt->image, "no file in memory for the plan");
        (void)snprintf(descriptor, sizeof descriptor, "%d", attempt->image);
        (void)snprintf(length, sizeof length, "%zu", size);
        pid = fx_leash_before(launch, FX_LEASH_BEARING);
        if (pid == 0)
            pid = launch->pid = fx_clone_any(&request, &launch->pidfd);
        fx_leash_after(launch, pid);
    } while (pid < 0 && fx_birth_ask_less(launch, &request, pid));
    /* EMFILE: a fork needs fewer descriptors at a time. */
    if (pid < 0 && (fx_is_refusal(pid) || pid == -EMFILE))
        return unusable(error, pid, "such a child cannot be made");
    if (pid < 0)
        return pid;
    if (becoming.code == 0)
        return pid;
    siginfo_t info;
    fx_launch_reap(launch, &info);
    return unusable(error, becoming.code, "it cannot be executed");
}

static pid_t follow(struct fx_launch *launch, struct attempt *attempt, fx_error *error) {
    siginfo_t info;
    fx_close_if_open(&attempt->report[1]);
    fx_report_read(launch, attempt->report[0]);
    /* Killed, it is to be taken for the program, and not made anew: who did that means it. */
    if (launch->frame.report.progress != FX_PROGRESS_NONE || fx_launch_was_killed(launch))
        return launch->pid;
    fx_launch_reap(launch, &info);
    return unusable(error, -ECANCELED, "it ended before it began");
}

pid_t fx_launch_helped(struct fx_launch *launch, fx_error *error) {
    struct attempt attempt = {.report = {-1, -1}, .image = -1};
    launch->release[0] = launch->release[1] = -1;
    pid_t result = prepare(launch, &attempt, error);
    if (result > 0)
        result = make(launch, &attempt, error);
    if (result > 0)
        result = follow(launch, &attempt, error);
    for (int i = 0; i < 2; i++) {
        fx_drop_aside(launch, &attempt.report[i]);
        fx_drop_aside(launch, &launch->release[i]);
    }
    launch->frame.report_descriptor = launch->frame.release = -1;
    fx_close_if_open(&attempt.image);
    if (attempt.handed != attempt.inline_handed)
        free(attempt.handed);
    return result;
}
