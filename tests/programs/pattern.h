/* SPDX-License-Identifier: MIT
 *
 * What `talk` writes: each byte is known by its place, and each stream has its own. It repeats
 * after a prime number of bytes, so that nothing that is cut at a round number falls into step with
 * it.
 */
#ifndef FX_TEST_PATTERN_H
#define FX_TEST_PATTERN_H

enum { PATTERN_PERIOD = 65521 };

static inline unsigned char pattern_byte(int stream, unsigned long long place) {
    unsigned int at = (unsigned int)(place % PATTERN_PERIOD);
    return (unsigned char)(at * 31 + (at >> 8) * 17 + (unsigned int)stream * 101);
}

#endif
