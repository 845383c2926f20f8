/* SPDX-License-Identifier: MIT
 *
 * Names to numbers, and back.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include "support.h"

static void signals(void **state) {
    (void)state;
    assert_int_equal(fx_signal_number("TERM"), SIGTERM);
    assert_int_equal(fx_signal_number("SIGTERM"), SIGTERM);
    assert_int_equal(fx_signal_number("sigterm"), SIGTERM);
    assert_int_equal(fx_signal_number("15"), 15);
    assert_int_equal(fx_signal_number("IOT"), SIGABRT);
    static const char *const wrong[] = {"",     "SIG",      "TERMS",   "0",          "-1",   "EXIT",
                                        "4711", "RTMIN+99", "RTMIN-1", "SIGSIGTERM", " TERM"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(fx_signal_number(wrong[i]), -EINVAL);
    for (int signal = 1; signal < NSIG; signal++) {
        const char *name = fx_signal_name(signal);
        if (name)
            assert_int_equal(fx_signal_number(name), signal);
    }
    assert_string_equal(fx_signal_name(SIGABRT), "ABRT");
    assert_null(fx_signal_name(0));
    assert_null(fx_signal_name(4711));
#ifdef SIGRTMIN
    assert_int_equal(fx_signal_number("RTMIN"), SIGRTMIN);
    assert_int_equal(fx_signal_number("SIGRTMIN+2"), SIGRTMIN + 2);
    assert_int_equal(fx_signal_number("rtmax-1"), SIGRTMAX - 1);
    assert_string_equal(fx_signal_name(SIGRTMIN + 1), "RTMIN+1");
#endif
}

static void limits(void **state) {
    (void)state;
    assert_int_equal(fx_limit_number("nofile"), RLIMIT_NOFILE);
    assert_int_equal(fx_limit_number("RLIMIT_NOFILE"), RLIMIT_NOFILE);
    assert_int_equal(fx_limit_number("Core"), RLIMIT_CORE);
    assert_int_equal(fx_limit_number("nofiles"), -EINVAL);
    assert_string_equal(fx_limit_name(RLIMIT_CPU), "cpu");
    assert_null(fx_limit_name(4711));
#ifdef RLIM_NLIMITS
    /* Every one of this system has a name. */
    for (int resource = 0; resource < (int)RLIM_NLIMITS; resource++)
        assert_int_equal(fx_limit_number(fx_limit_name(resource)), resource);
#endif
}

static void capabilities(void **state) {
    (void)state;
    assert_int_equal(fx_capability_number("CAP_NET_RAW"), 13);
    assert_int_equal(fx_capability_number("net-raw"), 13);
    assert_int_equal(fx_capability_number("checkpoint_restore"), 40);
    assert_int_equal(fx_capability_number("63"), 63);
    assert_int_equal(fx_capability_number("64"), -EINVAL);
    assert_string_equal(fx_capability_name(21), "sys_admin");
    assert_null(fx_capability_name(41));
}

static void the_others(void **state) {
    (void)state;
    assert_int_equal(fx_scheduling_number("SCHED_FIFO"), SCHED_FIFO);
    assert_int_equal(fx_scheduling_number("normal"), SCHED_OTHER);
    assert_string_equal(fx_scheduling_name(SCHED_OTHER), "other");
    assert_int_equal(fx_namespace_number("net"), 0x40000000);
    assert_int_equal(fx_namespace_number("CLONE_NEWNS"), 0x20000);
    assert_int_equal(fx_namespace_number("mnt"), 0x20000);
    assert_string_equal(fx_namespace_name(0x20000), "mount");
    assert_int_equal(fx_io_class_number("best-effort"), FX_IO_BEST_EFFORT);
    assert_int_equal(fx_io_class_number("3"), FX_IO_IDLE);
    assert_int_equal(fx_io_class_number("4"), -EINVAL);
}

/* Nothing of the parent's has a number, and every kind has a key of its own. */
static void steps(void **state) {
    (void)state;
    assert_int_equal(fx_step_number("oom_score_adj"), FX_STEP_OOM_SCORE_ADJ);
    assert_int_equal(fx_step_number("oom-score-adj"), FX_STEP_OOM_SCORE_ADJ);
    assert_int_equal(fx_step_number("pipe"), -EINVAL);
    assert_int_equal(fx_step_number("none"), -EINVAL);
    for (int kind = FX_STEP_CLONE + 1; kind < FX_STEP_COUNT; kind++)
        assert_int_equal(fx_step_number(fx_step_key((fx_step)kind)), kind);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals),    cmocka_unit_test(limits), cmocka_unit_test(capabilities),
        cmocka_unit_test(the_others), cmocka_unit_test(steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
