/* SPDX-License-Identifier: MIT
 *
 * Which streams are pipes, where they go, and what is said of them at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

bool output_is_piped(const struct supervision *asked) {
    return asked->max_output.set || asked->idle_timeout.set || asked->tee.count ||
           asked->tee_stdout.count || asked->tee_stderr.count;
}

static bool stores(const struct supervision *asked) {
    return asked->max_output.set &&
           (asked->keep.value == FX_KEEP_TAIL || asked->keep.value == FX_KEEP_HEAD_AND_TAIL);
}

static void add_target(struct stream *stream, int fd, const char *name) {
    struct target *target = &stream->targets[stream->target_count++];
    target->name = name;
    fx_tee_begin(&target->tee, fd);
}

/* O_APPEND, as two streams may go to one file. */
static int add_files(struct stream *stream, const struct list *names) {
    char *const *list = names->data;
    for (size_t i = 0; i < names->count; i++) {
        int fd = open(list[i], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
        if (fd < 0)
            return complain(NULL, "\"%s\": %s", list[i], strerror(errno));
        add_target(stream, fd, list[i]);
    }
    return 0;
}

static int open_stream(struct stream *stream, int number, const struct supervision *asked) {
    const struct list *own = number == STDOUT_FILENO ? &asked->tee_stdout : &asked->tee_stderr;
    bool head = asked->max_output.set && !stores(asked);
    stream->number = number;
    stream->name = number == STDOUT_FILENO ? "standard output" : "standard error";
    stream->source = stream->drain_end = -1;
    stream->most = head ? asked->max_output.value : ULLONG_MAX;
    stream->drained.size = sizeof stream->drained;
    stream->targets = allocate(1 + own->count + asked->tee.count, sizeof *stream->targets);
    add_target(stream, number, stream->name);
    int result = add_files(stream, &asked->tee);
    if (result == 0)
        result = add_files(stream, own);
    return result == 0 && !stores(asked) ? stream_open(stream) : result;
}

int output_open(struct run *run) {
    const struct supervision *asked = &run->request->supervision;
    fx_command *command = &run->request->command;
    if (!output_is_piped(asked))
        return 0;
    int result = 0;
    run->streams = allocate(STREAMS, sizeof *run->streams);
    for (int i = 0; i < STREAMS && result == 0; i++) {
        command->stdio[i + 1].kind = FX_STDIO_PIPE;
        result = open_stream(&run->streams[i], i + 1, asked);
    }
    return result;
}

void output_describe(struct run *run, fx_output outputs[STREAMS]) {
    const struct supervision *asked = &run->request->supervision;
    for (int i = 0; i < STREAMS; i++) {
        struct stream *stream = &run->streams[i];
        outputs[i] = (fx_output){.descriptor = run->child.stdio[i + 1]};
        if (stream->drain_end < 0) {
            outputs[i].store = true;
            outputs[i].most = asked->max_output;
            outputs[i].keep = (fx_keep)asked->keep.value;
        } else {
            outputs[i].tee = &stream->drain_end;
            outputs[i].tee_count = 1;
        }
    }
}

bool output_is_over(struct run *run) {
    const struct supervision *asked = &run->request->supervision;
    bool over = false;
    for (size_t i = 0; run->streams && i < STREAMS; i++) {
        struct stream *stream = &run->streams[i];
        (void)fx_drain_look_at_output(run->drain, i, &stream->drained);
        over = over || stream->drained.seen > stream->most;
    }
    return over && asked->keep.value == FX_KEEP_STOP;
}

/* What did not fit. Who hung up himself knows. */
static void tell_dropped(const struct stream *stream, unsigned long long most, bool stopped) {
    unsigned long long seen = stream->drained.seen;
    if (stream->targets[0].tee.fd < 0 || seen <= most)
        return;
    (void)complain(NULL,
                   stopped ? "%s: more than %llu bytes; the command was stopped"
                           : "%s: %llu of %llu bytes were dropped",
                   stream->name, stopped ? most : seen - most, seen);
}

bool output_finish(struct run *run) {
    const struct supervision *asked = &run->request->supervision;
    bool arrived = true;
    for (size_t i = 0; run->streams && i < STREAMS; i++) {
        struct stream *stream = &run->streams[i];
        if (stores(asked))
            stream_write(stream, stream->drained.data, stream->drained.kept);
        arrived = arrived && !stream->failed;
    }
    for (size_t i = 0; run->streams && asked->max_output.set && i < STREAMS; i++)
        tell_dropped(&run->streams[i], asked->max_output.value, run->over_output);
    return arrived;
}
