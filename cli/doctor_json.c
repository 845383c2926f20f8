/* SPDX-License-Identifier: MIT
 *
 * forkexec doctor --json: doc/doctor.schema.json.
 */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "json.h"

static void print_mechanism(fx_mechanism number) {
    struct mechanism mechanism;
    look_at_mechanism(number, &mechanism);
    (void)putchar('{');
    json_text(stdout, true, "name", fx_mechanism_name(number));
    json_bool(stdout, false, "usable", mechanism.usable);
    json_text(stdout, false, "why_not", mechanism.usable ? NULL : mechanism.why_not);
    (void)putchar('}');
}

static void print_facility(const fx_facility *facility) {
    const char *kind = is_mechanism(facility)   ? "mechanism"
                       : is_attribute(facility) ? "attribute"
                                                : "facility";
    (void)putchar('{');
    json_text(stdout, true, "name", facility->name);
    json_text(stdout, false, "kind", kind);
    json_bool(stdout, false, "usable", facility->usable);
    json_number(stdout, false, "errno", facility->usable ? 0 : -facility->code);
    json_text(stdout, false, "why_not", facility->usable ? NULL : strerror(-facility->code));
    json_text(stdout, false, "used", facility->used);
    json_text(stdout, false, "needs", facility->needs);
    json_text(stdout, false, "detail", facility->detail[0] ? facility->detail : NULL);
    (void)putchar('}');
}

void print_doctor_json(const struct utsname *system) {
    struct mechanism chosen;
    fx_facility facility;
    look_at_mechanism(FX_MECHANISM_AUTO, &chosen);
    (void)fputs("{\n  ", stdout);
    json_text(stdout, true, "version", fx_version());
    json_text(stdout, false, "system", system->sysname);
    json_text(stdout, false, "release", system->release);
    json_text(stdout, false, "machine", system->machine);
    (void)fputs(",\n  ", stdout);
    json_text(stdout, true, "mechanism",
              chosen.usable ? fx_mechanism_name(chosen.mechanism) : NULL);
    json_text(stdout, false, "reason", chosen.usable ? fx_reason_name(chosen.reason) : NULL);
    (void)fputs(",\n  \"mechanisms\": [", stdout);
    for (int n = FX_MECHANISM_CLONE3; n < FX_MECHANISM_COUNT; n++) {
        (void)fputs(n == FX_MECHANISM_CLONE3 ? "\n    " : ",\n    ", stdout);
        print_mechanism((fx_mechanism)n);
    }
    (void)fputs("\n  ],\n  \"facilities\": [", stdout);
    for (size_t n = 0; look_at_facility(n, &facility); n++) {
        (void)fputs(n == 0 ? "\n    " : ",\n    ", stdout);
        print_facility(&facility);
    }
    (void)fputs("\n  ]\n}\n", stdout);
}
