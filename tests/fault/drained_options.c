/* SPDX-License-Identifier: MIT
 *
 * What the arguments of `drained` say.
 */
#include "drained.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../programs/pattern.h"

char **names;
fx_child child = {.size = sizeof child};
static fx_child *const children[] = {&child};
fx_input input;
fx_output outputs[2];
static fx_rung rungs[] = {{SIGTERM, 0}, {SIGKILL, 2000}};
fx_drain_options options = {.size = sizeof options,
                            .children = children,
                            .child_count = 1,
                            .outputs = outputs,
                            .output_count = 2};
struct tee tees[2] = {{-1, -1}, {-1, -1}};
struct heard heard;

_Noreturn void give_up(const char *what) {
    (void)printf("unfit %s: %s\n", what, strerror(errno));
    exit(125);
}

const char *text_of(const char *name, int number) {
    char key[32];
    int length = number ? snprintf(key, sizeof key, "%s%d=", name, number)
                        : snprintf(key, sizeof key, "%s=", name);
    for (char **at = names; *at && strcmp(*at, "--") != 0; at++)
        if (strncmp(*at, key, (size_t)length) == 0)
            return *at + length;
    return NULL;
}

fx_count count_of(const char *name, int number) {
    const char *text = text_of(name, number);
    return (fx_count){.set = text != NULL, .value = text ? strtoull(text, NULL, 10) : 0};
}

bool is_flaw(const char *name) {
    const char *flaw = text_of("flaw", 0);
    return flaw && strcmp(flaw, name) == 0;
}

/* ---- CRC-32, as zlib's ---- */

unsigned int check_of(unsigned int check, const unsigned char *data, size_t size) {
    static unsigned int table[256];
    for (unsigned int i = 0; !table[255] && i < 256; i++) {
        unsigned int value = i;
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? 0xedb88320U ^ value >> 1 : value >> 1;
        table[i] = value;
    }
    check = ~check;
    for (size_t i = 0; i < size; i++)
        check = table[(check ^ data[i]) & 255] ^ check >> 8;
    return ~check;
}

/* ---- before ---- */

static int new_file(void) {
    int fd = memfd_create("drained", MFD_CLOEXEC);
    if (fd < 0)
        give_up("memfd_create");
    return fd;
}

static unsigned char *bytes_to_feed(size_t size) {
    unsigned char *bytes = malloc(size + 1);
    if (!bytes)
        give_up("malloc");
    for (size_t i = 0; i < size; i++)
        bytes[i] = pattern_byte(0, i);
    return bytes;
}

static void prepare_input(void) {
    fx_count memory = count_of("input", 0), file = count_of("source", 0);
    if (!memory.set && !file.set)
        return;
    size_t size = (size_t)(memory.set ? memory.value : file.value);
    input = (fx_input){.data = bytes_to_feed(size), .size = size};
    options.input = &input;
    if (!file.set)
        return;
    input.source = new_file();
    input.from_descriptor = true;
    if (write(input.source, input.data, size) != (ssize_t)size ||
        lseek(input.source, 0, SEEK_SET) != 0)
        give_up("source");
}

static int hear(void *unused, const void *data, size_t size) {
    (void)unused;
    heard.size += size;
    heard.check = check_of(heard.check, data, size);
    return heard.size >= heard.most;
}

static struct tee open_tee(const char *where) {
    int ends[2];
    if (strcmp(where, "file") == 0) {
        ends[0] = ends[1] = new_file();
    } else if (strcmp(where, "socket") == 0) {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
            give_up("socketpair");
    } else if (pipe2(ends, O_CLOEXEC) < 0) {
        give_up("pipe2");
    }
    if (strcmp(where, "broken") == 0) {
        (void)close(ends[0]);
        ends[0] = -1;
    }
    return (struct tee){.fd = ends[1], .read_end = ends[0]};
}

static void prepare_output(int n) {
    const char *keep = text_of("keep", n), *where = text_of("tee", n), *store = text_of("store", n);
    fx_output *output = &outputs[n - 1];
    output->store = !store;
    output->most = count_of("most", n);
    output->keep = keep ? (fx_keep)fx_keep_number(keep) : FX_KEEP_HEAD;
    if (!where)
        return;
    tees[n - 1] = open_tee(where);
    output->tee = &tees[n - 1].fd;
    output->tee_count = 1;
}

void prepare(void) {
    const char *scope = text_of("scope", 0);
    prepare_input();
    prepare_output(1);
    prepare_output(2);
    options.most_total = count_of("total", 0);
    options.timeout = count_of("timeout", 0);
    options.idle_timeout = count_of("idle", 0);
    options.linger = count_of("linger", 0);
    rungs[0].grace = (int)count_of("grace", 0).value;
    options.ladder = (fx_ladder){.size = sizeof(fx_ladder), .rungs = rungs, .rung_count = 2};
    if (scope)
        options.ladder.scope.kind = (fx_scope_kind)fx_scope_number(scope);
    heard.most = count_of("function", 0).value;
    if (heard.most > 0)
        outputs[0].function = hear;
}
