/* SPDX-License-Identifier: MIT
 *
 * execve(2) says ENOENT when the program is missing, and just so when the interpreter
 * of a script or the loader of an ELF program is. Which one it was is looked up in the
 * parent, after the failure; the file system may have changed meanwhile, so this only
 * words the message and never changes the code.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launch.h"
#include "platform/platform.h"
#include "view.h"

/* The part of a file that tells what runs it. */
struct head {
    unsigned char bytes[1024];
    size_t size;
    int fd;
};

static uint64_t number_at(const unsigned char *bytes, size_t size) {
    uint64_t wide;
    uint32_t word;
    uint16_t half;
    switch (size) {
    case 8:
        memcpy(&wide, bytes, 8);
        return wide;
    case 4:
        memcpy(&word, bytes, 4);
        return word;
    default:
        memcpy(&half, bytes, 2);
        return half;
    }
}

/* The interpreter behind "#!", into `name`. */
static bool script_interpreter(const struct head *head, char *name, size_t size) {
    if (head->size < 3 || head->bytes[0] != '#' || head->bytes[1] != '!')
        return false;
    size_t at = 2, length = 0;
    while (at < head->size && (head->bytes[at] == ' ' || head->bytes[at] == '\t'))
        at++;
    while (at < head->size && length < size - 1 && !strchr(" \t\n", head->bytes[at]))
        name[length++] = (char)head->bytes[at++];
    name[length] = '\0';
    return length > 0;
}

/* Where the parts of an ELF header lie in its 32-bit and 64-bit form. */
static const struct elf_layout {
    size_t word;
    size_t table_offset, entry_size, entry_count;
    size_t file_offset, file_size;
} layouts[2] = {
    {.word = 4,
     .table_offset = 28,
     .entry_size = 42,
     .entry_count = 44,
     .file_offset = 4,
     .file_size = 16},
    {.word = 8,
     .table_offset = 32,
     .entry_size = 54,
     .entry_count = 56,
     .file_offset = 8,
     .file_size = 32},
};

/* The loader in PT_INTERP, into `name`. Only the machine's own byte order can be run at all. */
static bool elf_loader(const struct head *head, char *name, size_t size) {
    enum { CLASS = 4, HEADER = 64, PT_INTERP = 3, MOST_ENTRIES = 64, ENTRY = 56 };
    if (head->size < HEADER || memcmp(head->bytes, "\177ELF", 4) != 0)
        return false;
    const struct elf_layout *layout = &layouts[head->bytes[CLASS] == 2];
    uint64_t table = number_at(head->bytes + layout->table_offset, layout->word);
    uint64_t entry_size = number_at(head->bytes + layout->entry_size, 2);
    uint64_t count = number_at(head->bytes + layout->entry_count, 2);
    if (count > MOST_ENTRIES)
        count = MOST_ENTRIES;
    for (uint64_t i = 0; i < count; i++) {
        unsigned char entry[ENTRY] = {0};
        size_t known = entry_size < sizeof entry ? (size_t)entry_size : sizeof entry;
        if (pread(head->fd, entry, known, (off_t)(table + i * entry_size)) != (ssize_t)known)
            return false;
        if (number_at(entry, 4) != PT_INTERP)
            continue;
        uint64_t offset = number_at(entry + layout->file_offset, layout->word);
        uint64_t length = number_at(entry + layout->file_size, layout->word);
        if (length == 0 || length >= size)
            return false;
        if (pread(head->fd, name, (size_t)length, (off_t)offset) != (ssize_t)length)
            return false;
        name[length] = '\0';
        return true;
    }
    return false;
}

