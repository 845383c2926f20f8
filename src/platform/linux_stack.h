/* SPDX-License-Identifier: MIT
 *
 * Stacks for children that share memory.
 */
#ifndef FX_LINUX_STACK_H
#define FX_LINUX_STACK_H

/*
 * Half of it is for the directory walk's buffer; the steps use a few hundred bytes.
 * Candidates of the PATH search were built by the parent, so the need is constant.
 */
enum { FX_LINUX_STACK_SIZE = 64 * 1024 };

/* The lowest byte of a stack with a guard page below it; NULL with errno. */
unsigned char *fx_linux_stack_take(void);
void fx_linux_stack_give_back(unsigned char *stack);

#endif
