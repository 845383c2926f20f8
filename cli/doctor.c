/* SPDX-License-Identifier: MIT
 *
 * forkexec doctor: what there is here, on one screen.
 */
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "subcommand.h"

bool look_at_facility(size_t n, fx_facility *facility) {
    *facility = (fx_facility){.size = sizeof *facility};
    return fx_look_up_facility(n, facility) == 0;
}

bool is_mechanism(const fx_facility *facility) {
    for (int n = FX_MECHANISM_CLONE3; n < FX_MECHANISM_COUNT; n++)
        if (strcmp(fx_mechanism_name((fx_mechanism)n), facility->name) == 0)
            return true;
    return false;
}

bool is_attribute(const fx_facility *facility) {
    for (int step = FX_STEP_CGROUP; step < FX_STEP_COUNT; step++)
        if (strcmp(fx_step_key((fx_step)step), facility->name) == 0)
            return true;
    return false;
}

static void compile_for(fx_mechanism forced, struct mechanism *mechanism) {
    char program[] = "true";
    char *argv[] = {program, NULL};
    fx_command command = {.size = sizeof command, .argv = argv, .mechanism = forced};
    fx_error error = {.size = sizeof error};
    fx_plan *plan = NULL;
    mechanism->usable = fx_compile(&command, &plan, &error) == 0;
    if (mechanism->usable)
        mechanism->mechanism = fx_plan_mechanism(plan, &mechanism->reason);
    else
        (void)snprintf(mechanism->why_not, sizeof mechanism->why_not, "%s",
                       error.detail[0] ? error.detail : strerror(-error.code));
    fx_plan_free(plan);
}

void look_at_mechanism(fx_mechanism forced, struct mechanism *mechanism) {
    fx_facility facility;
    *mechanism = (struct mechanism){.mechanism = forced};
    compile_for(forced, mechanism);
    for (size_t n = 0; look_at_facility(n, &facility); n++) {
        if (strcmp(facility.name, fx_mechanism_name(forced)) != 0)
            continue;
        mechanism->used = facility.used;
        if (facility.usable)
            continue;
        mechanism->usable = false;
        (void)snprintf(mechanism->why_not, sizeof mechanism->why_not, "%s; needs %s",
                       strerror(-facility.code), facility.needs);
    }
}

enum { COLUMN = 20, NAME = 13 };

static void print_mechanisms(size_t width) {
    struct mechanism mechanism;
    look_at_mechanism(FX_MECHANISM_AUTO, &mechanism);
    if (mechanism.usable)
        (void)printf("Children are made by %s: %s.\n\n", fx_mechanism_name(mechanism.mechanism),
                     fx_reason_text(mechanism.reason));
    (void)puts("Mechanisms:");
    for (int n = FX_MECHANISM_CLONE3; n < FX_MECHANISM_COUNT; n++) {
        look_at_mechanism((fx_mechanism)n, &mechanism);
        const char *text = mechanism.usable ? mechanism.used : mechanism.why_not;
        (void)printf("  %-3s %-*s", mechanism.usable ? "yes" : "no", NAME,
                     fx_mechanism_name((fx_mechanism)n));
        print_wrapped(text ? text : fx_reason_text(FX_REASON_ASKED), COLUMN - 1, COLUMN, width);
    }
}

/* What it is used for; or why it is not, and what it needs. */
static void print_facility(const fx_facility *facility, size_t width) {
    char text[700];
    const char *detail = facility->detail;
    size_t length = strlen(facility->name);
    (void)printf("  %-3s %-*s", facility->usable ? "yes" : "no", NAME, facility->name);
    if (facility->usable)
        (void)snprintf(text, sizeof text, "%s%s%s%s", facility->used, *detail ? " (" : "", detail,
                       *detail ? ")" : "");
    else
        (void)snprintf(text, sizeof text, "%s; needs %s", strerror(-facility->code),
                       facility->needs);
    print_wrapped(text, length > NAME ? length + 6 : COLUMN - 1, COLUMN, width);
}

/* All that are there take a paragraph, each that is missing a line. */
static void print_attributes(size_t width) {
    char text[2048];
    size_t used = 0;
    fx_facility facility;
    text[0] = '\0';
    for (size_t n = 0; look_at_facility(n, &facility); n++) {
        if (!is_attribute(&facility) || !facility.usable || used > sizeof text - 400)
            continue;
        const char *detail = facility.detail;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s%s%s", used ? ", " : "",
                                 facility.name, *detail ? " (" : "", detail, *detail ? ")" : "");
    }
    (void)puts("\nAttributes that not every system has:");
    if (used) {
        (void)fputs("  yes ", stdout);
        print_wrapped(text, 6, 6, width);
    }
    for (size_t n = 0; look_at_facility(n, &facility); n++)
        if (is_attribute(&facility) && !facility.usable)
            print_facility(&facility, width);
}

int run_doctor(struct request *request) {
    struct utsname system;
    fx_facility facility;
    size_t width = print_width();
    if (uname(&system) < 0) {
        (void)complain(NULL, "uname: %s", strerror(errno));
        return STATUS_FAILED;
    }
    if (request->json) {
        print_doctor_json(&system);
        return 0;
    }
    (void)printf("forkexec %s on %s %s (%s)\n", fx_version(), system.sysname, system.release,
                 system.machine);
    print_mechanisms(width);
    (void)puts("\nFacilities:");
    for (size_t n = 0; look_at_facility(n, &facility); n++)
        if (!is_mechanism(&facility) && !is_attribute(&facility))
            print_facility(&facility, width);
    print_attributes(width);
    return 0;
}
