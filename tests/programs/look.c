/* SPDX-License-Identifier: MIT
 *
 * Does what its arguments say, in order, and writes a line on each to standard output.
 *
 *     file=PATH         each line of it, after "PATH: "
 *     link=PATH         "PATH: " and where it points to
 *     read=PATH, write=PATH, list=PATH, make=PATH, remove=PATH, truncate=PATH
 *                       "read PATH ERRNO", 0 if that could be done
 *     rename=OLD:NEW    "rename OLD:NEW ERRNO"
 *     pid               "pid NUMBER"
 *     parent            "parent NUMBER", or "parent errno NUMBER" if a filter forbids to ask
 *     ids               "user REAL EFFECTIVE SAVED", "group REAL EFFECTIVE SAVED"
 *     personality       "personality 0xNUMBER"
 *     confinement       "no_new_privs NUMBER", "seccomp NUMBER": the mode
 *     host              "host NAME"
 *     securebits        "securebits 0xNUMBER"
 *     dumpable          "dumpable NUMBER"
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { MISUSED = 119, FAILED = 118 };

/* Unbuffered: what has been said is said, whatever happens next. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
    char line[2 * PATH_MAX + 64];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (length < 0 || (size_t)length >= sizeof line ||
        write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(FAILED);
}

static void say_file(const char *path) {
    static char content[1 << 16];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t used = 0;
    ssize_t size = -1;
    /* What the kernel makes up comes in pieces. */
    while (fd >= 0 && (size = read(fd, content + used, sizeof content - 1 - used)) > 0)
        used += (size_t)size;
    if (size < 0) {
        say("%s: errno %d\n", path, errno);
        return;
    }
    content[used] = '\0';
    for (char *line = strtok(content, "\n"); line; line = strtok(NULL, "\n"))
        say("%s: %s\n", path, line);
    (void)close(fd);
}

static void say_link(const char *path) {
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof target - 1);
    target[size < 0 ? 0 : size] = '\0';
    say("%s: %s\n", path, target);
}

static int try_open(const char *path, int flags) {
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    (void)close(fd);
    return 0;
}

static int try_rename(const char *names) {
    char old[PATH_MAX];
    const char *separator = strchr(names, ':');
    if (!separator || (size_t)(separator - names) >= sizeof old)
        _exit(MISUSED);
    memcpy(old, names, (size_t)(separator - names));
    old[separator - names] = '\0';
    return rename(old, separator + 1) < 0 ? errno : 0;
}

static int attempt(const char *verb, const char *path) {
    if (strcmp(verb, "read") == 0)
        return try_open(path, O_RDONLY);
    if (strcmp(verb, "write") == 0)
        return try_open(path, O_WRONLY);
    if (strcmp(verb, "list") == 0)
        return try_open(path, O_RDONLY | O_DIRECTORY);
    if (strcmp(verb, "make") == 0)
        return try_open(path, O_WRONLY | O_CREAT | O_EXCL);
    if (strcmp(verb, "remove") == 0)
        return unlink(path) < 0 ? errno : 0;
    if (strcmp(verb, "truncate") == 0)
        return truncate(path, 0) < 0 ? errno : 0;
    if (strcmp(verb, "rename") == 0)
        return try_rename(path);
    _exit(MISUSED);
}

static void do_with_path(char *argument) {
    char *path = strchr(argument, '=');
    *path++ = '\0';
    if (strcmp(argument, "file") == 0)
        say_file(path);
    else if (strcmp(argument, "link") == 0)
        say_link(path);
    else
        say("%s %s %d\n", argument, path, attempt(argument, path));
}

static void say_ids(void) {
    uid_t user[3] = {0};
    gid_t group[3] = {0};
    (void)getresuid(&user[0], &user[1], &user[2]);
    (void)getresgid(&group[0], &group[1], &group[2]);
    say("user %u %u %u\n", user[0], user[1], user[2]);
    say("group %u %u %u\n", group[0], group[1], group[2]);
}

static void say_parent(void) {
    long parent = syscall(SYS_getppid);
    if (parent < 0)
        say("parent errno %d\n", errno);
    else
        say("parent %ld\n", parent);
}

static void say_host(void) {
    struct utsname name;
    (void)uname(&name);
    say("host %s\n", name.nodename);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        if (strchr(argv[i], '='))
            do_with_path(argv[i]);
        else if (strcmp(argv[i], "pid") == 0)
            say("pid %d\n", (int)getpid());
        else if (strcmp(argv[i], "parent") == 0)
            say_parent();
        else if (strcmp(argv[i], "ids") == 0)
            say_ids();
        else if (strcmp(argv[i], "personality") == 0)
            say("personality 0x%x\n", (unsigned int)personality(0xffffffff));
        else if (strcmp(argv[i], "confinement") == 0)
            say("no_new_privs %d\nseccomp %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
                prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
        else if (strcmp(argv[i], "host") == 0)
            say_host();
        else if (strcmp(argv[i], "securebits") == 0)
            say("securebits 0x%x\n", (unsigned int)prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
        else if (strcmp(argv[i], "dumpable") == 0)
            say("dumpable %d\n", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
        else
            return MISUSED;
    }
    return 0;
}
