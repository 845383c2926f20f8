/* SPDX-License-Identifier: MIT
 *
 * What happens, as lines of JSON: doc/run.schema.json.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "run.h"

enum { FIRST_OTHER = 3 };

static int open_file(const char *name) {
    if (!name)
        return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, FIRST_OTHER);
    if (strcmp(name, "-") == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, FIRST_OTHER);
    return open(name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
}

/* The command gets neither: what is at the other end waits for the end of forkexec alone. */
static int open_descriptor(int number) {
    if (number >= FIRST_OTHER)
        (void)fcntl(number, F_SETFD, FD_CLOEXEC);
    return fcntl(number, F_DUPFD_CLOEXEC, FIRST_OTHER);
}

int report_open(struct report *report, const struct request *request) {
    const fx_number *descriptor = &request->supervision.status_descriptor;
    report->descriptors[0] = report->descriptors[1] = -1;
    if (descriptor->set && (report->descriptors[1] = open_descriptor(descriptor->value)) < 0)
        return complain(NULL, "--status-fd: %d: %s", descriptor->value, strerror(errno));
    if (request->json && (report->descriptors[0] = open_file(request->json_file)) < 0)
        return complain(NULL, "--json: \"%s\": %s", request->json_file ? request->json_file : "",
                        strerror(errno));
    return 0;
}

void report_close(struct report *report) {
    for (int i = 0; i < REPORTS; i++)
        if (report->descriptors[i] >= 0)
            (void)close(report->descriptors[i]);
}

/* A line is one write, so that those of several do not mix. */
static void write_line(int fd, const char *line, size_t size) {
    while (fd >= 0 && size > 0) {
        ssize_t written = write(fd, line, size);
        if (written < 0 && errno == EAGAIN) {
            struct pollfd polled = {.fd = fd, .events = POLLOUT};
            (void)poll(&polled, 1, -1);
        } else if (written < 0 && errno != EINTR)
            return;
        else if (written > 0) {
            line += written;
            size -= (size_t)written;
        }
    }
}

struct line {
    FILE *file;
    char *text;
    size_t size;
};

static void begin(struct line *line, const char *event) {
    struct timespec time;
    *line = (struct line){0};
    line->file = open_memstream(&line->text, &line->size);
    if (!line->file) {
        (void)complain(NULL, "out of memory");
        exit(STATUS_FAILED);
    }
    (void)clock_gettime(CLOCK_REALTIME, &time);
    (void)putc('{', line->file);
    json_text(line->file, true, "event", event);
    json_seconds(line->file, false, "time", time.tv_sec * 1000000000LL + time.tv_nsec);
}

static void end(const struct run *run, struct line *line) {
    (void)fputs("}\n", line->file);
    if (fclose(line->file) == 0)
        for (int i = 0; i < REPORTS; i++)
            write_line(run->report.descriptors[i], line->text, line->size);
    free(line->text);
}

void report_started(const struct run *run) {
    struct line line;
    begin(&line, "started");
    json_number(line.file, false, "pid", run->child.pid);
    json_texts(line.file, false, "argv", run->request->command.argv);
    json_text(line.file, false, "mechanism", fx_mechanism_name(run->child.mechanism));
    json_text(line.file, false, "reason", fx_reason_name(run->child.reason));
    end(run, &line);
}

void report_setup_failed(const struct run *run, const fx_error *error) {
    char message[FX_MESSAGE_MAX];
    struct line line;
    (void)fx_error_message(error, message, sizeof message);
    begin(&line, "setup-failed");
    json_text(line.file, false, "step", fx_step_name(error->step));
    json_number(line.file, false, "errno", -error->code);
    json_text(line.file, false, "code", error_name(-error->code));
    json_text(line.file, false, "message", message);
    json_text(line.file, false, "subject", error->subject);
    json_number(line.file, false, "exit_status", status_of(error));
    end(run, &line);
}

static const char *name_of_signal(int signal, char text[24]) {
    const char *name = fx_signal_name(signal);
    (void)snprintf(text, 24, "%d", signal);
    return name ? name : text;
}

void report_stopping(const struct run *run, const char *why, int signal) {
    char number[24];
    struct line line;
    begin(&line, "stopping");
    json_text(line.file, false, "why", why);
    json_text(line.file, false, "signal", name_of_signal(signal, number));
    end(run, &line);
}

static void put_usage(FILE *to, const fx_usage *usage) {
    json_name(to, false, "usage");
    (void)putc('{', to);
    json_seconds(to, true, "user_time", usage->user_time);
    json_seconds(to, false, "system_time", usage->system_time);
    json_number(to, false, "max_resident", usage->max_resident);
    json_number(to, false, "minor_faults", usage->minor_faults);
    json_number(to, false, "major_faults", usage->major_faults);
    json_number(to, false, "block_inputs", usage->block_inputs);
    json_number(to, false, "block_outputs", usage->block_outputs);
    json_number(to, false, "voluntary_switches", usage->voluntary_switches);
    json_number(to, false, "involuntary_switches", usage->involuntary_switches);
    (void)putc('}', to);
}

/* Streams that forkexec does not see are null. */
static void put_stream(FILE *to, const char *name, const struct stream *stream) {
    if (!stream) {
        json_null(to, false, name);
        return;
    }
    bool passed = stream->drained.kept == 0;
    json_name(to, false, name);
    (void)putc('{', to);
    json_number(to, true, "seen", (long long)stream->drained.seen);
    json_number(to, false, "kept", (long long)(passed ? stream->passed : stream->drained.kept));
    (void)putc('}', to);
}

void report_exited(const struct run *run, const struct outcome *outcome) {
    const fx_exit *exit = &outcome->end;
    char number[24];
    struct line line;
    begin(&line, "exited");
    json_number(line.file, false, "pid", run->child.pid);
    if (exit->signal) {
        json_null(line.file, false, "status");
        json_text(line.file, false, "signal", name_of_signal(exit->signal, number));
    } else {
        json_number(line.file, false, "status", exit->code);
        json_null(line.file, false, "signal");
    }
    json_bool(line.file, false, "core_dumped", exit->core_dumped);
    json_text(line.file, false, "ending", outcome->ending);
    json_number(line.file, false, "exit_status", outcome->status);
    json_seconds(line.file, false, "duration", exit->duration);
    put_usage(line.file, &exit->usage);
    put_stream(line.file, "stdout", run->streams ? &run->streams[0] : NULL);
    put_stream(line.file, "stderr", run->streams ? &run->streams[1] : NULL);
    json_bool(line.file, false, "held", outcome->held);
    end(run, &line);
}
