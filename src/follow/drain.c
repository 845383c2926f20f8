/* SPDX-License-Identifier: MIT
 *
 * Opening, looking at and closing a drain.
 */
#include "drain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "platform/deadline.h"
#include "sized.h"

enum { DEFAULT_LINGER = 1000 };

/* ---- what is taken over ---- */

static size_t taken_count(const fx_drain_options *options) {
    return options->output_count + (options->input != NULL);
}

static int taken(const fx_drain_options *options, size_t n) {
    return n < options->output_count ? options->outputs[n].descriptor : options->input->descriptor;
}

/* ---- checks, before anything is ---- */

static bool is_open(int fd) { return fd >= 0 && fcntl(fd, F_GETFD) >= 0; }

static int check_output(const fx_output *output) {
    if (!is_open(output->descriptor))
        return -EBADF;
    if ((unsigned int)output->keep >= FX_KEEP_COUNT || (output->tee_count > 0 && !output->tee))
        return -EINVAL;
    for (size_t i = 0; i < output->tee_count; i++)
        if (!is_open(output->tee[i]))
            return -EBADF;
    return 0;
}

static int check_input(const fx_input *input) {
    if (!is_open(input->descriptor) || (input->from_descriptor && !is_open(input->source)))
        return -EBADF;
    return !input->from_descriptor && input->size > 0 && !input->data ? -EINVAL : 0;
}

/* It would be closed twice, and somebody else's the second time. */
static bool is_taken_twice(const fx_drain_options *options) {
    for (size_t i = 0; i < taken_count(options); i++)
        for (size_t other = 0; other < i; other++)
            if (taken(options, i) == taken(options, other))
                return true;
    return false;
}

static int check(const fx_drain_options *options) {
    if (options->size < sizeof *options || (options->child_count > 0 && !options->children) ||
        (options->output_count > 0 && !options->outputs))
        return -EINVAL;
    if (options->idle_timeout.set && options->output_count == 0)
        return -EINVAL;
    for (size_t i = 0; i < options->child_count; i++)
        if (!options->children[i] || options->children[i]->pid <= 0)
            return -ESRCH;
    int result = options->input ? check_input(options->input) : 0;
    for (size_t i = 0; result == 0 && i < options->output_count; i++)
        result = check_output(&options->outputs[i]);
    return result == 0 && is_taken_twice(options) ? -EINVAL : result;
}

/* ---- opening ---- */

/* Microseconds; so long that nobody waits for it: never. */
static int64_t length_of(const fx_count *milliseconds) {
    return milliseconds->set && milliseconds->value < (unsigned long long)INT64_MAX / 4000
               ? (int64_t)milliseconds->value * 1000
               : -1;
}

static bool has_share(const fx_output *output) {
    return output->store && (output->keep == FX_KEEP_TAIL || output->keep == FX_KEEP_HEAD_AND_TAIL);
}

/* Bounds are in 64 bits; what memory cannot hold is no bound. */
static size_t bound_of(const fx_count *bound) {
    return bound->set && bound->value < SIZE_MAX ? (size_t)bound->value : SIZE_MAX;
}

static int begin_readers(struct fx_drain *drain, const fx_drain_options *options) {
    size_t stored = 0;
    for (size_t i = 0; i < options->output_count; i++)
        stored += options->outputs[i].store;
    size_t share = stored > 0 ? bound_of(&options->most_total) / stored : 0;
    drain->has_bound = options->most_total.set;
    drain->bound = drain->budget = options->most_total.value;
    for (size_t i = 0; i < options->output_count; i++) {
        const fx_output *output = &options->outputs[i];
        size_t most = bound_of(&output->most);
        if (drain->has_bound && has_share(output)) {
            most = share < most ? share : most;
            drain->budget -= share;
        }
        int result = fx_reader_begin(&drain->readers[i], output, most);
        drain->reader_count++;
        if (result < 0)
            return result;
        drain->writes = drain->writes || output->tee_count > 0;
        if (output->store && output->keep == FX_KEEP_STOP)
            drain->bound_stops = drain->has_bound;
    }
    return 0;
}

/* Until they are copied the rungs are the caller's, and not to be freed. */
static int copy_ladder(struct fx_drain *drain, const fx_ladder *given) {
    fx_ladder ladder;
    int result = fx_ladder_read(given, &ladder);
    if (result < 0)
        return result;
    fx_rung *rungs = calloc(ladder.rung_count, sizeof *rungs);
    if (!rungs)
        return -ENOMEM;
    memcpy(rungs, ladder.rungs, ladder.rung_count * sizeof *rungs);
    ladder.rungs = rungs;
    drain->ladder = ladder;
    return 0;
}

static int begin_children(struct fx_drain *drain, const fx_drain_options *options) {
    size_t count = options->child_count;
    drain->children = calloc(count + 1, sizeof *drain->children);
    drain->ended = calloc(count + 1, sizeof *drain->ended);
    if (!drain->children || !drain->ended)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        drain->children[i] = options->children[i];
        drain->unheard += options->children[i]->pidfd < 0;
    }
    drain->child_count = drain->running = count;
    drain->pause = 1;
    return 0;
}

