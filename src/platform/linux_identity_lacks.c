/* SPDX-License-Identifier: MIT
 *
 * What this kernel has of capabilities, and how far their numbers go.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "identity.h"
#include "linux_lacks.h"
#include "linux_privileges.h"

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_IS_SET 1
#endif

/* Asks without changing anything. What a filter answers says nothing of the kernel. */
static int lacks(int option, unsigned long argument) {
    if (prctl(option, argument, 0UL, 0UL, 0UL) >= 0)
        return 0;
    return errno == ENOSYS ? -ENOSYS : errno == EINVAL ? -ENOTSUP : 0;
}

static int lacks_capget(void) {
    struct fx_linux_capabilities sets;
    int result = fx_linux_read_capabilities(&sets);
    return result == -ENOSYS ? -ENOSYS : result == -EINVAL ? -ENOTSUP : 0;
}

int fx_linux_lacks_identity(fx_step step) {
    switch (step) {
    case FX_STEP_BOUNDING:
        return lacks(PR_CAPBSET_READ, 0);
    case FX_STEP_SECUREBITS:
        return lacks(PR_GET_SECUREBITS, 0);
    case FX_STEP_KEEP_CAPABILITIES:
        return lacks(PR_GET_KEEPCAPS, 0);
    case FX_STEP_CAPABILITIES:
        return lacks_capget();
    case FX_STEP_AMBIENT:
        return lacks(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET);
    case FX_STEP_DUMPABLE:
        return lacks(PR_GET_DUMPABLE, 0);
    default:
        return 0;
    }
}

int fx_platform_last_capability(void) {
    enum { MOST = 63 };
    /* One more, as 0 is not known yet. */
    static atomic_int known;
    int count = atomic_load_explicit(&known, memory_order_relaxed);
    if (count > 0)
        return count - 1;
    while (count <= MOST && prctl(PR_CAPBSET_READ, (unsigned long)count, 0UL, 0UL, 0UL) >= 0)
        count++;
    if (count == 0)
        return -ENOTSUP;
    atomic_store_explicit(&known, count, memory_order_relaxed);
    return count - 1;
}
