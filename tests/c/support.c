/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"

static char scratch_path[] = "/tmp/forkexec-test-XXXXXX";
static char *state_of_group;

/* Out of the way of the numbers that tests like to use. */
static bool reserve_above(int minimum) {
    int fd;
    while ((fd = dup(0)) >= 0 && fd < minimum)
        ;
    bool reserved = fd >= 0 && fx_reserve() == 0;
    for (; fd >= 3; fd--)
        (void)close(fd);
    return reserved;
}

int begin_group(void **unused) {
    (void)unused;
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            return -1;
    /* What whoever runs this program left open is not to be mistaken for a leak. */
    for (int fd = 3; fd < 1024; fd++)
        (void)close(fd);
    if (getenv("FORKEXEC_TEST_RESERVED") && !reserve_above(40))
        return -1;
    /* The new user of a child must be able to enter it. */
    if (!mkdtemp(scratch_path) || chmod(scratch_path, 0755) < 0)
        return -1;
    state_of_group = parent_state();
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place) {
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

int end_group(void **unused) {
    (void)unused;
    char *after = parent_state();
    const char *difference = state_difference(state_of_group, after);
    if (difference)
        (void)fprintf(stderr, "a test left this process changed: %.*s\n",
                      (int)strcspn(difference, "\n"), difference);
    int removed = nftw(scratch_path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    int result = difference || removed < 0 ? -1 : 0;
    free(after);
    free(state_of_group);
    return result;
}

/* ---- programs and files ---- */

static const char *join(const char *folder, const char *name) {
    enum { COUNT = 16 };
    static char paths[COUNT][PATH_MAX];
    static int next;
    char *path = paths[next++ % COUNT];
    assert_in_range(snprintf(path, PATH_MAX, "%s/%s", folder, name), 1, PATH_MAX - 1);
    return path;
}

const char *program_path(const char *name) {
    /* Few names are ever asked for, and several may be held at once. */
    static struct { char name[32], path[PATH_MAX]; } known[8];
    const char *folder = getenv("FORKEXEC_TEST_PROGRAMS");
#ifdef FORKEXEC_TEST_PROGRAMS
    folder = folder ? folder : FORKEXEC_TEST_PROGRAMS;
#endif
    assert_non_null(folder);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].name, name) == 0)
            return known[i].path;
        if (known[i].name[0])
            continue;
        assert_in_range(snprintf(known[i].name, sizeof known[i].name, "%s", name), 1, 31);
        assert_in_range(snprintf(known[i].path, PATH_MAX, "%s/%s", folder, name), 1, PATH_MAX - 1);
        return known[i].path;
    }
    fail_msg("too many programs");
    return NULL;
}

const char *scratch(const char *name) { return join(scratch_path, name); }

static void write_file(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        assert_true(written > 0);
        data += written;
        size -= (size_t)written;
    }
}

static const char *new_named(const char *name, unsigned int mode, const char *data, size_t size) {
    const char *path = scratch(name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    write_file(fd, data, size);
    assert_int_equal(fchmod(fd, (mode_t)mode), 0);
    (void)close(fd);
    return path;
}

const char *scratch_file(const char *name, unsigned int mode, const char *content) {
    return new_named(name, mode, content, strlen(content));
}

const char *scratch_program(const char *name, const char *original) {
    struct stat status;
    int fd = open(program_path(original), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    char *content = malloc((size_t)status.st_size);
    assert_int_equal(read(fd, content, (size_t)status.st_size), status.st_size);
    (void)close(fd);
    const char *path = new_named(name, 0755, content, (size_t)status.st_size);
    free(content);
    return path;
}

const char *scratch_folder(const char *name) {
    const char *path = scratch(name);
    assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
    return path;
}

void scratch_helper(const char *folder) {
    char name[64];
    (void)snprintf(name, sizeof name, "%s/forkexec-helper", folder);
    if (tested_mechanism() == FX_MECHANISM_HELPER)
        (void)scratch_program(name, HELPER);
}

int new_file(void) {
    char path[] = "/tmp/forkexec-file-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
    return fd;
}

int new_file_at(int fd) {
    int file = new_file();
    if (file == fd)
        return fd;
    assert_true(fcntl(fd, F_GETFD) < 0);
    assert_int_equal(fcntl(file, F_DUPFD_CLOEXEC, fd), fd);
    (void)close(file);
    return fd;
}

void new_pipe(int ends[2]) {
    assert_int_equal(pipe(ends), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(ends[i], F_SETFD, FD_CLOEXEC), 0);
}

char *read_all(int fd) {
    size_t used = 0, room = 65536;
    char *content = malloc(room);
    for (;;) {
        assert_non_null(content);
        ssize_t size = read(fd, content + used, room - used - 1);
        if (size < 0 && errno == EINTR)
            continue;
        assert_true(size >= 0);
        if (size == 0)
            break;
        used += (size_t)size;
        if (room - used < 2)
            content = realloc(content, room *= 2);
    }
    content[used] = '\0';
    (void)close(fd);
    return content;
}

void assert_unchanged(const char *before) {
    char *after = parent_state();
    const char *difference = state_difference(before, after);
    if (difference)
        fail_msg("this process was changed, at: %.*s", (int)strcspn(difference, "\n"), difference);
    free(after);
}

void handle_all(void (*handler)(int), struct sigaction before[NSIG]) {
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action = {.sa_handler = handler};
        (void)sigemptyset(&action.sa_mask);
        before[number].sa_handler = SIG_ERR;
        /* Not those that cannot be had, nor those of the test's own children and sanitizers. */
        if (number == SIGKILL || number == SIGSTOP || number == SIGCHLD || number == SIGSEGV)
            continue;
        if (sigaction(number, &action, &before[number]) < 0)
            before[number].sa_handler = SIG_ERR;
    }
}

void restore_all(const struct sigaction before[NSIG]) {
    for (int number = 1; number < NSIG; number++)
        if (before[number].sa_handler != SIG_ERR)
            assert_int_equal(sigaction(number, &before[number], NULL), 0);
}
