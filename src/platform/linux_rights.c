/* SPDX-License-Identifier: MIT
 *
 * What exec does to the rights of a thread: capabilities(7), "Transformation of capabilities
 * during execve()". A forked child has its parent's; one that is executed in between must not
 * have others.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helper.h"
#include "linux_privileges.h"

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_IS_SET 1
#endif
#define VERSION_3 0x20080522U /* _LINUX_CAPABILITY_VERSION_3 */
#define NO_ROOT 1             /* SECBIT_NOROOT */
#define KEEP_CAPS 16          /* SECBIT_KEEP_CAPS */

/* 1 or 0; -1 above the last one that the kernel knows. */
static int is_bounding(int capability) {
    return prctl(PR_CAPBSET_READ, (unsigned long)capability, 0UL, 0UL, 0UL);
}

static int is_ambient(int capability) {
    return prctl(PR_CAP_AMBIENT, (unsigned long)PR_CAP_AMBIENT_IS_SET, (unsigned long)capability,
                 0UL, 0UL);
}

static uint64_t collect(int (*ask)(int capability)) {
    uint64_t set = 0;
    for (int capability = 0; capability < 64; capability++) {
        int answer = ask(capability);
        if (answer < 0)
            break;
        if (answer > 0)
            set |= UINT64_C(1) << capability;
    }
    return set;
}

/* Exec makes the saved ids and those of the file system the effective ones. */
static bool are_one(uid_t ids[3], long of_files) {
    return ids[0] == ids[1] && ids[1] == ids[2] && (uid_t)of_files == ids[1];
}

static bool have_one_identity(uid_t *user) {
    uid_t users[3];
    gid_t groups[3];
    if (getresuid(&users[0], &users[1], &users[2]) < 0 ||
        getresgid(&groups[0], &groups[1], &groups[2]) < 0)
        return false;
    *user = users[0];
    /* No id: these change nothing, and tell. */
    return are_one(users, syscall(SYS_setfsuid, -1L)) &&
           are_one(groups, syscall(SYS_setfsgid, -1L));
}

bool fx_platform_keeps_rights(void) {
    struct fx_linux_capabilities sets;
    uid_t user;
    int bits = prctl(PR_GET_SECUREBITS, 0UL, 0UL, 0UL, 0UL);
    if (bits < 0 || (bits & KEEP_CAPS) || !have_one_identity(&user) ||
        fx_linux_read_capabilities(&sets) < 0)
        return false;
    if (sets.effective != sets.permitted)
        return false;
    if (user == 0 && !(bits & NO_ROOT))
        return sets.permitted == (collect(is_bounding) | sets.inheritable);
    return sets.permitted == 0 || sets.permitted == collect(is_ambient);
}
