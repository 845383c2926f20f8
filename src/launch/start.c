/* SPDX-License-Identifier: MIT
 *
 * A start is launched by a thread that is made for it, by the calling one and so its equal in all
 * that a child inherits. That thread, the maker, sleeps in the kernel until its child has called
 * execve. So where there is a deadline a second one, the minder, sleeps until then.
 *
 * The maker stays until somebody has taken what came of it: a start that is given up late has a
 * child to be killed and reaped, and who gives it up may not wait for that.
 *
 * A forked process has a copy of the start and none of the threads, and perhaps the locks in any
 * state: there it can only be freed.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "launch.h"
#include "leash.h"
#include "platform/condition.h"
#include "platform/platform.h"
#include "sized.h"
#include "thread.h"

struct fx_start {
    pid_t process;
    int bell[2]; /* the caller's descriptor, and what rings it; -1: closed */
    fx_plan *plan;
    int timeout;
    struct fx_deadline deadline;
    struct fx_leash leash;
    atomic_int users; /* the caller and the threads */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_done;      /* the rest says what came of it */
    bool is_taken;     /* by the caller */
    bool is_abandoned; /* or by nobody */
    int result;
    fx_child child;
    fx_error error;
};

static void close_bell(struct fx_start *start) {
    if (start->bell[1] == start->bell[0])
        start->bell[1] = -1;
    fx_close_if_open(&start->bell[0]);
    fx_close_if_open(&start->bell[1]);
}

static void free_start(struct fx_start *start) {
    close_bell(start);
    fx_plan_free(start->plan);
    free(start);
}

static void release(struct fx_start *start) {
    if (atomic_fetch_sub(&start->users, 1) != 1)
        return;
    (void)pthread_cond_destroy(&start->changed);
    (void)pthread_mutex_destroy(&start->lock);
    (void)pthread_mutex_destroy(&start->leash.lock);
    free_start(start);
}

/* ---- the minder ---- */

static void *mind(void *argument) {
    struct fx_start *start = argument;
    bool is_late = false;
    fx_thread_begin("forkexec-minder");
    (void)pthread_mutex_lock(&start->lock);
    while (!start->is_done && !start->is_abandoned && !is_late) {
        fx_condition_wait_until(&start->changed, &start->lock, &start->deadline);
        is_late = fx_deadline_left(&start->deadline) == 0;
    }
    bool is_wanted = is_late && !start->is_done && !start->is_abandoned;
    (void)pthread_mutex_unlock(&start->lock);
    if (is_wanted)
        (void)fx_leash_pull(&start->leash);
    release(start);
    return NULL;
}

static int make_minder(struct fx_start *start) {
    if (start->timeout < 0)
        return 0;
    atomic_fetch_add(&start->users, 1);
    int result = fx_thread_make(mind, start);
    if (result == 0)
        return 0;
    atomic_fetch_sub(&start->users, 1);
    return fx_error_set(&start->error, result, FX_STEP_CLONE, -1, "%s", "thread");
}

/* ---- the maker ---- */

static int tell_late(struct fx_start *start) {
    (void)fx_plan_error(start->plan, FX_STEP_EXEC, -1, -ETIMEDOUT, &start->error);
    fx_error_detail(&start->error, "it did not reach its program within %d ms, and was killed",
                    start->timeout);
    return -ETIMEDOUT;
}

static int launch(struct fx_start *start) {
    int result = make_minder(start);
    if (result == 0)
        result = fx_launch_leashed(start->plan, &start->leash, &start->child, &start->error);
    bool is_pulled = fx_leash_end(&start->leash);
    /* One that had told of its failure before has failed with that. */
    if (!is_pulled || (result < 0 && result != -ECANCELED))
        return result;
    /* What reached its program in that moment has been killed all the same. */
    if (result == 0)
        fx_discard(&start->child);
    return tell_late(start);
}

static void ring(const struct fx_start *start) {
    const uint64_t once = 1;
    if (start->bell[1] >= 0)
        (void)fx_sys_write(start->bell[1], &once, sizeof once);
}

static void *make(void *argument) {
    struct fx_start *start = argument;
    fx_thread_begin("forkexec-start");
    int result = launch(start);
    (void)pthread_mutex_lock(&start->lock);
    start->result = result;
    start->is_done = true;
    ring(start);
    (void)pthread_cond_broadcast(&start->changed);
    while (result == 0 && !start->is_taken && !start->is_abandoned)
        (void)pthread_cond_wait(&start->changed, &start->lock);
    bool is_unwanted = result == 0 && !start->is_taken;
    (void)pthread_mutex_unlock(&start->lock);
    if (is_unwanted)
        fx_discard(&start->child);
    release(start);
    return NULL;
}

