/* SPDX-License-Identifier: MIT
 *
 * What one would need a callback between fork and exec for, as data; then the plan in words, which
 * says what the child does, in which order.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include <forkexec.h>

int main(void) {
    char *argv[] = {"sh", "-c", "ulimit -n; ulimit -c; umask", NULL};
    static const fx_limit limits[] = {
        {.resource = RLIMIT_NOFILE, .soft = {FX_LIMIT_VALUE, 256}},
        {.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 0}, .hard = {FX_LIMIT_VALUE, 0}},
    };
    static char *environment[] = {"PATH=/bin:/usr/bin", NULL};
    static const int ignored[] = {SIGHUP};
    static const fx_step best_effort[] = {FX_STEP_OOM_SCORE_ADJ};
    fx_command command = {
        .size = sizeof command,
        .argv = argv,
        .environment = environment,
        .new_session = true,
        .limits = limits,
        .limit_count = 2,
        .umask = FX_NUMBER(027),
        .nice = FX_NUMBER(5),
        .ignored_signals = {.set = true, .count = 1, .list = ignored},
        .oom_score_adj = FX_NUMBER(500),
        /* Not every system has it. */
        .best_effort = best_effort,
        .best_effort_count = 1,
    };
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    fx_plan *plan;
    char text[8192];
    if (fx_compile(&command, &plan, &error) < 0)
        goto failed;
    (void)fx_explain(plan, FX_FORMAT_TEXT, 0, text, sizeof text);
    (void)fputs(text, stdout);
    (void)fflush(stdout);
    if (fx_launch(plan, &child, &error) < 0)
        goto failed_with_plan;
    for (size_t i = 0; i < child.skipped_count && i < FX_SKIPPED_MAX; i++)
        (void)printf("skipped: %s\n", fx_step_key(child.skipped[i].step));
    (void)fx_wait(&child, -1, 0, NULL);
    fx_child_close(&child);
    fx_plan_free(plan);
    return 0;

failed_with_plan:
    fx_plan_free(plan);
failed:
    (void)fx_error_message(&error, text, sizeof text);
    (void)fprintf(stderr, "%s\n", text);
    return 1;
}
