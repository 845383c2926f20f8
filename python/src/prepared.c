/* SPDX-License-Identifier: MIT */
#include "prepared.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dialect.h"
#include "interpreter.h"
#include "launch.h"
#include "pipe.h"
#include "preexec.h"
#include "statistics.h"

/* ---- a pipe of our own ---- */

struct record {
    fx_step step;
    int index;
    int code;
};

struct record_channel {
    int read;
    int write;
    struct failure_counters *failures;
};

/* In the child, or in the parent for one that shared its memory: nothing but write(2). */
static void report_record(void *argument, fx_step step, int index, int code) {
    const struct record_channel *channel = argument;
    struct record record = {.step = step, .index = index, .code = code};
    report_count(channel->failures, step);
    while (write(channel->write, &record, sizeof record) < 0 && errno == EINTR)
        ;
}

/* Where neither a target of the map nor a standard stream will come to lie. */
static int move_above(int *descriptor, const fx_command *command) {
    int lowest = 3;
    for (size_t i = 0; i < command->map_count; i++)
        if (command->map[i].child >= lowest)
            lowest = command->map[i].child + 1;
    lowest += (int)command->listen_count;
    if (*descriptor >= lowest)
        return 0;
    int moved = fcntl(*descriptor, F_DUPFD_CLOEXEC, lowest);
    if (moved < 0)
        return -errno;
    (void)close(*descriptor);
    *descriptor = moved;
    return 0;
}

static void close_end(int *descriptor) {
    if (*descriptor >= 0)
        (void)close(*descriptor);
    *descriptor = -1;
}

static int open_channel(struct record_channel *channel, const fx_command *command,
                        fx_error *error) {
    int ends[2];
    int result = pipe_make(ends) < 0 ? -errno : 0;
    if (result == 0) {
        channel->read = ends[0];
        channel->write = ends[1];
        result = move_above(&channel->write, command);
    }
    if (result < 0) {
        close_end(&channel->read);
        close_end(&channel->write);
        *error = (fx_error){.size = sizeof *error, .code = result, .step = FX_STEP_PIPE};
    }
    return result;
}

/* Until the child's end is closed, by exec or by its own end. */
static void read_channel(struct record_channel *channel, struct report_slot *slot) {
    struct record record;
    ssize_t size;
    close_end(&channel->write);
    do
        size = read(channel->read, &record, sizeof record);
    while (size < 0 && errno == EINTR);
    if (size == (ssize_t)sizeof record) {
        slot->step = record.step;
        slot->index = record.index;
        slot->code = record.code;
    }
    close_end(&channel->read);
}

/* ---- launching ---- */

static int launch_with_record(const fx_plan *plan, struct prepared *prepared,
                              struct record_channel *channel) {
    int result = fx_launch(plan, &prepared->child, &prepared->error);
    if (result == 0 && channel)
        read_channel(channel, &prepared->slot);
    return result;
}

static void describe(const fx_plan *plan, struct prepared *prepared) {
    fx_error failure = {.size = sizeof failure};
    const struct report_slot *slot = &prepared->slot;
    (void)fx_plan_failure(plan, slot->step, slot->index, slot->code, &failure);
    (void)fx_error_message(&failure, prepared->sentence, sizeof prepared->sentence);
}

static int compile_plan(struct prepared *prepared) {
    return fx_compile(prepared->command, &prepared->plan, &prepared->error);
}

static int launch_plan(struct prepared *prepared, struct record_channel *channel) {
    int result;
    unsigned long start = statistics_now();
    Py_BEGIN_ALLOW_THREADS;
    result = launch_with_record(prepared->plan, prepared, channel);
    Py_END_ALLOW_THREADS;
    if (result == 0)
        launch_note(prepared->state, &prepared->child, start);
    if (result == 0 && prepared->slot.code)
        describe(prepared->plan, prepared);
    return result;
}

void prepared_init(struct prepared *prepared, struct module_state *state,
                   const struct attributes *attributes, fx_command *command) {
    *prepared = (struct prepared){
        .state = state,
        .attributes = attributes,
        .command = command,
        .errpipe_write = -1,
        .child = {.size = sizeof prepared->child},
        .error = {.size = sizeof prepared->error},
        .slot = {.failures = state->statistics->failures},
    };
}

void prepared_release(struct prepared *prepared) { fx_plan_free(prepared->plan); }

int prepared_compile(struct prepared *prepared) {
    prepared->command->mechanism = FX_MECHANISM_CLONE3;
    prepared->command->reporter = (fx_reporter){report_remember, &prepared->slot};
    return compile_plan(prepared);
}

