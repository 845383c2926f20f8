/* SPDX-License-Identifier: MIT
 *
 * forkexec doctor: what there is here, on one screen.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "json.h"
#include "print.h"
#include "subcommand.h"

/* A mechanism, as it answers to a command that asks for nothing in particular. */
struct answer {
    fx_mechanism mechanism;
    fx_reason reason;
    fx_error error;
};

static bool ask(fx_mechanism forced, struct answer *answer) {
    char program[] = "true";
    char *argv[] = {program, NULL};
    fx_command command = {.size = sizeof command, .argv = argv, .mechanism = forced};
    fx_plan *plan = NULL;
    *answer = (struct answer){.error.size = sizeof answer->error};
    if (fx_compile(&command, &plan, &answer->error) < 0)
        return false;
    answer->mechanism = fx_plan_mechanism(plan, &answer->reason);
    fx_plan_free(plan);
    return true;
}

static const char *why_not(const struct answer *answer) {
    return answer->error.detail[0] ? answer->error.detail : strerror(-answer->error.code);
}

/* Facilities are asked by number until there is none. */
static bool look_up(size_t n, fx_facility *facility) {
    *facility = (fx_facility){.size = sizeof *facility};
    return fx_look_up_facility(n, facility) == 0;
}

static void print_json(const struct utsname *system) {
    struct answer answer;
    fx_facility facility;
    bool usable = ask(FX_MECHANISM_AUTO, &answer);
    (void)fputs("{", stdout);
    json_text(true, "version", fx_version());
    json_text(false, "system", system->sysname);
    json_text(false, "release", system->release);
    json_text(false, "machine", system->machine);
    json_text(false, "mechanism", usable ? fx_mechanism_name(answer.mechanism) : NULL);
    json_text(false, "reason", usable ? fx_reason_name(answer.reason) : NULL);
    (void)fputs(",\n \"mechanisms\": [", stdout);
    for (int n = FX_MECHANISM_CLONE3; n < FX_MECHANISM_COUNT; n++) {
        usable = ask((fx_mechanism)n, &answer);
        (void)fputs(n == FX_MECHANISM_CLONE3 ? "\n  {" : ",\n  {", stdout);
        json_text(true, "name", fx_mechanism_name((fx_mechanism)n));
        json_bool(false, "usable", usable);
        json_text(false, "why_not", usable ? NULL : why_not(&answer));
        (void)putchar('}');
    }
    (void)fputs("\n ],\n \"facilities\": [", stdout);
    for (size_t n = 0; look_up(n, &facility); n++) {
        (void)fputs(n == 0 ? "\n  {" : ",\n  {", stdout);
        json_text(true, "name", facility.name);
        json_bool(false, "usable", facility.usable);
        json_number(false, "errno", facility.usable ? 0 : -facility.code);
        json_text(false, "why_not", facility.usable ? NULL : strerror(-facility.code));
        json_text(false, "used", facility.used);
        json_text(false, "needs", facility.needs);
        json_text(false, "detail", facility.detail[0] ? facility.detail : NULL);
        (void)putchar('}');
    }
    (void)fputs("\n ]}\n", stdout);
}

static void print_mechanisms(size_t width) {
    struct answer answer;
    if (ask(FX_MECHANISM_AUTO, &answer))
        (void)printf("Children are made by %s: %s.\n\n", fx_mechanism_name(answer.mechanism),
                     fx_reason_text(answer.reason));
    (void)puts("Mechanisms:");
    for (int n = FX_MECHANISM_CLONE3; n < FX_MECHANISM_COUNT; n++) {
        bool usable = ask((fx_mechanism)n, &answer);
        (void)printf("  %-3s %-16s", usable ? "yes" : "no", fx_mechanism_name((fx_mechanism)n));
        print_wrapped(usable ? "" : why_not(&answer), 22, 23, width);
    }
}

/* What it is used for; or why it is not, and what it needs. */
static void print_facility(const fx_facility *facility, size_t width) {
    char text[700];
    const char *detail = facility->detail;
    (void)printf("  %-3s %-16s", facility->usable ? "yes" : "no", facility->name);
    size_t at = 6 + (strlen(facility->name) > 16 ? strlen(facility->name) : 16);
    if (facility->usable)
        (void)snprintf(text, sizeof text, "%s%s%s%s", facility->used, *detail ? " (" : "", detail,
                       *detail ? ")" : "");
    else
        (void)snprintf(text, sizeof text, "%s: %s; needs %s", facility->used,
                       *detail ? detail : strerror(-facility->code), facility->needs);
    print_wrapped(text, at, 23, width);
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
        print_json(&system);
        return 0;
    }
    (void)printf("forkexec %s on %s %s (%s)\n", fx_version(), system.sysname, system.release,
                 system.machine);
    print_mechanisms(width);
    (void)puts("\nFacilities:");
    for (size_t n = 0; look_up(n, &facility); n++)
        print_facility(&facility, width);
    return 0;
}
