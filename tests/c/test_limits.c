/* SPDX-License-Identifier: MIT
 *
 * Resource limits, as the program finds them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "looking.h"
#include "state.h"

static const char *own_path;

static struct rlimit own(int resource) {
    struct rlimit limit;
    assert_int_equal(getrlimit((limited_resource)resource, &limit), 0);
    return limit;
}

static void assert_limited(const fx_limit *limit, long long soft, long long hard) {
    fx_command command = idle_command();
    command.limits = limit;
    command.limit_count = 1;
    char *said = LOOK_WITH("measure", &command);
    assert_saw(said, "limit %d %lld %lld", limit->resource, soft, hard);
    free(said);
}

static fx_error assert_refused(const fx_limit *limits, size_t count) {
    fx_command command = idle_command();
    command.limits = limits;
    command.limit_count = count;
    return assert_fails(&command, EINVAL, FX_STEP_COMMAND, "limits");
}

static void soft_and_hard(void **state) {
    (void)state;
    const fx_limit limit = {
        .resource = RLIMIT_NOFILE, .soft = {FX_LIMIT_VALUE, 100}, .hard = {FX_LIMIT_VALUE, 200}};
    assert_limited(&limit, 100, 200);
}

static void soft_only(void **state) {
    (void)state;
    const fx_limit limit = {.resource = RLIMIT_NOFILE, .soft = {FX_LIMIT_VALUE, 100}};
    assert_limited(&limit, 100, (long long)own(RLIMIT_NOFILE).rlim_max);
}

/* It takes a soft one above it down. */
static void hard_only(void **state) {
    (void)state;
    const fx_limit limit = {.resource = RLIMIT_NOFILE, .hard = {FX_LIMIT_VALUE, 200}};
    assert_limited(&limit,
                   own(RLIMIT_NOFILE).rlim_cur < 200 ? (long long)own(RLIMIT_NOFILE).rlim_cur : 200,
                   200);
}

static void as_much_as_allowed(void **state) {
    (void)state;
    const fx_limit most = {.resource = RLIMIT_NOFILE, .soft = {.kind = FX_LIMIT_ALLOWED}};
    assert_limited(&most, (long long)own(RLIMIT_NOFILE).rlim_max,
                   (long long)own(RLIMIT_NOFILE).rlim_max);
    const fx_limit some = {
        .resource = RLIMIT_NOFILE, .soft = {FX_LIMIT_ALLOWED, 500}, .hard = {FX_LIMIT_VALUE, 300}};
    assert_limited(&some, 300, 300);
    const fx_limit few = {
        .resource = RLIMIT_NOFILE, .soft = {FX_LIMIT_ALLOWED, 50}, .hard = {FX_LIMIT_VALUE, 300}};
    assert_limited(&few, 50, 300);
}

static void unlimited(void **state) {
    (void)state;
    if (own(RLIMIT_CPU).rlim_max != RLIM_INFINITY)
        skip();
    const fx_limit limit = {.resource = RLIMIT_CPU,
                            .soft = {.kind = FX_LIMIT_UNLIMITED},
                            .hard = {FX_LIMIT_UNLIMITED, 0}};
    assert_limited(&limit, -1, -1);
}

/* All of them at once, each a little below what there is. */
static void every_resource(void **state) {
    (void)state;
    fx_limit limits[RLIM_NLIMITS];
    size_t count = 0;
    for (int resource = 0; resource < (int)RLIM_NLIMITS; resource++) {
        struct rlimit now = own(resource);
        /* So that the program can still begin. */
        unsigned long long value = now.rlim_cur == RLIM_INFINITY ? 1ULL << 40 : now.rlim_cur;
        limits[count++] = (fx_limit){.resource = resource, .soft = {FX_LIMIT_VALUE, value}};
    }
    fx_command command = idle_command();
    command.limits = limits;
    command.limit_count = count;
    char *said = LOOK_WITH("measure", &command);
    for (size_t i = 0; i < count; i++)
        assert_saw(said, "limit %d %llu %lld", limits[i].resource, limits[i].soft.value,
                   (long long)own(limits[i].resource).rlim_max);
    free(said);
}

