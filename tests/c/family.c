/* SPDX-License-Identifier: MIT */
#include "family.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct family start_family(fx_command attributes, char *const words[], int living) {
    fx_command command = attributes;
    command.size = sizeof command;
    command.argv = words;
    command.program = program_path("act");
    command.mechanism = attributes.mechanism ? attributes.mechanism : tested_mechanism();
    command.stdio[0].kind = FX_STDIO_PIPE;
    command.stdio[1].kind = FX_STDIO_PIPE;
    struct family family = {.child = start(&command)};
    await_family(&family, living);
    return family;
}

static char read_one(int fd) {
    char said;
    ssize_t size;
    while ((size = read(fd, &said, 1)) < 0 && errno == EINTR)
        ;
    assert_int_equal(size, 1);
    return said;
}

void await_family(struct family *family, int living) {
    for (int i = 0; i < living; i++)
        assert_int_equal(read_one(family->child.stdio[1]), 'r');
}

/* Reads to the end of the pipe, that is of the last one that can write to it. */
static size_t count_said(struct family *family, char wanted) {
    char *said = read_all(family->child.stdio[1]);
    family->child.stdio[1] = -1;
    size_t count = 0;
    for (const char *one = said; *one; one++)
        count += *one == wanted;
    free(said);
    return count;
}

void assert_all_killed(struct family *family) { assert_int_equal(count_said(family, 'e'), 0); }

void assert_survivors(struct family *family, int living) {
    assert_int_equal(close(family->child.stdio[0]), 0);
    family->child.stdio[0] = -1;
    assert_int_equal(count_said(family, 'e'), living);
}
