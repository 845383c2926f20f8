/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include <string.h>

/* Environment: the names, with their values only where asked for, as they can be secrets. */
static size_t name_length(const char *variable, unsigned int flags) {
    return flags & FX_EXPLAIN_VALUES ? strlen(variable) : strcspn(variable, "=");
}

static void print_environment(const struct fx_plan *plan, unsigned int flags,
                              struct fx_text *text) {
    if (!plan->environment) {
        fx_text_string(text, "environment: that of the process, after the callback\n");
        return;
    }
    fx_text_string(text, "environment:");
    for (size_t i = 0; plan->environment[i]; i++) {
        fx_text_string(text, flags & FX_EXPLAIN_VALUES ? "\n    " : " ");
        fx_text_bytes(text, plan->environment[i], name_length(plan->environment[i], flags));
        if (flags & FX_EXPLAIN_VALUES && i < plan->pid_variables)
            fx_text_string(text, "(the child's pid)");
    }
    fx_text_string(text, "\n");
}

struct lines {
    struct fx_text *text;
    unsigned int count;
};

static void print_line(void *context, const struct fx_action *action) {
    struct lines *lines = context;
    fx_text_print(lines->text, "%3u  %s(%s)", ++lines->count, action->call, action->subject);
    if (action->best_effort)
        fx_text_string(lines->text, ", best effort");
    if (*action->note)
        fx_text_print(lines->text, "  # %s", action->note);
    fx_text_string(lines->text, "\n");
}

void fx_explain_text(const struct fx_plan *plan, unsigned int flags, struct fx_text *text) {
    struct lines lines = {.text = text};
    fx_text_print(text, "mechanism: %s: %s\n", fx_mechanism_name(plan->mechanism),
                  fx_reason_text(plan->reason));
    fx_text_string(text, "arguments:");
    for (size_t i = 0; plan->argv[i]; i++) {
        fx_text_string(text, " ");
        fx_text_json(text, plan->argv[i]);
    }
    fx_text_string(text, "\n");
    print_environment(plan, flags, text);
    fx_text_string(text, "steps:\n");
    fx_explain_actions(plan, print_line, &lines);
}

int fx_explain(const fx_plan *plan, fx_format format, unsigned int flags, char *buffer,
               size_t size) {
    struct fx_text text = {.start = buffer, .size = size};
    if (format == FX_FORMAT_JSON)
        fx_explain_json(plan, flags, &text);
    else
        fx_explain_text(plan, flags, &text);
    if (size > 0)
        buffer[text.used < size ? text.used : size - 1] = '\0';
    return (int)text.used;
}