/* The limit of open files comes after the map, whose numbers lie above it. */
static void numbers_above_the_limit_are_filled(void **state) {
    (void)state;
    const fx_limit limit = {
        .resource = RLIMIT_NOFILE, .soft = {FX_LIMIT_VALUE, 5}, .hard = {FX_LIMIT_VALUE, 5}};
    const fx_map map[] = {{40, 0}, {41, 1}, {1, 0}};
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.limits = &limit;
    command.limit_count = 1;
    command.map = map;
    command.map_count = 3;
    assert_exits(&command, 0);
}

static void raising_a_hard_limit_takes_privilege(void **state) {
    (void)state;
    struct rlimit now = own(RLIMIT_NOFILE);
    if (may_raise_limits())
        skip();
    const fx_limit limit = {.resource = RLIMIT_NOFILE,
                            .soft = {FX_LIMIT_VALUE, now.rlim_max},
                            .hard = {FX_LIMIT_VALUE, now.rlim_max + 1}};
    fx_command command = idle_command();
    command.limits = &limit;
    command.limit_count = 1;
    char subject[64], message[128];
    (void)snprintf(subject, sizeof subject, "RLIMIT_NOFILE, %llu:%llu",
                   (unsigned long long)now.rlim_max, (unsigned long long)now.rlim_max + 1);
    (void)snprintf(message, sizeof message, "setrlimit(%s): Operation not permitted", subject);
    fx_error error = assert_fails(&command, EPERM, FX_STEP_LIMIT, subject);
    assert_message(&error, message);
    assert_int_equal(error.index, 0);
}

static void nonsense_is_refused(void **state) {
    (void)state;
    const fx_limit unknown[] = {{.resource = 4711, .soft = {FX_LIMIT_VALUE, 1}}};
    const fx_limit above[] = {
        {.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 2}, .hard = {FX_LIMIT_VALUE, 1}}};
    const fx_limit twice[] = {{.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 1}},
                              {.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 2}}};
    const fx_limit kind[] = {{.resource = RLIMIT_CORE, .soft = {(fx_limit_kind)9, 1}}};
    (void)assert_refused(unknown, 1);
    (void)assert_refused(above, 1);
    (void)assert_refused(twice, 2);
    (void)assert_refused(kind, 1);
    fx_error error = assert_refused(NULL, 1);
    assert_message(&error, "limits: the list is NULL");
}

static void a_limit_that_need_not_succeed_is_skipped(void **state) {
    (void)state;
    if (may_raise_limits())
        skip();
    const fx_step best_effort[] = {FX_STEP_LIMIT};
    struct rlimit now = own(RLIMIT_NOFILE);
    const fx_limit limits[] = {
        {.resource = RLIMIT_NOFILE, .hard = {FX_LIMIT_VALUE, now.rlim_max + 1}},
        {.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 0}},
    };
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.limits = limits;
    command.limit_count = 2;
    command.best_effort = best_effort;
    command.best_effort_count = 1;
    fx_child child = start(&command);
    assert_int_equal(child.skipped_count, 1);
    assert_int_equal(child.skipped[0].step, FX_STEP_LIMIT);
    assert_int_equal(child.skipped[0].index, 0);
    assert_int_equal(child.skipped[0].code, -EPERM);
    assert_int_equal(finish(&child).code, 0);
}

static void unprivileged_as_well(void **state) {
    (void)state;
    if (is_superuser())
        run_again_unprivileged(own_path);
}

int main(int argc, char **argv) {
    own_path = argc > 0 ? argv[0] : "";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(soft_and_hard),
        cmocka_unit_test(soft_only),
        cmocka_unit_test(hard_only),
        cmocka_unit_test(as_much_as_allowed),
        cmocka_unit_test(unlimited),
        cmocka_unit_test(every_resource),
        cmocka_unit_test(numbers_above_the_limit_are_filled),
        cmocka_unit_test(raising_a_hard_limit_takes_privilege),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(a_limit_that_need_not_succeed_is_skipped),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