static int make_maker(struct fx_start *start, fx_error *error) {
    int result = fx_sys_block_signals(&start->leash.mask);
    if (result < 0)
        return fx_error_set(error, result, FX_STEP_SIGNAL_MASK, -1, "%s", "");
    result = fx_thread_make(make, start);
    (void)fx_sys_set_signal_mask(&start->leash.mask);
    return result < 0 ? fx_error_set(error, result, FX_STEP_CLONE, -1, "%s", "thread") : 0;
}

/* ---- the caller ---- */

static int check_meaning(const fx_plan *plan, fx_error *error) {
    for (size_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].kind == FX_STEP_TRACED)
            return fx_error_command(error, -EINVAL, "traced",
                                    "the thread that would trace it is none of the caller's");
    return 0;
}

static int fill(struct fx_start *start, fx_plan *plan, int timeout, fx_error *error) {
    *start = (struct fx_start){
        .process = getpid(),
        .bell = {-1, -1},
        .plan = plan,
        .timeout = timeout,
        .deadline = fx_deadline_after(timeout),
        .child = {.size = sizeof start->child},
    };
    fx_error_clear(&start->error);
    int result = fx_platform_bell(start->bell);
    if (result < 0)
        return fx_error_set(error, result, FX_STEP_PIPE, -1, "%s", "start");
    atomic_init(&start->users, 2);
    (void)pthread_mutex_init(&start->lock, NULL);
    fx_condition_init(&start->changed);
    fx_leash_begin(&start->leash);
    return make_maker(start, error);
}

static int start_plan(fx_plan *plan, int timeout, fx_start **made, fx_error *error) {
    int result = check_meaning(plan, error);
    if (result < 0) {
        fx_plan_free(plan);
        return result;
    }
    struct fx_start *start = malloc(sizeof *start);
    if (!start) {
        fx_plan_free(plan);
        return fx_error_set(error, -ENOMEM, FX_STEP_ALLOCATE, -1, "%s", "start");
    }
    result = fill(start, plan, timeout, error);
    if (result < 0)
        free_start(start);
    else
        *made = start;
    return result;
}

int fx_spawn_start(const fx_command *command, int timeout, fx_start **start, fx_error *error) {
    int saved = errno;
    fx_plan *plan;
    fx_error failure;
    *start = NULL;
    fx_error_clear(&failure);
    int result = fx_compile(command, &plan, &failure);
    if (result == 0)
        result = start_plan(plan, timeout, start, &failure);
    if (result < 0)
        fx_error_copy_out(&failure, error);
    else
        errno = saved;
    return result;
}

int fx_start_descriptor(const fx_start *start) { return start->bell[0]; }

static bool is_forked(const struct fx_start *start) { return start->process != getpid(); }

static int take(struct fx_start *start, fx_child *child, fx_error *error) {
    (void)pthread_mutex_lock(&start->lock);
    while (!start->is_done)
        (void)pthread_cond_wait(&start->changed, &start->lock);
    int result = start->result;
    if (result == 0)
        fx_copy_out(&start->child, sizeof start->child, child);
    else
        *error = start->error;
    start->is_taken = true;
    close_bell(start);
    (void)pthread_cond_broadcast(&start->changed);
    (void)pthread_mutex_unlock(&start->lock);
    return result;
}

static void abandon(struct fx_start *start) {
    (void)pthread_mutex_lock(&start->lock);
    start->is_abandoned = true;
    close_bell(start);
    (void)pthread_cond_broadcast(&start->changed);
    (void)pthread_mutex_unlock(&start->lock);
    (void)fx_leash_pull(&start->leash);
}

static int finish(struct fx_start *start, fx_child *child, fx_error *error) {
    if (is_forked(start)) {
        free_start(start);
        (void)fx_error_set(error, -ECHILD, FX_STEP_CLONE, -1, "%s", "start");
        fx_error_detail(error, "it is under way in the process that this one was forked from");
        return error->code;
    }
    int result;
    if (fx_child_is_whole(child)) {
        result = take(start, child, error);
    } else {
        abandon(start);
        result = fx_error_command(error, -EINVAL, "child", "its size must be sizeof(fx_child)");
    }
    release(start);
    return result;
}

int fx_start_finish(fx_start *start, fx_child *child, fx_error *error) {
    int saved = errno, cancel;
    fx_error failure;
    fx_error_clear(&failure);
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    int result = finish(start, child, &failure);
    (void)pthread_setcancelstate(cancel, &cancel);
    if (result < 0)
        fx_error_copy_out(&failure, error);
    else
        errno = saved;
    return result;
}

void fx_start_abandon(fx_start *start) {
    int saved = errno, cancel;
    if (!start)
        return;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    if (is_forked(start)) {
        free_start(start);
    } else {
        abandon(start);
        release(start);
    }
    (void)pthread_setcancelstate(cancel, &cancel);
    errno = saved;
}
