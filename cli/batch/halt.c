/* SPDX-License-Identifier: MIT */
#include "halt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int read_bound(const char *text, struct halt_rule *rule) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18)
        return -EINVAL;
    rule->number = (size_t)strtoull(text, NULL, 10);
    rule->percent = text[digits] == '%';
    if (text[digits + rule->percent] != '\0')
        return -EINVAL;
    bool sensible = rule->number > 0 && (!rule->percent || rule->number <= 100);
    return sensible ? 0 : -EINVAL;
}

static bool skip(const char **text, const char *word) {
    size_t length = strlen(word);
    if (strncmp(*text, word, length) != 0)
        return false;
    *text += length;
    return true;
}

static int read_rule(const char *text, struct halt_rule *rule) {
    if (skip(&text, "now,"))
        rule->when = HALT_NOW;
    else if (skip(&text, "soon,"))
        rule->when = HALT_SOON;
    else
        return -EINVAL;
    if (skip(&text, "fail="))
        rule->why = HALT_FAIL;
    else if (skip(&text, "success="))
        rule->why = HALT_SUCCESS;
    else if (skip(&text, "done="))
        rule->why = HALT_DONE;
    else
        return -EINVAL;
    return read_bound(text, rule);
}

int halt_rule_of(const char *text, struct halt_rule *rule) {
    static const struct {
        const char *old, *rule;
    } names[] = {
        {"1", "soon,fail=1"},
        {"2", "now,fail=1"},
        {"-1", "soon,success=1"},
        {"-2", "now,success=1"},
    };
    *rule = (struct halt_rule){0};
    if (strcmp(text, "never") == 0 || strcmp(text, "0") == 0)
        return 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i].old) == 0)
            return read_rule(names[i].rule, rule);
    if (text[strspn(text, "0123456789")] == '%') {
        rule->when = HALT_SOON;
        return read_bound(text, rule);
    }
    return read_rule(text, rule);
}

static size_t count_of(const struct halt_rule *rule, const struct tally *tally) {
    switch (rule->why) {
    case HALT_FAIL:
        return tally->failed;
    case HALT_SUCCESS:
        return tally->succeeded;
    default:
        return tally->failed + tally->succeeded;
    }
}

bool halt_is_due(const struct halt_rule *rule, const struct tally *tally) {
    if (rule->when == HALT_NEVER)
        return false;
    size_t count = count_of(rule, tally);
    if (!rule->percent)
        return count >= rule->number;
    return (double)count * 100 >= (double)rule->number * (double)tally->total;
}

int halt_status(const struct halt_rule *rule, bool halted, const struct tally *tally,
                int last_failure) {
    enum { MANY = 101 };
    if (halted && rule->why == HALT_SUCCESS)
        return 0;
    if (halted && rule->why == HALT_FAIL && rule->percent && tally->failed > 0) {
        int percent = (int)((double)tally->failed * 100 / (double)tally->total);
        return percent > 0 ? percent : 1;
    }
    if (halted && rule->why == HALT_FAIL && rule->number == 1)
        return last_failure;
    return tally->failed < MANY ? (int)tally->failed : MANY;
}
