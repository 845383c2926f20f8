/* SPDX-License-Identifier: MIT
 *
 * No capabilities; chroot(2) is everywhere all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "checked.h"
#include "identity.h"
#include "platform.h"

int fx_sys_drop_bounding(int capability) {
    (void)capability;
    return -ENOSYS;
}

int fx_sys_set_securebits(int bits) {
    (void)bits;
    return -ENOSYS;
}

int fx_sys_keep_capabilities(bool keep) {
    (void)keep;
    return -ENOSYS;
}

int fx_sys_change_capabilities(const struct fx_capability_change *change) {
    (void)change;
    return -ENOSYS;
}

int fx_sys_clear_ambient(void) { return -ENOSYS; }

int fx_sys_raise_ambient(int capability) {
    (void)capability;
    return -ENOSYS;
}

int fx_sys_set_dumpable(int value) {
    (void)value;
    return -ENOSYS;
}

int fx_sys_chroot(const char *path) { return checked(chroot(path)); }

int fx_sys_open_here(void) { return checked(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }
