/* SPDX-License-Identifier: MIT
 *
 * What forkexec doctor looks at.
 */
#ifndef FORKEXEC_CLI_DOCTOR_H
#define FORKEXEC_CLI_DOCTOR_H

#include <sys/utsname.h>

#include <forkexec.h>

/* A mechanism, as a command that asks for nothing in particular finds it. */
struct mechanism {
    fx_mechanism mechanism; /* the one that is taken */
    fx_reason reason;
    bool usable;
    char why_not[FX_DETAIL_MAX];
    const char *used; /* what it is for; NULL: unknown */
};

void look_at_mechanism(fx_mechanism forced, struct mechanism *mechanism);

/* The n-th facility; false after the last. */
bool look_at_facility(size_t n, fx_facility *facility);

/* What kind of facility it is. */
bool is_mechanism(const fx_facility *facility);
bool is_attribute(const fx_facility *facility);

void print_doctor_json(const struct utsname *system);

#endif
