/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../request.h"

void output_begin(struct output *output) { output->spill = -1; }

static void note(struct output *output, int result) {
    if (result < 0 && output->code == 0)
        output->code = result;
}

static void write_spools(struct output *output, struct group *group) {
    for (int stream = 0; stream < 2; stream++) {
        struct spool *spool = &group->spools[stream];
        if (spool->used == 0 && spool->extent_count == 0)
            continue;
        if (output->before)
            output->before(output->argument);
        if (output->code == 0)
            note(output, spool_write(output, spool, STDOUT_FILENO + stream));
        else
            spool_drop(output, spool);
    }
    output->held -= group->held;
    group->held = 0;
}

static struct group **place_of(struct output *output, size_t position) {
    return &output->window[position % output->room];
}

/* Positions from `next` on, as many as there is room for. */
static void widen(struct output *output) {
    size_t room = output->room ? 2 * output->room : 64;
    struct group **wider = allocate(room, sizeof *wider);
    for (size_t i = 0; i < output->room; i++)
        wider[(output->next + i) % room] = *place_of(output, output->next + i);
    free(output->window);
    output->window = wider;
    output->room = room;
}

struct group *job_output_open(struct output *output, size_t position) {
    struct group *group = allocate(1, sizeof *group);
    group->position = position;
    if (!output->keep_order)
        return group;
    while (position - output->next >= output->room)
        widen(output);
    *place_of(output, position) = group;
    return group;
}

static bool has_turn(const struct output *output, const struct group *group) {
    return output->keep_order && group->final && group->position == output->next;
}

void output_put(struct output *output, struct group *group, int stream, const char *data,
                size_t size) {
    if (output->code < 0 || size == 0)
        return;
    bool direct = output->at_once || has_turn(output, group);
    if (!direct) {
        note(output, spool_add(output, &group->spools[stream], data, size));
        return;
    }
    write_spools(output, group);
    if (output->before)
        output->before(output->argument);
    if (output->code == 0)
        note(output, write_fully(STDOUT_FILENO + stream, data, size));
}

void output_retry(struct output *output, struct group *group) {
    for (int stream = 0; stream < 2; stream++)
        spool_drop(output, &group->spools[stream]);
}

/* Those that wait hold little memory, however many they are. */
static void hold(struct output *output, struct group *group) {
    enum { MOST_HELD = 8 << 20 };
    for (int stream = 0; stream < 2; stream++) {
        struct spool *spool = &group->spools[stream];
        if (output->held + spool->used > MOST_HELD)
            note(output, spool_spill(output, spool));
        char *fitting = spool->used ? realloc(spool->memory, spool->used) : NULL;
        if (spool->used == 0)
            free(spool->memory);
        if (fitting || spool->used == 0) {
            spool->memory = fitting;
            spool->room = spool->used;
        }
        group->held += spool->used;
        output->held += spool->used;
    }
}

void output_close(struct output *output, struct group *group) {
    if (!output->keep_order) {
        write_spools(output, group);
        free(group);
        return;
    }
    group->finished = true;
    if (group->position != output->next) {
        hold(output, group);
        return;
    }
    while ((group = *place_of(output, output->next)) && group->finished) {
        write_spools(output, group);
        free(group);
        *place_of(output, output->next++) = NULL;
    }
    /* The next one still runs; it need not wait any more. */
    if (group && group->final)
        write_spools(output, group);
}

void output_end(struct output *output) {
    for (size_t i = 0; i < output->room; i++) {
        struct group *group = *place_of(output, output->next + i);
        if (group)
            write_spools(output, group);
        free(group);
    }
    free(output->window);
    if (output->spill >= 0)
        (void)close(output->spill);
    output->window = NULL;
    output->room = 0;
    output->spill = -1;
}
