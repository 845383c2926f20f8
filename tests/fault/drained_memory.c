/* SPDX-License-Identifier: MIT
 *
 * How many blocks of memory are in use. Linked with --wrap, so that all calls come here first.
 */
#include <stdlib.h>

#include "drained.h"

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __real_free(void *block);
void __wrap_free(void *block);

long blocks;

static void *counted(void *block) {
    blocks += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size) { return counted(__real_malloc(size)); }

void *__wrap_calloc(size_t count, size_t size) { return counted(__real_calloc(count, size)); }

void *__wrap_realloc(void *block, size_t size) {
    void *made = __real_realloc(block, size);
    blocks += made && !block;
    return made;
}

void __wrap_free(void *block) {
    blocks -= block != NULL;
    __real_free(block);
}
