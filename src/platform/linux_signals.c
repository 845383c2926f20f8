/* SPDX-License-Identifier: MIT
 *
 * Signals as the kernel has them, libc's internal ones among them.
 */
#include "signals.h"

#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "checked.h"

/* The kernel's signal set is 8 bytes, 16 on MIPS; libc's sigset_t begins with it. */
#ifdef __mips__
#define KERNEL_MASK_SIZE 16
#define KERNEL_SIGNALS 128
#else
#define KERNEL_MASK_SIZE 8
#define KERNEL_SIGNALS 64
#endif

int fx_platform_last_signal(void) { return KERNEL_SIGNALS; }

bool fx_platform_has_signal(int number) { return number >= 1 && number <= KERNEL_SIGNALS; }

int fx_sys_block_signals(sigset_t *old) {
    /* sigfillset leaves out libc's internal signals, which are the ones that must not come. */
    sigset_t all;
    memset(&all, 0xff, sizeof all);
    memset(old, 0, sizeof *old);
    return checked(
        syscall(SYS_rt_sigprocmask, (long)SIG_SETMASK, &all, old, (long)KERNEL_MASK_SIZE));
}

int fx_sys_set_signal_mask(const sigset_t *mask) {
    return checked(
        syscall(SYS_rt_sigprocmask, (long)SIG_SETMASK, mask, 0L, (long)KERNEL_MASK_SIZE));
}

/*
 * The kernel's struct sigaction differs between architectures and is never the
 * one of <signal.h>. All zero is SIG_DFL in every layout, and the handler is its first
 * word but on MIPS, where the flags come first.
 */
union kernel_action {
    unsigned char bytes[64];
    uintptr_t words[64 / sizeof(uintptr_t)];
};

static uintptr_t *handler_of(union kernel_action *action) {
#ifdef __mips__
    return &action->words[1];
#else
    return &action->words[0];
#endif
}

static int act(int signal, void (*handler)(int)) {
    union kernel_action action;
    memset(&action, 0, sizeof action);
    *handler_of(&action) = (uintptr_t)handler;
    return checked(syscall(SYS_rt_sigaction, (long)signal, &action, 0L, (long)KERNEL_MASK_SIZE));
}

int fx_sys_default_signal(int signal) { return act(signal, SIG_DFL); }

int fx_sys_ignore_signal(int signal) { return act(signal, SIG_IGN); }

int fx_sys_reset_handlers(void) {
    for (int signal = 1; signal <= KERNEL_SIGNALS; signal++) {
        union kernel_action action;
        memset(&action, 0, sizeof action);
        if (syscall(SYS_rt_sigaction, (long)signal, 0L, &action, (long)KERNEL_MASK_SIZE) < 0)
            continue;
        uintptr_t handler = *handler_of(&action);
        if (handler == (uintptr_t)SIG_DFL || handler == (uintptr_t)SIG_IGN)
            continue;
        int result = fx_sys_default_signal(signal);
        if (result < 0)
            return result;
    }
    return 0;
}
