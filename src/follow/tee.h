/* SPDX-License-Identifier: MIT
 *
 * Writing to a descriptor of the caller's without waiting for it. It is shared with others, who
 * would see it become non-blocking, so it stays as it is.
 */
#ifndef FX_TEE_H
#define FX_TEE_H

#include <stdbool.h>
#include <stddef.h>

struct fx_tee {
    int fd;      /* -1: left out */
    size_t most; /* that a write can be of, without waiting, once poll(2) says that there is room */
    bool is_file;
    bool is_socket;
    size_t done; /* of the bytes that are to be written */
};

void fx_tee_begin(struct fx_tee *tee, int fd);
/* As much as can be now. 0, or the negative errno for which it is to be left out. */
int fx_tee_write(struct fx_tee *tee, const unsigned char *data, size_t size);

#endif
