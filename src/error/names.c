/* SPDX-License-Identifier: MIT
 *
 * The words for mechanisms and reasons, the same in C, Python and the documentation.
 * (Those for steps are in the table of steps, src/plan/table.c.)
 */
#include "forkexec.h"

#define STRING_OF(number) #number
#define DOTTED(major, minor, patch) STRING_OF(major) "." STRING_OF(minor) "." STRING_OF(patch)

const char *fx_version(void) {
    return DOTTED(FX_VERSION_MAJOR, FX_VERSION_MINOR, FX_VERSION_PATCH);
}

const char *fx_mechanism_name(fx_mechanism mechanism) {
    static const char *const names[FX_MECHANISM_COUNT] = {
        [FX_MECHANISM_AUTO] = "auto",     [FX_MECHANISM_CLONE3] = "clone3",
        [FX_MECHANISM_CLONE] = "clone",   [FX_MECHANISM_FORK] = "fork",
        [FX_MECHANISM_HELPER] = "helper",
    };
    return (unsigned int)mechanism < FX_MECHANISM_COUNT ? names[mechanism] : "unknown";
}

static const struct {
    const char *name;
    const char *text;
} reasons[FX_REASON_COUNT] = {
    [FX_REASON_NONE] = {"none", "nothing was started"},
    [FX_REASON_FASTEST] = {"fastest", "it is the fastest of this platform"},
    [FX_REASON_ASKED] = {"asked", "the command asked for it"},
    [FX_REASON_CALLBACK] = {"callback", "a callback needs memory of its own"},
    [FX_REASON_IDENTITY] = {"identity",
                            "a child with another identity must not share memory with its parent"},
    [FX_REASON_MEMORY] = {"memory", "a step changes what a child shares with its parent's memory"},
    [FX_REASON_PARENT] = {"parent", "the parent has to act while the child waits"},
    [FX_REASON_REFUSED] = {"refused", "the kernel, or a filter, refused the faster ones"},
    [FX_REASON_COPIED] = {"copied", "memory that should be shared is copied on this system"},
};

const char *fx_reason_name(fx_reason reason) {
    return (unsigned int)reason < FX_REASON_COUNT ? reasons[reason].name : "unknown";
}

const char *fx_reason_text(fx_reason reason) {
    return (unsigned int)reason < FX_REASON_COUNT ? reasons[reason].text : "unknown";
}
