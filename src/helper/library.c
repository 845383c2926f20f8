/* SPDX-License-Identifier: MIT
 *
 * The whole C library that the child's code needs. Linking without another one proves that it
 * needs no more.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "helper.h"

static int last_error;

/* What `errno` stands for in glibc and in musl. */
int *__errno_location(void);
int *__errno_location(void) { return &last_error; }

long fx_helper_fail(long result) {
    last_error = (int)-result;
    return -1;
}

/* Only a callback, which the helper has not, changes what is inherited. */
static char *nothing[] = {NULL};
char **environ = nothing;

/* Or the compiler would see memcpy in memcpy, and call it. */
static void keep_loop(void) { __asm__ volatile("" ::: "memory"); }

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    return memmove(to, from, size);
}

void *memmove(void *to, const void *from, size_t size) {
    unsigned char *target = to;
    const unsigned char *source = from;
    /* Below its source, or so far above that nothing is overwritten before it is read. */
    if ((size_t)(target - source) >= size) {
        for (size_t i = 0; i < size; i++, keep_loop())
            target[i] = source[i];
    } else {
        for (size_t i = size; i > 0; i--, keep_loop())
            target[i - 1] = source[i - 1];
    }
    return to;
}

void *memset(void *at, int value, size_t size) {
    unsigned char *target = at;
    for (size_t i = 0; i < size; i++, keep_loop())
        target[i] = (unsigned char)value;
    return at;
}

int memcmp(const void *left, const void *right, size_t size) {
    const unsigned char *a = left, *b = right;
    for (size_t i = 0; i < size; i++, keep_loop())
        if (a[i] != b[i])
            return a[i] - b[i];
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    for (; text[length]; keep_loop())
        length++;
    return length;
}
