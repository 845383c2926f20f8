/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *parsed_begin(struct parsed *parsed) { return parsed->storage + parsed->used; }

void parsed_put(struct parsed *parsed, char byte) { parsed->storage[parsed->used++] = byte; }

void parsed_end(struct parsed *parsed) { parsed_put(parsed, '\0'); }

static void *resized(void *memory, size_t size) {
    void *result = realloc(memory, size);
    if (!result) {
        (void)complain(NULL, "out of memory");
        exit(STATUS_FAILED);
    }
    return result;
}

static void empty(struct list *list) {
    if (list->data)
        memset(list->data, 0, sizeof(char *));
    list->count = 0;
}

static void begin(struct parsed *parsed, const char *text) {
    /* Each text in it ends with a byte more than it had, but for a space or a quote. */
    size_t room = strlen(text) + 2;
    if (room > parsed->room) {
        parsed->storage = resized(parsed->storage, 2 * room);
        parsed->room = 2 * room;
    }
    empty(&parsed->words);
    empty(&parsed->environment_set);
    empty(&parsed->environment_unset);
    parsed->directory = parsed->tag = parsed->input = parsed->complaint = NULL;
    parsed->input_size = parsed->used = 0;
    parsed->timeout = (fx_count){0};
}

/* What the shell is given is the shell's to understand. */
static int parse_shell(const char *text, struct parsed *parsed) {
    const char *first = text + strspn(text, " \t\r\n");
    bool comment = *first == '#' && !strchr(first, '\n');
    if (!*first || comment)
        return 0;
    list_add_text(&parsed->words, "/bin/sh");
    list_add_text(&parsed->words, "-c");
    /* A command may begin with a dash. */
    list_add_text(&parsed->words, "--");
    list_add_text(&parsed->words, text);
    return 0;
}

static int parse(const struct records *records, const char *text, struct parsed *parsed) {
    begin(parsed, text);
    if (records->shell)
        return parse_shell(text, parsed);
    return records->format == INPUT_JSON ? parse_json_record(text, parsed)
                                         : parse_words(text, parsed);
}

const char *record_text(const struct records *records, size_t number) {
    return records->data + records->starts[number - 1];
}

void record_parse(const struct records *records, size_t number, struct parsed *parsed) {
    (void)parse(records, record_text(records, number), parsed);
}

void parsed_free(struct parsed *parsed) {
    free(parsed->words.data);
    free(parsed->environment_set.data);
    free(parsed->environment_unset.data);
    free(parsed->storage);
}

static int read_all(int fd, char **data, size_t *size) {
    struct stat status;
    size_t room = 65536;
    *size = 0;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        room = (size_t)status.st_size + 2;
    *data = resized(NULL, room);
    for (;;) {
        /* Room for the NUL byte that ends the last record. */
        if (*size + 1 >= room)
            *data = resized(*data, room *= 2);
        ssize_t got = read(fd, *data + *size, room - *size - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : 0;
        *size += (size_t)got;
    }
}

static void add(struct records *records, size_t start) {
    if (records->count == records->room) {
        records->room = records->room ? 2 * records->room : 1024;
        records->starts = resized(records->starts, records->room * sizeof *records->starts);
    }
    records->starts[records->count++] = start;
}

static int split(struct records *records, size_t size, const char *name, struct parsed *parsed) {
    char end = records->format == INPUT_NULL ? '\0' : '\n';
    const char *unit = records->format == INPUT_NULL ? "record" : "line";
    size_t place = 0;
    for (size_t at = 0; at < size;) {
        char *text = records->data + at;
        char *found = memchr(text, end, size - at);
        size_t length = found ? (size_t)(found - text) : size - at;
        place++;
        text[length] = '\0';
        if (strlen(text) != length)
            return complain(NULL, "%s: %s %zu: it has a NUL byte; is --null meant?", name, unit,
                            place);
        if (length > 0 && end == '\n' && text[length - 1] == '\r')
            text[length - 1] = '\0';
        if (parse(records, text, parsed) < 0)
            return complain(NULL, "%s: %s %zu: %s", name, unit, place, parsed->complaint);
        if (parsed->words.count > 0)
            add(records, at);
        at += length + 1;
    }
    return 0;
}

int records_load(struct records *records, const char *path, const struct batch_options *options) {
    struct parsed parsed = {.words = {NULL, 0}};
    bool standard = !path || strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    size_t size;
    *records = (struct records){.format = options->format, .shell = options->shell};
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return complain(NULL, "%s: %s", name, strerror(errno));
    int result = read_all(fd, &records->data, &size);
    if (!standard)
        (void)close(fd);
    if (result < 0)
        result = complain(NULL, "%s: %s", name, strerror(-result));
    else
        result = split(records, size, name, &parsed);
    parsed_free(&parsed);
    return result;
}

void records_free(struct records *records) {
    free(records->data);
    free(records->starts);
}
