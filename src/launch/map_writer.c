/* SPDX-License-Identifier: MIT
 *
 * Id maps of a process that enters a new user namespace itself: more than one id of its own can
 * only be mapped from outside, so a process that stays there does it. It is nobody's child, lest
 * the program find one that it did not start.
 */
#include <errno.h>
#include <unistd.h>

#include "launch.h"
#include "platform/platform.h"

/* Until it is asked, or whoever could ask has become the program or has failed. */
static _Noreturn void write_when_asked(const struct fx_launch *launch, int asked) {
    struct fx_report record;
    ssize_t size;
    do {
        size = read(asked, &record, sizeof record);
        if (size == (ssize_t)sizeof record && record.progress == FX_PROGRESS_MAPS) {
            fx_maps_answer(launch);
            break;
        }
    } while (size > 0 || (size < 0 && errno == EINTR));
    fx_sys_exit(0);
}

int fx_map_writer_start(struct fx_launch *launch, fx_error *error) {
    int ends[2] = {-1, -1};
    siginfo_t info;
    int result = fx_maps_open(launch, error);
    if (result == 0)
        result = fx_pipe_aside(launch, ends, "id maps", error);
    if (result < 0)
        return result;
    launch->pid = getpid();
    pid_t between = fx_platform_fork(false);
    if (between == 0) {
        pid_t writer = fx_platform_fork(false);
        if (writer != 0)
            fx_sys_exit(writer < 0 ? 1 : 0);
        (void)fx_sys_close(ends[1]);
        write_when_asked(launch, ends[0]);
    }
    if (between < 0) {
        fx_close_if_open(&ends[0]);
        fx_close_if_open(&ends[1]);
        return fx_error_set(error, between, FX_STEP_CLONE, -1, "%s", "id maps");
    }
    (void)fx_platform_wait(between, -1, -1, true, &info, NULL);
    /* Both ends stay open until exec: no SIGPIPE when the writer has done its work. */
    launch->frame.report_descriptor = ends[1];
    launch->asking = ends[0];
    return 0;
}
