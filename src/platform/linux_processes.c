/* SPDX-License-Identifier: MIT
 *
 * The processes of /proc.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux_entries.h"
#include "processes.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#define TO_PROCESS_GROUP 4 /* PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9 */

bool fx_platform_lists_processes(void) { return true; }

/* The pid that a name of /proc stands for; 0 if it is another file's. */
static pid_t pid_of(const char *name) {
    if (*name < '1' || *name > '9')
        return 0;
    char *end;
    long pid = strtol(name, &end, 10);
    return *end == '\0' ? (pid_t)pid : 0;
}

static void write_name(char *name, pid_t pid) {
    char digits[16];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + pid % 10);
    while ((pid /= 10) > 0);
    while (count > 0)
        *name++ = digits[--count];
    memcpy(name, "/stat", sizeof "/stat");
}

/* PID (NAME) STATE PARENT GROUP SESSION ...: the name may have anything in it, also ")". */
static bool read_fields(const char *text, struct fx_process *process) {
    enum { PARENT, GROUP, SESSION, THREADS = 16, START = 18, COUNT };
    long long fields[COUNT];
    const char *after = strrchr(text, ')');
    if (!after || after[1] != ' ' || after[2] == '\0')
        return false;
    char state = after[2];
    const char *place = after + 3;
    for (int field = 0; field < COUNT; field++) {
        char *end;
        fields[field] = strtoll(place, &end, 10);
        if (end == place)
            return false;
        place = end;
    }
    *process = (struct fx_process){
        .pid = process->pid,
        .parent = (pid_t)fields[PARENT],
        .group = (pid_t)fields[GROUP],
        .session = (pid_t)fields[SESSION],
        .start = (unsigned long long)fields[START],
        /* The state is that of the first thread; others may outlive it. */
        .ended = (state == 'Z' || state == 'X') && fields[THREADS] <= 1,
        .still = state == 'T' || state == 't' || state == 'D',
    };
    return true;
}

static int look(int proc, pid_t pid, struct fx_process *process) {
    char name[32], text[1024];
    write_name(name, pid);
    int fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? -ESRCH : -errno;
    ssize_t size = read(fd, text, sizeof text - 1);
    int error = errno;
    (void)close(fd);
    if (size <= 0)
        return size < 0 && error != ESRCH ? -error : -ESRCH;
    text[size] = '\0';
    process->pid = pid;
    return read_fields(text, process) ? 0 : -EIO;
}

/* The numbers of a /proc that was mounted for another pid namespace are not ours. */
static bool is_ours(int proc) {
    char self[16];
    ssize_t size = readlinkat(proc, "self", self, sizeof self - 1);
    if (size <= 0)
        return false;
    self[size] = '\0';
    return pid_of(self) == getpid();
}

static int open_proc(void) {
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0)
        return -errno;
    if (is_ours(proc))
        return proc;
    (void)close(proc);
    return -ENOTSUP;
}

static int add(struct fx_process_list *list, int proc, pid_t pid) {
    int result = fx_process_list_reserve(list, list->count + 1);
    if (result < 0)
        return result;
    result = look(proc, pid, &list->items[list->count]);
    if (result == 0)
        list->count++;
    /* It has gone meanwhile, or is hidden from us. */
    return result == -ESRCH || result == -EACCES || result == -EPERM ? 0 : result;
}

int fx_platform_list_processes(struct fx_process_list *list) {
    list->count = 0;
    int proc = open_proc();
    if (proc < 0)
        return proc;
    struct fx_entries entries;
    const struct fx_entry *entry;
    int result = 0, code;
    fx_entries_begin(&entries, proc);
    /* The kernel lists them by rising pid. */
    while (result == 0 && (entry = fx_entries_next(&entries, &code))) {
        pid_t pid = pid_of(entry->name);
        if (pid > 0)
            result = add(list, proc, pid);
    }
    fx_entries_end(&entries);
    return result < 0 ? result : code;
}

int fx_platform_look_at_process(pid_t pid, struct fx_process *process) {
    int proc = open_proc();
    if (proc < 0)
        return proc;
    int result = look(proc, pid, process);
    (void)close(proc);
    return result;
}

int fx_platform_signal_group(pid_t leader, int pidfd, int signal) {
    if (pidfd >= 0) {
        if (syscall(SYS_pidfd_send_signal, (long)pidfd, (long)signal, 0L, (long)TO_PROCESS_GROUP) ==
            0)
            return 0;
        if (errno == ESRCH)
            return -ESRCH;
    }
    /* A kernel, or a filter of a container runtime, that does not know that. */
    return kill(-leader, signal) < 0 ? -errno : 0;
}