int prepared_launch(struct prepared *prepared) { return launch_plan(prepared, NULL); }

/* By whatever mechanism is right: a child on memory of its own tells through the pipe. */
static int launch_with_channel(struct prepared *prepared) {
    fx_command *command = prepared->command;
    struct record_channel channel = {-1, -1, prepared->state->statistics->failures};
    int result = open_channel(&channel, command, &prepared->error);
    if (result < 0)
        return result;
    int *exempt = malloc((command->exempt_count + 1) * sizeof *exempt);
    if (exempt) {
        memcpy(exempt, command->exempt, command->exempt_count * sizeof *exempt);
        exempt[command->exempt_count++] = channel.write;
        command->exempt = exempt;
        command->reporter = (fx_reporter){report_record, &channel};
        result = compile_plan(prepared);
        if (result == 0)
            result = launch_plan(prepared, &channel);
        free(exempt);
    } else {
        result = -ENOMEM;
        prepared->error =
            (fx_error){.size = sizeof prepared->error, .code = result, .step = FX_STEP_ALLOCATE};
    }
    close_end(&channel.read);
    close_end(&channel.write);
    return result;
}

/*
 * At the gate a child stays, and whoever opens it must not be the one who waits for its exec: the
 * engine, which need not, listens to the child itself.
 */
static int launch_to_gate(struct prepared *prepared) {
    int result = compile_plan(prepared);
    return result < 0 ? result : launch_plan(prepared, NULL);
}

/* ---- fork_exec ---- */

bool prepared_is_to_blame(const struct prepared *prepared) {
    return prepared->error.step == FX_STEP_COMMAND ||
           attributes_own(prepared->attributes, prepared->error.step);
}

/* The line that the reader of the error pipe turns into an exception. -1 with an exception. */
static int write_line(const struct prepared *prepared) {
    int errpipe_write = prepared->errpipe_write;
    const struct report_slot *slot = &prepared->slot;
    unsigned int dialect = dialect_of_reader(prepared->state);
    char line[REPORT_LINE_MAX];
    if (!attributes_own(prepared->attributes, slot->step)) {
        report_write(errpipe_write, line, report_line(dialect, slot->step, slot->code, line));
        return 0;
    }
    const char *kind = dialect & DIALECT_SUBPROCESS_ERROR ? "SubprocessError" : "RuntimeError";
    PyObject *message = preexec_message(prepared->attributes, prepared->sentence);
    PyObject *bytes = message ? PyUnicode_AsUTF8String(message) : NULL;
    if (bytes) {
        report_write(errpipe_write, kind, strlen(kind));
        report_write(errpipe_write, ":0:", 3);
        report_write(errpipe_write, PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes));
    }
    Py_XDECREF(bytes);
    Py_XDECREF(message);
    return bytes ? 0 : -1;
}

/* Without a child there is nobody to be waited for, and so no need of the pipe. */
static PyObject *refuse(const struct prepared *prepared, PyObject *directory) {
    const fx_error *error = &prepared->error;
    if (prepared_is_to_blame(prepared)) {
        char sentence[FX_MESSAGE_MAX];
        (void)fx_error_message(error, sentence, sizeof sentence);
        statistics_note_failure(prepared->state->statistics, error->step);
        preexec_raise(sentence);
        return NULL;
    }
    if (error->step != FX_STEP_CHDIR)
        return launch_raise(prepared->state, error);
    statistics_note_failure(prepared->state->statistics, error->step);
    PyObject *exception = PyObject_CallFunction(PyExc_OSError, "isO", -error->code,
                                                strerror(-error->code), directory);
    if (exception)
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    Py_XDECREF(exception);
    return NULL;
}

PyObject *prepared_fork_exec(struct prepared *prepared, PyObject *directory) {
    if (prepared->command->gate.set && prepared->command->inherit_others) {
        preexec_raise("gate: needs close_fds=True, or the child would keep the error pipe open");
        return NULL;
    }
    /* The parent writes to the error pipe, so the child need not keep it. */
    if (prepared->errpipe_write >= 0)
        prepared->command->exempt_count--;
    int result =
        prepared->command->gate.set ? launch_to_gate(prepared) : launch_with_channel(prepared);
    if (result < 0)
        return refuse(prepared, directory);
    PyObject *pid = PyLong_FromLong((long)prepared->child.pid);
    if (prepared->slot.code && prepared->errpipe_write >= 0 && write_line(prepared) < 0)
        Py_CLEAR(pid);
    fx_child_close(&prepared->child);
    return pid;
}
