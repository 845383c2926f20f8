/* SPDX-License-Identifier: MIT
 *
 * PR_SET_PDEATHSIG means the death of the thread that made the child. So children with a death
 * signal are made by threads of the library's own, which no caller can end.
 *
 * A child inherits some things from that thread, and must not find there what the calling thread
 * does not have. So a launcher is made by the calling thread, whose equal it then is, and
 * serves others only if they are its equals, too; it looks again each time. It serves one
 * at a time, because it sleeps until the child's exec. Those that can have no equal, and
 * those for whom the pool is full, get a thread that ends after its one child.
 *
 * A forked process has none of these threads, and perhaps their locks in any state: what there
 * is belongs to one process, and another makes its own.
 */
#include "launcher.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "platform/death.h"
#include "platform/platform.h"
#include "thread.h"

enum { MOST_KEPT = 16 };

struct job {
    struct fx_launch *launch;
    fx_make_child *make;
    fx_error *error;
    struct fx_profile wanted;
    struct fx_profile found; /* where the launcher is another one's equal, and has done nothing */
    bool is_refused;
    pid_t result;
};

struct launcher {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct job *job; /* NULL when it is done */
    bool is_kept;
    atomic_int users; /* its own thread, and who waits for it */

    /* Of a kept one, under the lock of the pool: */
    struct launcher *next;
    struct fx_profile profile; /* as it was when last looked at */
    bool is_busy;
    pid_t thread;
};

struct pool {
    pid_t process;
    pthread_mutex_t lock;
    struct launcher *first;
    size_t count;
};

/* ---- a launcher's own thread ---- */

static int watch(struct fx_launch *launch) {
    int *fd = &launch->frame.watch;
    int result = *fd = fx_platform_watch_thread();
    /* Where there is no such thing the child can do without. */
    if (result < 0)
        return result == -EMFILE || result == -ENFILE || result == -ENOMEM ? result : 0;
    if (fx_table_is_shared(launch))
        fx_streams_stop_sharing(launch);
    result = fx_keep_aside(launch, fd);
    if (result < 0)
        fx_close_if_open(fd);
    return result;
}

static pid_t make(struct job *job) {
    struct fx_launch *launch = job->launch;
    launch->frame.parent = getpid();
    if (job->wanted.is_apart || launch->plan->birth_flags) {
        int result = watch(launch);
        if (result < 0)
            return fx_plan_error(launch->plan, FX_STEP_DEATH_SIGNAL, -1, result, job->error);
    }
    pid_t pid = job->make(launch, job->error);
    fx_close_if_open(&launch->frame.watch);
    return pid;
}

static void serve_one(struct job *job, bool is_first) {
    sigset_t mask;
    if (!is_first) {
        fx_platform_profile(&job->found);
        job->is_refused = !fx_platform_same_profile(&job->wanted, &job->found);
        if (job->is_refused)
            return;
    }
    (void)fx_sys_block_signals(&mask);
    job->result = make(job);
    (void)fx_sys_set_signal_mask(&mask);
}

static void release(struct launcher *launcher) {
    if (atomic_fetch_sub(&launcher->users, 1) == 1)
        fx_platform_free_own_memory(launcher, sizeof *launcher);
}

static void *serve(void *argument) {
    struct launcher *self = argument;
    pid_t child = -1;
    fx_thread_begin("forkexec");
    (void)pthread_mutex_lock(&self->lock);
    self->thread = fx_platform_thread();
    for (bool is_first = true; is_first || self->is_kept; is_first = false) {
        while (!self->job)
            (void)pthread_cond_wait(&self->changed, &self->lock);
        serve_one(self->job, is_first);
        child = self->job->result;
        self->job = NULL;
        (void)pthread_cond_signal(&self->changed);
    }
    (void)pthread_mutex_unlock(&self->lock);
    if (child > 0)
        fx_platform_outlive(child);
    release(self);
    return NULL;
}

/* ---- the calling thread ---- */

static void wait_until_done(struct launcher *launcher) {
    (void)pthread_mutex_lock(&launcher->lock);
    while (launcher->job)
        (void)pthread_cond_wait(&launcher->changed, &launcher->lock);
    (void)pthread_mutex_unlock(&launcher->lock);
}

