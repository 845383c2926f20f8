/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "checked.h"
#include "platform.h"

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_RAISE 2
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#endif
#define CAPABILITY_VERSION 0x20080522U /* _LINUX_CAPABILITY_VERSION_3, of Linux 2.6.26 */

static int control(int option, unsigned long first, unsigned long second) {
    return checked(syscall(SYS_prctl, (long)option, first, second, 0L, 0L));
}

int fx_sys_drop_bounding(int capability) {
    int result = control(PR_CAPBSET_DROP, (unsigned long)capability, 0);
    if (result != -EPERM)
        return result;
    /* Who may not drop any can still be without it. */
    int there = control(PR_CAPBSET_READ, (unsigned long)capability, 0);
    return there > 0 ? result : there;
}

int fx_sys_set_securebits(int bits) { return control(PR_SET_SECUREBITS, (unsigned long)bits, 0); }

int fx_sys_keep_capabilities(bool keep) { return control(PR_SET_KEEPCAPS, keep, 0); }

/* As the kernel has them: 32 capabilities a word. */
struct words {
    uint32_t effective, permitted, inheritable;
};

static void set_permitted(struct words *words, unsigned long long bits) {
    for (int i = 0; i < 2; i++)
        words[i].effective = words[i].permitted = (uint32_t)(bits >> 32 * i);
}

static void set_inheritable(struct words *words, unsigned long long bits) {
    for (int i = 0; i < 2; i++)
        words[i].inheritable = (uint32_t)(bits >> 32 * i);
}

int fx_sys_change_capabilities(const struct fx_capability_change *change) {
    struct {
        uint32_t version;
        int pid;
    } header = {.version = CAPABILITY_VERSION};
    struct words words[2] = {{0, 0, 0}, {0, 0, 0}};
    int result = checked(syscall(SYS_capget, &header, words));
    if (result < 0)
        return result;
    if (change->permitted.set)
        set_permitted(words, change->permitted.bits);
    if (change->inheritable.set)
        set_inheritable(words, change->inheritable.bits);
    for (int i = 0; i < 2; i++)
        words[i].inheritable |= (uint32_t)(change->added >> 32 * i);
    return checked(syscall(SYS_capset, &header, words));
}

int fx_sys_clear_ambient(void) { return control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0); }

int fx_sys_raise_ambient(int capability) {
    return control(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, (unsigned long)capability);
}

int fx_sys_set_dumpable(int value) { return control(PR_SET_DUMPABLE, (unsigned long)value, 0); }

int fx_sys_chroot(const char *path) { return checked(syscall(SYS_chroot, path)); }

int fx_sys_open_here(void) {
    /* A directory that may be entered but not be read can be opened so. */
    return checked(
        syscall(SYS_openat, (long)AT_FDCWD, ".", (long)(O_PATH | O_DIRECTORY | O_CLOEXEC), 0L));
}