static void begin_times(struct fx_drain *drain, const fx_drain_options *options) {
    static const fx_count usual = FX_COUNT(DEFAULT_LINGER);
    int64_t now = fx_now_microseconds();
    int64_t timeout = length_of(&options->timeout);
    drain->deadline = timeout < 0 ? -1 : now + timeout;
    drain->idle = length_of(&options->idle_timeout);
    drain->idle_deadline = drain->idle < 0 ? -1 : now + drain->idle;
    drain->linger = length_of(options->linger.set ? &options->linger : &usual);
    drain->linger_deadline = -1;
}

static void free_all(struct fx_drain *drain) {
    free(drain->children);
    free(drain->ended);
    free(drain->readers);
    free((void *)(uintptr_t)drain->ladder.rungs);
    free(drain->polled);
    free(drain->watches);
    free(drain);
}

/* Everything that can fail, so that taking over comes last. */
static int build(struct fx_drain *drain, const fx_drain_options *options) {
    drain->feed.fd = -1;
    drain->readers = calloc(options->output_count + 1, sizeof *drain->readers);
    if (!drain->readers)
        return -ENOMEM;
    int result = begin_children(drain, options);
    if (result == 0)
        result = copy_ladder(drain, &options->ladder);
    if (result == 0 && options->input) {
        drain->writes = true;
        result = fx_feed_begin(&drain->feed, options->input);
    }
    if (result == 0)
        result = begin_readers(drain, options);
    if (result == 0)
        begin_times(drain, options);
    return result;
}

/* A write to one that blocks could wait for a child that waits to be read. */
static int make_nonblocking(const fx_drain_options *options) {
    for (size_t i = 0; i < taken_count(options); i++) {
        int on = 1, off = 0;
        if (ioctl(taken(options, i), FIONBIO, &on) == 0)
            continue;
        int result = -errno;
        while (i-- > 0)
            (void)ioctl(taken(options, i), FIONBIO, &off);
        return result;
    }
    return 0;
}

static void take_over(const struct fx_drain *drain, int fd) {
    for (size_t i = 0; i < drain->child_count; i++)
        for (int number = 0; number < 3; number++)
            if (drain->children[i]->stdio[number] == fd)
                drain->children[i]->stdio[number] = -1;
}

/* They were not taken over, and are the caller's to close. */
static void let_go(struct fx_drain *drain) {
    drain->feed.fd = -1;
    for (size_t i = 0; i < drain->reader_count; i++)
        drain->readers[i].fd = -1;
}

int fx_drain_open(const fx_drain_options *options, fx_drain **drain) {
    int saved = errno;
    *drain = NULL;
    int result = check(options);
    if (result < 0)
        return result;
    struct fx_drain *opened = malloc(sizeof *opened);
    if (!opened)
        return -ENOMEM;
    /* The rest is memory that is not touched before something is read. */
    memset(opened, 0, offsetof(struct fx_drain, scratch));
    result = build(opened, options);
    if (result == 0)
        result = make_nonblocking(options);
    if (result < 0) {
        let_go(opened);
        fx_drain_close(opened);
        return result;
    }
    for (size_t i = 0; i < taken_count(options); i++)
        take_over(opened, taken(options, i));
    *drain = opened;
    errno = saved;
    return 0;
}

/* ---- from without ---- */

void fx_drain_stop(fx_drain *drain) { drain->asked_to_stop = true; }

int fx_drain_hang_up(fx_drain *drain, size_t n) {
    int saved = errno;
    if (n >= drain->reader_count)
        return -ENOENT;
    fx_reader_stop(&drain->readers[n], 0);
    errno = saved;
    return 0;
}

void fx_drain_look(const fx_drain *drain, fx_drain_state *state) {
    fx_drain_state made = {
        .ending = drain->ending,
        .held = drain->held,
        .fed = drain->feed.fed,
        .feed_code = drain->feed.code,
        .stop_code = drain->stop_code,
        .stopped_by = drain->climbing.stopped_by,
    };
    fx_copy_out(&made, sizeof made, state);
}

int fx_drain_look_at_output(fx_drain *drain, size_t n, fx_drained *drained) {
    if (n >= drain->reader_count)
        return -ENOENT;
    struct fx_reader *reader = &drain->readers[n];
    fx_store_settle(&reader->store);
    fx_drained made = {
        .data = reader->store.data,
        .kept = reader->store.used,
        .head = fx_store_head(&reader->store, reader->seen),
        .seen = reader->seen,
        .complete = reader->complete,
        .code = reader->code,
        .tee_code = reader->tee_code,
    };
    fx_copy_out(&made, sizeof made, drained);
    return 0;
}

void fx_drain_close(fx_drain *drain) {
    int saved = errno;
    if (!drain)
        return;
    fx_feed_end(&drain->feed);
    for (size_t i = 0; i < drain->reader_count; i++)
        fx_reader_end(&drain->readers[i]);
    if (drain->has_climbed)
        fx_ladder_end(&drain->climbing);
    free_all(drain);
    errno = saved;
}
