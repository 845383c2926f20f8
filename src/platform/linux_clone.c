/* SPDX-License-Identifier: MIT
 *
 * A child that shares memory with its parent, on Linux.
 *
 * Three hazards, and how each is met:
 *
 * - A child on the parent's stack (bare vfork) overwrites the frames that the
 *   parent returns to. The child gets a stack of its own, with a guard page below it.
 * - A handler of the parent's that ran in the child would change the parent's
 *   memory. The caller has blocked all signals, and the child resets all
 *   handlers before it restores the mask.
 * - The child must not return from the system call into code that libc wrote for
 *   the parent. A few lines of assembler enter it; they never return, so that neither
 *   a shadow stack (which parent and vfork child share) nor pointer authentication sees a
 *   return without its call. Architectures without these lines use libc's clone(),
 *   and have no clone3.
 */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux_stack.h"
#include "platform.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#define CLEAR_SIGHAND 0x100000000ULL

#define INTO_CGROUP 0x200000000ULL

struct clone3_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
    uint64_t set_tid, set_tid_size, cgroup;
};
/* CLONE_ARGS_SIZE_VER0: what every kernel with clone3 takes (5.3-5.6: E2BIG beyond). */
enum { WITHOUT_CGROUP = 64 };

/* ---- entering the child ---- */

#if defined(__x86_64__) && !defined(__ILP32__)
#define HAVE_ENTRY 1
/* The two words at the top of the child's stack are the function to run and its argument. */
__asm__(".text\n"
        ".p2align 4\n"
        ".globl fx_clone_enter\n"
        ".hidden fx_clone_enter\n"
        ".type fx_clone_enter, @function\n"
        "fx_clone_enter:\n"
        ".cfi_startproc\n"
        "    movq %rdi, %rax\n"
        "    movq 0(%rsi), %rdi\n"
        "    movq 16(%rsi), %rdx\n"
        "    movq 24(%rsi), %r10\n"
        "    movq 32(%rsi), %r8\n"
        "    movq 8(%rsi), %rsi\n"
        "    syscall\n"
        "    testq %rax, %rax\n"
        "    jz 1f\n"
        "    ret\n"
        "1:\n"
        ".cfi_undefined rip\n"
        "    xorl %ebp, %ebp\n"
        "    popq %rax\n"
        "    popq %rdi\n"
        "    callq *%rax\n"
        "    movl %eax, %edi\n"
        "    movl $231, %eax\n"
        "    syscall\n"
        "    hlt\n"
        ".cfi_endproc\n"
        ".size fx_clone_enter, . - fx_clone_enter\n");
#elif defined(__aarch64__)
#define HAVE_ENTRY 1
__asm__(".text\n"
        ".p2align 4\n"
        ".globl fx_clone_enter\n"
        ".hidden fx_clone_enter\n"
        ".type fx_clone_enter, %function\n"
        "fx_clone_enter:\n"
        ".cfi_startproc\n"
        "    mov x8, x0\n"
        "    mov x9, x1\n"
        "    ldp x0, x1, [x9]\n"
        "    ldp x2, x3, [x9, #16]\n"
        "    ldr x4, [x9, #32]\n"
        "    svc #0\n"
        "    cbz x0, 1f\n"
        "    ret\n"
        "1:\n"
        ".cfi_undefined x30\n"
        "    mov x29, #0\n"
        "    ldp x9, x0, [sp], #16\n"
        "    blr x9\n"
        "    mov x8, #94\n"
        "    svc #0\n"
        "    brk #0\n"
        ".cfi_endproc\n"
        ".size fx_clone_enter, . - fx_clone_enter\n");
#elif defined(__riscv) && __riscv_xlen == 64
#define HAVE_ENTRY 1
__asm__(".text\n"
        ".p2align 4\n"
        ".globl fx_clone_enter\n"
        ".hidden fx_clone_enter\n"
        ".type fx_clone_enter, @function\n"
        "fx_clone_enter:\n"
        ".cfi_startproc\n"
        "    mv a7, a0\n"
        "    mv t0, a1\n"
        "    ld a0, 0(t0)\n"
        "    ld a1, 8(t0)\n"
        "    ld a2, 16(t0)\n"
        "    ld a3, 24(t0)\n"
        "    ld a4, 32(t0)\n"
        "    ecall\n"
        "    beqz a0, 1f\n"
        "    ret\n"
        "1:\n"
        ".cfi_undefined ra\n"
        "    li s0, 0\n"
        "    ld t0, 0(sp)\n"
        "    ld a0, 8(sp)\n"
        "    addi sp, sp, 16\n"
        "    jalr t0\n"
        "    li a7, 94\n"
        "    ecall\n"
        "    ebreak\n"
        ".cfi_endproc\n"
        ".size fx_clone_enter, . - fx_clone_enter\n");
