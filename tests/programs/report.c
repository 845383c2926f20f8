/* SPDX-License-Identifier: MIT
 *
 * Tells what a started program sees of itself: one `key value` a line, in the order below.
 *
 *     report [report-to=PATH-OR-DESCRIPTOR] [anything ...]
 *
 * Writes to standard output unless told otherwise. Everything is gathered before the
 * file is opened. Linked statically and written without stdio, so that nothing but the
 * program itself opens, blocks or catches anything.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#include <sys/syscall.h>
#endif

extern char **environ;

enum { TEXT_SIZE = 8 << 20, HIGHEST_DESCRIPTOR = 1 << 20 };
static char text[TEXT_SIZE];
static size_t used;

static void put_byte(char byte) {
    if (used == sizeof text)
        _exit(120);
    text[used++] = byte;
}

static void put(const char *string) {
    while (*string)
        put_byte(*string++);
}

/* One line whatever is in it. */
static void put_escaped(const char *string) {
    static const char digits[] = "0123456789abcdef";
    for (; *string; string++) {
        unsigned char byte = (unsigned char)*string;
        if (byte >= ' ' && byte < 0x7f && byte != '\\') {
            put_byte(*string);
            continue;
        }
        put("\\x");
        put_byte(digits[byte >> 4]);
        put_byte(digits[byte & 15]);
    }
}

static void put_number(unsigned long long number, unsigned int base) {
    char digits[24];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + number % base);
    while (number /= base);
    while (count)
        put_byte(digits[--count]);
}

static void put_word(long long number) {
    put_byte(' ');
    if (number < 0)
        put_byte('-');
    put_number(number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number, 10);
}

static void put_strings(const char *key, char *const *list) {
    for (; list && *list; list++) {
        put(key);
        put_byte(' ');
        put_escaped(*list);
        put_byte('\n');
    }
}

static void put_program(char **argv) {
    char cwd[PATH_MAX];
    put_strings("argument", argv);
    put_strings("environment", environ);
#ifdef __linux__
    put("executed ");
    put_escaped((const char *)getauxval(AT_EXECFN));
    put_byte('\n');
#endif
    if (getcwd(cwd, sizeof cwd)) {
        put("directory ");
        put_escaped(cwd);
        put_byte('\n');
    }
}

/* ---- descriptors ---- */

static int numbers[HIGHEST_DESCRIPTOR];
static size_t number_count;

static bool list_descriptors(const char *path) {
    DIR *directory = opendir(path);
    if (!directory)
        return false;
    const struct dirent *entry;
    while ((entry = readdir(directory)) && number_count < HIGHEST_DESCRIPTOR) {
        int number = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && number != dirfd(directory))
            numbers[number_count++] = number;
    }
    (void)closedir(directory);
    return true;
}

static void try_descriptors(void) {
    struct rlimit limit = {.rlim_cur = HIGHEST_DESCRIPTOR, .rlim_max = HIGHEST_DESCRIPTOR};
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    /* A descriptor can lie above a lowered soft limit. */
    rlim_t highest = limit.rlim_max < HIGHEST_DESCRIPTOR ? limit.rlim_max : HIGHEST_DESCRIPTOR;
    for (int number = 0; (rlim_t)number < highest; number++)
        if (fcntl(number, F_GETFD) >= 0)
            numbers[number_count++] = number;
}

