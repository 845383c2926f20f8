/* SPDX-License-Identifier: MIT
 *
 * When a batch ends before its commands do: the grammar of GNU parallel's --halt.
 */
#ifndef FORKEXEC_CLI_BATCH_HALT_H
#define FORKEXEC_CLI_BATCH_HALT_H

#include <stdbool.h>
#include <stddef.h>

enum halt_when { HALT_NEVER = 0, HALT_SOON, HALT_NOW };
enum halt_why { HALT_FAIL, HALT_SUCCESS, HALT_DONE };

struct halt_rule {
    enum halt_when when;
    enum halt_why why;
    bool percent;
    size_t number;
};

struct tally {
    size_t total; /* that are to be run */
    size_t succeeded;
    size_t failed;
};

/* never, or now|soon,fail|success|done=N|N%, or 0, 1, 2, -1, -2, N% as of old. -EINVAL. */
int halt_rule_of(const char *text, struct halt_rule *rule);

bool halt_is_due(const struct halt_rule *rule, const struct tally *tally);

/*
 * The status of a batch, as GNU parallel has it: the number of failed commands, 101 for more than
 * 100. If the rule brought the end: the status of the command that failed (fail=1), the percentage
 * that failed (fail=N%), 0 (success).
 */
int halt_status(const struct halt_rule *rule, bool halted, const struct tally *tally,
                int last_failure);

#endif
