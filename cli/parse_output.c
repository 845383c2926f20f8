/* SPDX-License-Identifier: MIT
 *
 * Options: what becomes of standard output and standard error, and what is told of the command.
 */
#include "value.h"

static int parse_max_output(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    request->supervision.max_output.set = true;
    return read_size(request, value, &request->supervision.max_output.value);
}

static int parse_keep_output(struct request *request, const struct option *option,
                             const char *value) {
    (void)option;
    request->supervision.keep.set = true;
    return read_name(request, value, "one of head, tail, head-and-tail and stop", fx_keep_number,
                     &request->supervision.keep.value);
}

static int parse_linger(struct request *request, const struct option *option, const char *value) {
    (void)option;
    request->supervision.linger.set = true;
    return read_duration(request, value, &request->supervision.linger.value);
}

static int parse_tee(struct request *request, const struct option *option, const char *value) {
    (void)option;
    list_add_text(&request->supervision.tee, value);
    return 0;
}

static int parse_tee_stdout(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    list_add_text(&request->supervision.tee_stdout, value);
    return 0;
}

static int parse_tee_stderr(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    list_add_text(&request->supervision.tee_stderr, value);
    return 0;
}

static int parse_status_fd(struct request *request, const struct option *option,
                           const char *value) {
    (void)option;
    request->supervision.status_descriptor.set = true;
    return read_descriptor(request, value, &request->supervision.status_descriptor.value);
}

static int parse_subreaper(struct request *request, const struct option *option,
                           const char *value) {
    (void)option;
    (void)value;
    request->supervision.subreaper = true;
    return 0;
}

static const struct option bound_options[] = {
    {.name = "max-output",
     .metavar = "SIZE",
     .help = "pass on so many bytes of each stream",
     .more = "A SIZE is a number, perhaps with K, M, G or T: powers of 1024. The command goes on; "
             "how much was dropped is said on standard error.",
     .parse = parse_max_output},
};

static const struct option output_options[] = {
    {.name = "keep-output",
     .metavar = "WHICH",
     .completion = COMPLETE_KEEP,
     .help = "with --max-output: head, tail, head-and-tail",
     .more = "The head is meant if nothing is said, and is passed on as it comes. A tail is stored "
             "in memory until the command has ended. It can also be stop: the head, and the "
             "command is stopped, the exit status being 125.",
     .parse = parse_keep_output},
    {.name = "tee",
     .metavar = "FILE",
     .repeats = true,
     .in_sequence = true,
     .completion = COMPLETE_FILE,
     .help = "write both streams to FILE, too",
     .more = "What was in the file is lost.",
     .parse = parse_tee},
    {.name = "tee-stdout",
     .metavar = "FILE",
     .repeats = true,
     .in_sequence = true,
     .completion = COMPLETE_FILE,
     .help = "write standard output to FILE, too",
     .parse = parse_tee_stdout},
    {.name = "tee-stderr",
     .metavar = "FILE",
     .repeats = true,
     .in_sequence = true,
     .completion = COMPLETE_FILE,
     .help = "write standard error to FILE, too",
     .parse = parse_tee_stderr},
    {.name = "linger",
     .metavar = "DURATION",
     .help = "how long streams that others hold are read",
     .more = "From the end of the command on; 1 second if nothing is said. It matters where the "
             "streams are pipes: with --max-output, --tee and --idle-timeout.",
     .parse = parse_linger},
};

static const struct option report_options[] = {
    {.name = "json",
     .metavar = "FILE",
     .optional = true,
     .completion = COMPLETE_FILE,
     .help = "print what happens, as lines of JSON",
     .more = "On standard error, or to FILE; - is standard output. doc/run.schema.json says what "
             "they are.",
     .parse = parse_json},
    {.name = "status-fd",
     .metavar = "FD",
     .completion = COMPLETE_DESCRIPTOR,
     .help = "the same to FD, which the command does not get",
     .parse = parse_status_fd},
    {.name = "subreaper",
     .help = "be what process 1 is to its descendants",
     .more = "Those whose parent has ended are given to forkexec, which reaps them, and stops them "
             "when the command has ended: SIGTERM, then SIGKILL after the time of --kill-after or "
             "5 seconds. As process 1 of a pid namespace it does so without being asked.",
     .parse = parse_subreaper},
};

const struct family bound_family = FAMILY("Bounds", bound_options);
const struct family output_family = FAMILY("Standard output and standard error", output_options);
const struct family report_family = FAMILY("Report", report_options);