static bool read_head(const struct fx_view *view, const char *path, struct head *head) {
    struct stat status;
    /* A device may do something when it is opened, just for a message. */
    if (view->root < 0 &&
        (fstatat(view->directory, path, &status, 0) < 0 || !S_ISREG(status.st_mode)))
        return false;
    head->fd = fx_view_look(view, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (head->fd < 0)
        return false;
    ssize_t size = pread(head->fd, head->bytes, sizeof head->bytes, 0);
    head->size = size < 0 ? 0 : (size_t)size;
    return true;
}

/* Follow from script to interpreter, as deep as the kernel does, until something is missing. */
static bool diagnose_candidate(const struct fx_view *view, const char *candidate, fx_error *error) {
    enum { DEPTH = 5 };
    char path[PATH_MAX];
    if (strlen(candidate) >= sizeof path)
        return false;
    memcpy(path, candidate, strlen(candidate) + 1);
    for (int depth = 0; depth < DEPTH; depth++) {
        struct head head;
        char name[PATH_MAX];
        if (!read_head(view, path, &head))
            return false;
        bool script = script_interpreter(&head, name, sizeof name);
        bool loader = !script && elf_loader(&head, name, sizeof name);
        (void)fx_sys_close(head.fd);
        if (!script && !loader)
            return false;
        if (fx_view_lacks(view, name)) {
            error->cause = script ? FX_CAUSE_INTERPRETER : FX_CAUSE_LOADER;
            fx_error_detail(
                error, script ? "interpreter \"%s\" not found" : "program loader \"%s\" not found",
                name);
            return true;
        }
        memcpy(path, name, strlen(name) + 1);
    }
    return false;
}

/* The root that the child had by then, as its subject; "" if it is the parent's. */
static void name_root(const struct fx_plan *plan, fx_step before, char *text, size_t size) {
    text[0] = '\0';
    for (size_t i = 0; i < plan->step_count && plan->steps[i].kind != before; i++)
        if (plan->steps[i].kind == FX_STEP_CHROOT)
            fx_step_table[FX_STEP_CHROOT].print(plan, &plan->steps[i], -1, text, size);
}

/* Whether none of the candidates is there; else what runs one of them may be missing. */
static bool has_no_candidate(const struct fx_plan *plan, const struct fx_view *view,
                             fx_error *error) {
    bool any = false;
    for (size_t i = 0; plan->candidates[i]; i++) {
        if (diagnose_candidate(view, plan->candidates[i], error))
            return false;
        any = any || !fx_view_lacks(view, plan->candidates[i]);
    }
    return !any;
}

/* An open program is there: what runs it is missing, or cannot get at it. */
static void diagnose_open(int program, fx_error *error) {
    struct fx_view here;
    char path[32];
    fx_view_begin(&here);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", program);
    if (!diagnose_candidate(&here, path, error))
        fx_error_detail(error, "its interpreter has to open it: it must be in keep or the map");
}

static void diagnose_search(const struct fx_plan *plan, fx_error *error) {
    struct fx_view view;
    char root[FX_SUBJECT_MAX / 2];
    if (!fx_view_open(&view, plan))
        return;
    bool absent = has_no_candidate(plan, &view, error);
    fx_view_close(&view);
    if (!absent)
        return;
    name_root(plan, FX_STEP_EXEC, root, sizeof root);
    error->cause = FX_CAUSE_PROGRAM;
    fx_error_detail(error, "program not found%s%.*s%s%s%s", plan->search_path ? " in PATH \"" : "",
                    FX_DETAIL_MAX / 2, plan->search_path ? plan->search_path : "",
                    plan->search_path ? "\"" : "", *root ? " below the root " : "", root);
}

static void diagnose_chdir(const struct fx_plan *plan, fx_error *error) {
    char root[FX_SUBJECT_MAX / 2];
    error->cause = FX_CAUSE_DIRECTORY;
    name_root(plan, FX_STEP_CHDIR, root, sizeof root);
    if (*root)
        fx_error_detail(error, "no such directory below the root %s", root);
}

static void diagnose_exec(const struct fx_plan *plan, fx_error *error) {
    if (plan->program_fd >= 0)
        diagnose_open(plan->held[plan->program_fd].descriptor, error);
    else
        diagnose_search(plan, error);
}

void fx_diagnose(const struct fx_plan *plan, fx_error *error) {
    if (error->code != -ENOENT)
        return;
    if (error->step == FX_STEP_EXEC)
        diagnose_exec(plan, error);
    else if (error->step == FX_STEP_CHDIR)
        diagnose_chdir(plan, error);
}

int fx_plan_failure(const fx_plan *plan, fx_step step, int index, int code, fx_error *error) {
    fx_error failure;
    fx_error_clear(&failure);
    if ((unsigned int)step >= FX_STEP_COUNT)
        step = FX_STEP_NONE;
    (void)fx_plan_error(plan, step, index, code, &failure);
    fx_diagnose(plan, &failure);
    fx_error_copy_out(&failure, error);
    return code;
}
