/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/death.h"

/*
 * The parent may have died before the signal was set, and then nobody sends it. Who is the parent
 * tells: the kernel gives a child away and looks for its signal in one go, so if it still has
 * its parent now, the signal will come; that another thread of the same process has inherited it
 * does no harm, since that one's end sends the signal too. Neither a subreaper nor any other
 * process in whose hands it could be has the parent's number. The end of a pipe that the parent
 * holds, or of the process by its pidfd, comes later than that, as the memory and files of all
 * threads are released first: it could still be to come when the child has been given away
 * already. And a fork of the parent may hold the same pipe.
 *
 * From another pid namespace all parents are 0: there the end of the very thread that made the
 * child tells, which the kernel makes known before it lets go of the lock that it gave the
 * child away under.
 */
int fx_run_death_signal(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)index;
    int result = fx_sys_death_signal((int)step->number);
    if (result < 0)
        return result;
    pid_t parent = fx_sys_settled_parent();
    bool is_gone =
        parent != 0 ? parent != frame->parent : frame->watch >= 0 && fx_sys_has_ended(frame->watch);
    return is_gone ? -ESRCH : 0;
}