/* With its first job. */
static struct launcher *start(struct job *job, bool is_kept, int *code) {
    struct launcher *launcher = fx_platform_own_memory(sizeof *launcher);
    *code = -ENOMEM;
    if (!launcher)
        return NULL;
    (void)pthread_mutex_init(&launcher->lock, NULL);
    (void)pthread_cond_init(&launcher->changed, NULL);
    launcher->job = job;
    launcher->is_kept = launcher->is_busy = is_kept;
    launcher->profile = job->wanted;
    atomic_init(&launcher->users, 2);
    *code = fx_thread_make(serve, launcher);
    if (*code == 0)
        return launcher;
    fx_platform_free_own_memory(launcher, sizeof *launcher);
    return NULL;
}

/* ---- the pool of a process ---- */

static _Atomic(struct pool *) current;

static struct pool *pool_of_process(void) {
    pid_t self = getpid();
    struct pool *pool = atomic_load(&current);
    /* That of a process which forked this one, who else may be looking at it now, is left alone. */
    while (!pool || pool->process != self) {
        struct pool *fresh = fx_platform_own_memory(sizeof *fresh);
        if (!fresh)
            return NULL;
        fresh->process = self;
        (void)pthread_mutex_init(&fresh->lock, NULL);
        if (atomic_compare_exchange_strong(&current, &pool, fresh))
            return fresh;
        fx_platform_free_own_memory(fresh, sizeof *fresh);
    }
    return pool;
}

/* An equal of the caller's that has nothing to do; or NULL, and whether there may be one more. */
static struct launcher *take(struct pool *pool, const struct fx_profile *wanted, bool *may_keep) {
    (void)pthread_mutex_lock(&pool->lock);
    struct launcher *found = pool->first;
    while (found && (found->is_busy || !fx_platform_same_profile(wanted, &found->profile) ||
                     !fx_platform_shares_files(found->thread)))
        found = found->next;
    if (found)
        found->is_busy = true;
    *may_keep = !found && wanted->is_whole && pool->count < MOST_KEPT;
    if (*may_keep)
        pool->count++;
    (void)pthread_mutex_unlock(&pool->lock);
    return found;
}

static void put(struct pool *pool, struct launcher *launcher) {
    (void)pthread_mutex_lock(&pool->lock);
    launcher->is_busy = false;
    launcher->next = pool->first;
    pool->first = launcher;
    (void)pthread_mutex_unlock(&pool->lock);
}

static void put_back(struct pool *pool, struct launcher *launcher, const struct job *job) {
    (void)pthread_mutex_lock(&pool->lock);
    if (job->is_refused)
        launcher->profile = job->found;
    launcher->is_busy = false;
    (void)pthread_mutex_unlock(&pool->lock);
}

static void give_up_place(struct pool *pool) {
    (void)pthread_mutex_lock(&pool->lock);
    pool->count--;
    (void)pthread_mutex_unlock(&pool->lock);
}

static pid_t use_new(struct pool *pool, struct job *job, bool is_kept) {
    int code;
    struct launcher *launcher = start(job, is_kept, &code);
    if (!launcher) {
        if (is_kept)
            give_up_place(pool);
        (void)fx_error_set(job->error, code, FX_STEP_CLONE, -1, "%s", "thread");
        fx_error_detail(job->error, "no thread for children with a death signal can be made");
        return code;
    }
    wait_until_done(launcher);
    if (is_kept)
        put(pool, launcher);
    else
        release(launcher);
    return job->result;
}

static void use(struct launcher *launcher, struct job *job) {
    (void)pthread_mutex_lock(&launcher->lock);
    launcher->job = job;
    (void)pthread_cond_signal(&launcher->changed);
    (void)pthread_mutex_unlock(&launcher->lock);
    wait_until_done(launcher);
}

pid_t fx_launcher_make(struct fx_launch *launch, fx_make_child *make_child, fx_error *error) {
    struct job job = {.launch = launch, .make = make_child, .error = error};
    struct pool *pool = pool_of_process();
    bool may_keep = false;
    fx_platform_profile(&job.wanted);
    while (pool) {
        struct launcher *launcher = take(pool, &job.wanted, &may_keep);
        if (!launcher)
            break;
        job.is_refused = false;
        use(launcher, &job);
        put_back(pool, launcher, &job);
        if (!job.is_refused)
            return job.result;
    }
    return use_new(pool, &job, may_keep);
}
