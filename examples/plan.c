/* SPDX-License-Identifier: MIT
 *
 * Compile a command once and launch it often; the plan says how it is done, and why so.
 */
#include <stdio.h>

#include <forkexec.h>

int main(void) {
    enum { COUNT = 100 };
    char *argv[] = {"true", NULL};
    fx_command command = {.size = sizeof command, .argv = argv, .directory = "/"};
    fx_plan *plan;
    fx_reason reason;
    if (fx_compile(&command, &plan, NULL) < 0)
        return 1;
    fx_mechanism mechanism = fx_plan_mechanism(plan, &reason);
    (void)printf("%s: %s\n", fx_mechanism_name(mechanism), fx_reason_text(reason));

    int good = 0;
    for (int i = 0; i < COUNT; i++) {
        fx_child child = {.size = sizeof child};
        fx_exit end = {.size = sizeof end};
        if (fx_launch(plan, &child, NULL) < 0)
            continue;
        if (fx_wait(&child, -1, 0, &end) == 0)
            good += end.code == 0;
        fx_child_close(&child);
    }
    fx_plan_free(plan);
    (void)printf("%d of %d ended well\n", good, COUNT);
    return good == COUNT ? 0 : 1;
}