static int compare(const void *left, const void *right) {
    const int *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void put_descriptors(void) {
    struct stat status;
#ifdef __linux__
    if (!list_descriptors("/proc/self/fd"))
        try_descriptors();
#else
    (void)list_descriptors;
    try_descriptors();
#endif
    qsort(numbers, number_count, sizeof numbers[0], compare);
    put("descriptors");
    for (size_t i = 0; i < number_count; i++)
        put_word(numbers[i]);
    put_byte('\n');
    /* descriptor NUMBER FLAGS ACCESS DEVICE INODE */
    for (size_t i = 0; i < number_count; i++) {
        if (fstat(numbers[i], &status) < 0)
            continue;
        put("descriptor");
        put_word(numbers[i]);
        put_word(fcntl(numbers[i], F_GETFD));
        put_word(fcntl(numbers[i], F_GETFL) & O_ACCMODE);
        put_word((long long)status.st_dev);
        put_word((long long)status.st_ino);
        put_byte('\n');
    }
}

/* ---- attributes ---- */

static void put_numbers(const char *key, size_t count, const long long *list) {
    put(key);
    for (size_t i = 0; i < count; i++)
        put_word(list[i]);
    put_byte('\n');
}

#define PUT(key, ...)                                                                              \
    put_numbers(key, sizeof((long long[]){__VA_ARGS__}) / sizeof(long long),                       \
                (long long[]){__VA_ARGS__})

static int compare_groups(const void *left, const void *right) {
    const gid_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void put_identity(void) {
    static gid_t groups[NGROUPS_MAX + 1];
    int count = getgroups(NGROUPS_MAX + 1, groups);
#ifdef __linux__
    uid_t user[3];
    gid_t group[3];
    (void)getresuid(&user[0], &user[1], &user[2]);
    (void)getresgid(&group[0], &group[1], &group[2]);
    PUT("user", user[0], user[1], user[2]);
    PUT("group", group[0], group[1], group[2]);
#else
    PUT("user", getuid(), geteuid());
    PUT("group", getgid(), getegid());
#endif
    qsort(groups, count < 0 ? 0 : (size_t)count, sizeof groups[0], compare_groups);
    put("groups");
    for (int i = 0; i < count; i++)
        put_word((long long)groups[i]);
    put_byte('\n');
}

static void put_session(void) {
    mode_t mask = umask(0);
    (void)umask(mask);
    PUT("pid", getpid());
    PUT("parent", getppid());
    PUT("session", getsid(0));
    PUT("process-group", getpgid(0));
    put("umask 0");
    put_number(mask, 8);
    put_byte('\n');
}

/* SIG_DFL, SIG_IGN or something else. libc hides its internal signals; the kernel does not. */
static uintptr_t handler_of(int number) {
#ifdef __linux__
    uintptr_t action[16] = {0};
    if (syscall(SYS_rt_sigaction, number, NULL, action, 8) < 0)
        return (uintptr_t)SIG_DFL;
    return action[0];
#else
    struct sigaction action;
    if (sigaction(number, NULL, &action) < 0)
        return (uintptr_t)SIG_DFL;
    return (uintptr_t)action.sa_handler;
#endif
}

static void put_signals(void) {
    const int last = NSIG - 1;
    sigset_t mask;
    (void)sigprocmask(SIG_BLOCK, NULL, &mask);
    put("blocked");
    for (int number = 1; number <= last; number++)
        if (sigismember(&mask, number) == 1)
            put_word(number);
    put("\nignored");
    for (int number = 1; number <= last; number++)
        if (handler_of(number) == (uintptr_t)SIG_IGN)
            put_word(number);
    put("\ncaught");
    for (int number = 1; number <= last; number++)
        if (handler_of(number) != (uintptr_t)SIG_IGN && handler_of(number) != (uintptr_t)SIG_DFL)
            put_word(number);
    put_byte('\n');
}

/* ---- where it goes ---- */

static int open_target(int argc, char **argv) {
    static const char prefix[] = "report-to=";
    if (argc < 2 || strncmp(argv[1], prefix, sizeof prefix - 1) != 0)
        return STDOUT_FILENO;
    const char *target = argv[1] + sizeof prefix - 1;
    if (target[0] >= '0' && target[0] <= '9')
        return atoi(target);
    return open(target, O_WRONLY | O_APPEND | O_CLOEXEC);
}

int main(int argc, char **argv) {
    put_program(argv);
    put_descriptors();
    put_session();
    put_identity();
    put_signals();
    put("end\n");

    int target = open_target(argc, argv);
    for (size_t done = 0; done < used;) {
        ssize_t size = write(target, text + done, used - done);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return 121;
        done += (size_t)size;
    }
    return 0;
}
