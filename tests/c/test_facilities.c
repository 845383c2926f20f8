/* SPDX-License-Identifier: MIT
 *
 * What the kernel offers, as the library tells it.
 */
#include <errno.h>
#include <string.h>

#include "support.h"

static bool look_up(const char *name, fx_facility *facility) {
    for (size_t n = 0; fx_look_up_facility(n, facility) == 0; n++)
        if (strcmp(facility->name, name) == 0)
            return true;
    return false;
}

static void each_says_what_it_is(void **state) {
    (void)state;
    fx_facility facility = {.size = sizeof facility};
    size_t n = 0;
    for (; fx_look_up_facility(n, &facility) == 0; n++) {
        assert_true(*facility.name && *facility.used && *facility.needs);
        assert_int_equal(facility.usable, facility.code == 0);
        assert_int_equal(facility.size, sizeof facility);
    }
    assert_true(n > 20);
    assert_int_equal(fx_look_up_facility(n + 100, &facility), -ENOENT);
}

static void fork_is_everywhere(void **state) {
    (void)state;
    fx_facility facility = {.size = sizeof facility};
    assert_true(look_up("fork", &facility));
    assert_true(facility.usable);
}

/* What a plain child is made by is said to be usable. */
static void what_is_used_is_usable(void **state) {
    (void)state;
    fx_facility facility = {.size = sizeof facility};
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.mechanism = FX_MECHANISM_AUTO;
    fx_child child = start(&command);
    assert_true(look_up(fx_mechanism_name(child.mechanism), &facility));
    assert_true(facility.usable);
    (void)finish(&child);
}

static void an_older_caller_gets_what_it_knows(void **state) {
    (void)state;
    fx_facility facility;
    memset(&facility, 0x5a, sizeof facility);
    facility.size = offsetof(fx_facility, detail);
    assert_int_equal(fx_look_up_facility(0, &facility), 0);
    assert_int_equal(facility.size, offsetof(fx_facility, detail));
    assert_int_equal(facility.detail[0], 0x5a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_says_what_it_is),
        cmocka_unit_test(fork_is_everywhere),
        cmocka_unit_test(what_is_used_is_usable),
        cmocka_unit_test(an_older_caller_gets_what_it_knows),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
