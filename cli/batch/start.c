/* SPDX-License-Identifier: MIT
 *
 * From a record to a running child.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"

static bool is_unset(const struct parsed *parsed, const char *variable) {
    const char *const *name = parsed->environment_unset.data;
    for (size_t i = 0; i < parsed->environment_unset.count; i++) {
        size_t length = strlen(name[i]);
        if (strncmp(variable, name[i], length) == 0 && variable[length] == '=')
            return true;
    }
    return false;
}

static void add_all(struct list *list, const char *const *texts) {
    for (; texts && *texts; texts++)
        list_add_text(list, *texts);
}

/* What the record says wins over the command line. */
static void add_environment(struct batch *batch, fx_command *command) {
    const struct parsed *parsed = &batch->parsed;
    if (parsed->environment_set.count == 0 && parsed->environment_unset.count == 0)
        return;
    struct list *set = &batch->environment_set, *unset = &batch->environment_unset;
    set->count = unset->count = 0;
    for (const char *const *at = command->environment_set; at && *at; at++)
        if (!is_unset(parsed, *at))
            list_add_text(set, *at);
    add_all(unset, command->environment_unset);
    if (parsed->environment_set.count > 0)
        add_all(set, parsed->environment_set.data);
    if (parsed->environment_unset.count > 0)
        add_all(unset, parsed->environment_unset.data);
    command->environment_set = set->count ? set->data : NULL;
    command->environment_unset = unset->count ? unset->data : NULL;
}

/* A file that nobody has a name for, so that no writer has to be around while it is read. */
static int make_input(const struct parsed *parsed) {
    struct output file = {.spill = -1};
    struct spool spool = {.memory = (char *)(uintptr_t)parsed->input, .used = parsed->input_size};
    int result = spool_spill(&file, &spool);
    free(spool.extents);
    if (result == 0 && file.spill >= 0 && lseek(file.spill, 0, SEEK_SET) < 0)
        result = -errno;
    if (result < 0 && file.spill >= 0)
        (void)close(file.spill);
    return result < 0 ? result : file.spill;
}

static int complain_of(const struct job *job, const fx_error *error) {
    char text[FX_MESSAGE_MAX];
    (void)fx_error_message(error, text, sizeof text);
    progress_hide(&job->batch->progress);
    (void)complain(NULL, "%zu: %s", job->number, text);
    return status_of(error);
}

static void fill(struct batch *batch, fx_command *command) {
    const struct parsed *parsed = &batch->parsed;
    char **words = parsed->words.data;
    *command = batch->command;
    if (!command->program_fd.set)
        command->program = words[0];
    /* --argv0 has left its name here. */
    if (batch->command.argv)
        words[0] = batch->command.argv[0];
    command->argv = words;
    add_environment(batch, command);
    if (parsed->directory) {
        command->directory = parsed->directory;
        command->directory_fd.set = false;
    }
}

static char *make_tag(const struct batch *batch, size_t number) {
    const struct parsed *parsed = &batch->parsed;
    char *const *words = parsed->words.data;
    size_t size = 1;
    if (parsed->tag || batch->records.format != INPUT_JSON) {
        const char *text = parsed->tag ? parsed->tag : record_text(&batch->records, number);
        char *copy = allocate(strlen(text) + 1, 1);
        return strcpy(copy, text);
    }
    for (size_t i = 0; words[i]; i++)
        size += strlen(words[i]) + 1;
    char *tag = allocate(size, 1);
    char *at = tag;
    for (size_t i = 0; words[i]; i++) {
        size_t length = strlen(words[i]);
        if (i > 0)
            *at++ = ' ';
        memcpy(at, words[i], length);
        at += length;
    }
    return tag;
}

/* ---- following ---- */

static int take(void *argument, const void *data, size_t size) {
    struct stream *stream = argument;
    struct job *job = stream->job;
    struct batch *batch = job->batch;
    const fx_count *most = &batch->options.max_output;
    size_t part = size;
    if (most->set && part > most->value - stream->passed)
        part = (size_t)(most->value - stream->passed);
    stream->passed += part;
    stream->dropped += size - part;
    if (!batch->options.tag && batch->options.output != OUTPUT_LINES) {
        output_put(&batch->output, job->group, stream->number, data, part);
        return 0;
    }
    size_t whole = lines_add(&stream->lines, job->tag, data, part);
    output_put(&batch->output, job->group, stream->number, stream->lines.text, whole);
    lines_take(&stream->lines, whole);
    return 0;
}

static bool is_read(const struct batch *batch) { return batch->options.output != OUTPUT_DIRECT; }

static int follow(struct job *job, const fx_count *timeout) {
    struct batch *batch = job->batch;
    fx_output outputs[2];
    fx_child *children[] = {&job->child};
    fx_drain_options options = {
        .size = sizeof options,
        .children = children,
        .child_count = 1,
        .timeout = *timeout,
        .ladder = batch->ladder,
    };
    for (int i = 0; i < 2; i++) {
        struct stream *stream = &job->streams[i];
        stream->job = job;
        stream->number = i;
        stream->passed = stream->dropped = 0;
        outputs[i] = (fx_output){
            .descriptor = job->child.stdio[i + 1], .function = take, .argument = stream};
    }
    if (is_read(batch)) {
        options.outputs = outputs;
        options.output_count = 2;
    }
    return fx_drain_open(&options, &job->drain);
}

static void keep_time(struct job *job) {
    struct timespec time;
    (void)clock_gettime(CLOCK_REALTIME, &time);
    job->started = time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int give_up(struct job *job, int code) {
    (void)complain(NULL, "%zu: %s", job->number, strerror(-code));
    return STATUS_FAILED;
}

int job_spawn(struct job *job) {
    struct batch *batch = job->batch;
    struct parsed *parsed = &batch->parsed;
    fx_command command;
    fx_error error = {.size = sizeof error};
    record_parse(&batch->records, job->number, parsed);
    fill(batch, &command);
    int input = parsed->input_size > 0 ? make_input(parsed) : -1;
    if (parsed->input_size > 0 && input < 0)
        return give_up(job, input);
    if (input >= 0)
        command.stdio[0] = (fx_stdio){FX_STDIO_DESCRIPTOR, input};
    if (batch->options.tag && !job->tag)
        job->tag = make_tag(batch, job->number);
    keep_time(job);
    job->child = (fx_child){.size = sizeof job->child};
    int result = fx_spawn(&command, &job->child, &error);
    if (input >= 0)
        (void)close(input);
    bool later = result == -EAGAIN || result == -ENOMEM || result == -EMFILE || result == -ENFILE;
    if (result < 0)
        return later && batch->running > 0 ? -EAGAIN : complain_of(job, &error);
    fx_count timeout = parsed->timeout.set ? parsed->timeout : batch->options.timeout;
    if (timeout.value == 0)
        timeout.set = false;
    if (!is_read(batch) && !timeout.set)
        return 0;
    result = follow(job, &timeout);
    if (result == 0)
        return 0;
    (void)fx_stop(&job->child, NULL, NULL);
    fx_child_close(&job->child);
    return give_up(job, result);
}
