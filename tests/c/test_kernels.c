/* SPDX-License-Identifier: MIT
 *
 * Kernels that leave wrong marks in a table that was cut off are not asked to cut one.
 */
#include "platform/linux_release.h"
#include "support.h"

static void mended_ones_are_known(void **state) {
    static const char *const clean[] = {"6.11.0",  "6.18.44-generic", "7.0",
                                        "6.10.7",  "6.6.48",          "6.6.139-1-lts",
                                        "6.1.107", "5.15.166-custom", "5.10.225"};
    (void)state;
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++)
        assert_true(fx_linux_cuts_tables_cleanly(clean[i]));
}

static void others_are_not_trusted(void **state) {
    static const char *const unclean[] = {"6.10.6",   "6.6.47-generic", "6.1.106", "5.15.165",
                                          "5.10.224", "5.14.0-570.el9", "6.8.0",   "5.9",
                                          "4.19.300", "unknown",        ""};
    (void)state;
    for (size_t i = 0; i < sizeof unclean / sizeof unclean[0]; i++)
        assert_false(fx_linux_cuts_tables_cleanly(unclean[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mended_ones_are_known),
        cmocka_unit_test(others_are_not_trusted),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