#endif

#ifdef HAVE_ENTRY
/*
 * Make the system call `number` with five arguments. Returns its raw result in the parent; the
 * child begins on the stack it was given, runs what lies on top of it, and ends.
 */
long fx_clone_enter(long number, const long arguments[5]);
#endif

/* ---- the two system calls ---- */

/* Those that fit into an int, which is all that clone(2) takes. */
static unsigned int flags_of(const struct fx_clone_request *request) {
    return CLONE_VM | CLONE_VFORK | (request->pidfd ? CLONE_PIDFD : 0U) |
           (request->place ? CLONE_PARENT_SETTID : 0U) | (request->share_table ? CLONE_FILES : 0U) |
           request->namespaces;
}

#ifdef HAVE_ENTRY
static pid_t call_clone3(const struct fx_clone_request *request, unsigned char *stack,
                         uintptr_t *top, int *pidfd) {
    struct clone3_arguments call = {
        .flags = flags_of(request) | (request->clear_handlers ? CLEAR_SIGHAND : 0) |
                 (request->into_cgroup ? INTO_CGROUP : 0),
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .parent_tid = (uint64_t)(uintptr_t)request->place,
        .exit_signal = (uint64_t)request->exit_signal,
        .stack = (uint64_t)(uintptr_t)stack,
        .stack_size = (uint64_t)((unsigned char *)top - stack),
        .cgroup = (uint64_t)request->cgroup,
    };
    size_t size = request->into_cgroup ? sizeof call : WITHOUT_CGROUP;
    const long arguments[5] = {(long)(uintptr_t)&call, (long)size, 0, 0, 0};
    return (pid_t)fx_clone_enter(SYS_clone3, arguments);
}

static pid_t call_clone(const struct fx_clone_request *request, uintptr_t *top, int *pidfd) {
    unsigned long flags = flags_of(request) | (unsigned int)request->exit_signal;
    const long arguments[5] = {(long)flags, (long)(uintptr_t)top, (long)(uintptr_t)pidfd, 0, 0};
    return (pid_t)fx_clone_enter(SYS_clone, arguments);
}
#else
static pid_t call_clone(const struct fx_clone_request *request, uintptr_t *top, int *pidfd) {
    int flags = (int)flags_of(request) | request->exit_signal;
    pid_t pid = clone(request->run, top, flags, request->argument, pidfd);
    return pid < 0 ? -errno : pid;
}
#endif

/* clone(2) has one place for both numbers: that of a process which runs is as good afterwards. */
static pid_t call_clone_by_pid(const struct fx_clone_request *request, uintptr_t *top, int *pidfd) {
    struct fx_clone_request plain = *request;
    plain.pidfd = false;
    pid_t pid = call_clone(&plain, top, request->place);
    if (pid > 0 && request->pidfd) {
        int opened = fx_platform_pidfd_open(pid);
        *pidfd = opened < 0 ? -1 : opened;
    }
    return pid;
}

bool fx_platform_shares_memory(void) { return true; }

pid_t fx_platform_clone(fx_mechanism mechanism, const struct fx_clone_request *request,
                        int *pidfd) {
    unsigned char *stack = fx_linux_stack_take();
    if (!stack)
        return -errno;

    uintptr_t *top = (uintptr_t *)(void *)(stack + FX_LINUX_STACK_SIZE) - 2;
    top[0] = (uintptr_t)request->run;
    top[1] = (uintptr_t)request->argument;

    /* clone3 can write the number and still fail (pids.max); it is then not an open descriptor. */
    int made = -1;
    pid_t pid = -ENOSYS;
    if (mechanism == FX_MECHANISM_CLONE && request->place)
        pid = call_clone_by_pid(request, top, &made);
    else if (mechanism == FX_MECHANISM_CLONE)
        pid = call_clone(request, top, &made);
#ifdef HAVE_ENTRY
    else if (mechanism == FX_MECHANISM_CLONE3)
        pid = call_clone3(request, stack, top, &made);
#endif
    fx_linux_stack_give_back(stack);
    if (pid > 0)
        *pidfd = request->pidfd ? made : -1;
    return pid;
}
