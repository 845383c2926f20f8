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

enum { COLUMN = 20 };

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
        const char *name = fx_mechanism_name((fx_mechanism)n);
        (void)printf("  %-3s %s", mechanism.usable ? "yes" : "no", name);
        print_wrapped(text ? text : "", 6 + strlen(name), COLUMN, width);
    }
}

/* What it is used for; or why it is not, and what it needs. */
static void print_facility(const fx_facility *facility, size_t width) {
    char text[700];
    const char *detail = facility->detail;
    (void)printf("  %-3s %s", facility->usable ? "yes" : "no", facility->name);
    if (facility->usable)
        (void)snprintf(text, sizeof text, "%s%s%s%s", facility->used, *detail ? " (" : "", detail,
                       *detail ? ")" : "");
    else
        (void)snprintf(text, sizeof text, "%s; needs %s", strerror(-facility->code),
                       facility->needs);
    print_wrapped(text, 6 + strlen(facility->name), COLUMN, width);
}

/* What is more to be said of an attribute: the place or version of what is there, or why it is not.
 */
static void describe(const fx_facility *facility, char *text, size_t size) {
    bool plain = facility->code == -ENOTSUP || facility->code == -ENOSYS;
    if (facility->usable)
        (void)snprintf(text, size, "%s", facility->detail);
    else
        (void)snprintf(text, size, "%s%sneeds %s", plain ? "" : strerror(-facility->code),
                       plain ? "" : "; ", facility->needs);
}

/* One paragraph for all that are there, and one for those that are missing. */
static void print_attributes(bool usable, size_t width) {
    char text[4096];
    char more[400];
    size_t used = 0;
    fx_facility facility;
    for (size_t n = 0; look_at_facility(n, &facility) && used < sizeof text - 500; n++) {
        if (!is_attribute(&facility) || facility.usable != usable)
            continue;
        describe(&facility, more, sizeof more);
        used += (size_t)snprintf(text + used, sizeof text - used, *more ? "%s%s (%s)" : "%s%s",
                                 used ? ", " : "", facility.name, more);
    }
    if (used == 0)
        return;
    (void)printf("  %-3s ", usable ? "yes" : "no");
    print_wrapped(text, 6, 6, width);
}

int run_doctor(struct request *request) {
    struct utsname system;
    fx_facility facility;
    size_t width = print_width();
    if (uname(&system) < 0) {
        (void)complain(NULL, "uname: %s", strerror(errno));
        return STATUS_FAILED;
    }
    if (print_to(request) < 0)
        return STATUS_FAILED;
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
    (void)puts("\nAttributes that not every system has:");
    print_attributes(true, width);
    print_attributes(false, width);
    return 0;
}
