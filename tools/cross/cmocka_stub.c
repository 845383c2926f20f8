/* SPDX-License-Identifier: MIT
 *
 * What the tests need of cmocka to be linked for a system where they cannot be run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

void _assert_true(const LargestIntegralType result, const char *const expression,
                  const char *const file, const int line) {
    abort();
}

void _assert_return_code(const LargestIntegralType result, size_t length,
                         const LargestIntegralType error, const char *const expression,
                         const char *const file, const int line) {
    abort();
}

void _assert_int_equal(const LargestIntegralType a, const LargestIntegralType b,
                       const char *const file, const int line) {
    abort();
}

void _assert_int_not_equal(const LargestIntegralType a, const LargestIntegralType b,
                           const char *const file, const int line) {
    abort();
}

void _assert_string_equal(const char *const a, const char *const b, const char *const file,
                          const int line) {
    abort();
}

void _assert_string_not_equal(const char *const a, const char *const b, const char *file,
                              const int line) {
    abort();
}

void _assert_memory_equal(const void *const a, const void *const b, const size_t size,
                          const char *const file, const int line) {
    abort();
}

void _assert_memory_not_equal(const void *const a, const void *const b, const size_t size,
                              const char *const file, const int line) {
    abort();
}

void _assert_in_range(const LargestIntegralType value, const LargestIntegralType minimum,
                      const LargestIntegralType maximum, const char *const file, const int line) {
    abort();
}

void _assert_not_in_range(const LargestIntegralType value, const LargestIntegralType minimum,
                          const LargestIntegralType maximum, const char *const file,
                          const int line) {
    abort();
}

void _assert_in_set(const LargestIntegralType value, const LargestIntegralType values[],
                    const size_t count, const char *const file, const int line) {
    abort();
}

void _fail(const char *const file, const int line) { abort(); }

void _skip(const char *const file, const int line) { abort(); }

void print_message(const char *const format, ...) { abort(); }

void print_error(const char *const format, ...) { abort(); }

int _cmocka_run_group_tests(const char *name, const struct CMUnitTest *const tests,
                            const size_t count, CMFixtureFunction setup,
                            CMFixtureFunction teardown) {
    abort();
}
