/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "explain.h"

/* The form is doc/explain.schema.json; `version` changes when a reader would have to. */
enum { FORMAT_VERSION = 1 };

struct members {
    struct fx_text *text;
    bool any;
};

static void separate(struct members *members, const char *indent) {
    fx_text_string(members->text, members->any ? "," : "");
    fx_text_string(members->text, indent);
    members->any = true;
}

static void put_strings(struct fx_text *text, char *const *list) {
    struct members members = {.text = text};
    fx_text_string(text, "[");
    for (size_t i = 0; list[i]; i++) {
        separate(&members, members.any ? " " : "");
        fx_text_json(text, list[i]);
    }
    fx_text_string(text, "]");
}

/* Words separated by spaces. */
static void put_words(struct fx_text *text, const char *words) {
    struct members members = {.text = text};
    fx_text_string(text, "[");
    while (*words) {
        size_t length = strcspn(words, " ");
        separate(&members, members.any ? " \"" : "\"");
        fx_text_bytes(text, words, length);
        fx_text_string(text, "\"");
        words += length + (words[length] == ' ');
    }
    fx_text_string(text, "]");
}

static void put_action(void *context, const struct fx_action *action) {
    struct members *members = context;
    struct fx_text *text = members->text;
    separate(members, "\n    ");
    fx_text_string(text, "{\"step\": ");
    fx_text_json(text, fx_step_key(action->step));
    fx_text_string(text, ", \"call\": ");
    fx_text_json(text, action->call);
    fx_text_string(text, ", \"subject\": ");
    fx_text_json(text, action->subject);
    fx_text_string(text, ", \"system_calls\": ");
    put_words(text, action->calls);
    fx_text_print(text, ", \"best_effort\": %s", action->best_effort ? "true" : "false");
    if (*action->note) {
        fx_text_string(text, ", \"note\": ");
        fx_text_json(text, action->note);
    }
    fx_text_string(text, "}");
}

/* A value that is not asked for is null. */
static void put_variable(struct members *members, const char *variable, bool shown) {
    size_t length = strcspn(variable, "=");
    separate(members, "\n    ");
    fx_text_string(members->text, "[");
    fx_text_json_bytes(members->text, variable, length);
    fx_text_string(members->text, ", ");
    if (shown && variable[length] == '=')
        fx_text_json(members->text, variable + length + 1);
    else
        fx_text_string(members->text, "null");
    fx_text_string(members->text, "]");
}

static void put_environment(const struct fx_plan *plan, unsigned int flags, struct fx_text *text) {
    struct members members = {.text = text};
    if (!plan->environment) {
        fx_text_string(text, "null");
        return;
    }
    fx_text_string(text, "[");
    for (size_t i = 0; plan->environment[i]; i++)
        put_variable(&members, plan->environment[i],
                     flags & FX_EXPLAIN_VALUES && i >= plan->pid_variables);
    fx_text_string(text, "\n  ]");
}

/* Their values are known only in the child. */
static void put_pid_variables(const struct fx_plan *plan, struct fx_text *text) {
    struct members members = {.text = text};
    fx_text_string(text, ",\n  \"pid_variables\": [");
    for (size_t i = 0; plan->environment && i < plan->pid_variables; i++) {
        separate(&members, members.any ? " " : "");
        fx_text_json_bytes(text, plan->environment[i], strcspn(plan->environment[i], "="));
    }
    fx_text_string(text, "]");
}

static void put_string_member(struct fx_text *text, const char *name, const char *value) {
    fx_text_print(text, ",\n  \"%s\": ", name);
    if (value)
        fx_text_json(text, value);
    else
        fx_text_string(text, "null");
}

void fx_explain_json(const struct fx_plan *plan, unsigned int flags, struct fx_text *text) {
    struct members members = {.text = text};
    fx_text_print(text, "{\n  \"version\": %d", FORMAT_VERSION);
    put_string_member(text, "mechanism", fx_mechanism_name(plan->mechanism));
    put_string_member(text, "reason", fx_reason_name(plan->reason));
    put_string_member(text, "reason_text", fx_reason_text(plan->reason));
    put_string_member(text, "order", plan->order == FX_ORDER_CPYTHON ? "cpython" : "standard");
    put_string_member(text, "program", plan->program);
    put_string_member(text, "search_path", plan->search_path);
    fx_text_string(text, ",\n  \"candidates\": ");
    put_strings(text, plan->candidates);
    fx_text_string(text, ",\n  \"arguments\": ");
    put_strings(text, plan->argv);
    fx_text_string(text, ",\n  \"environment\": ");
    put_environment(plan, flags, text);
    put_pid_variables(plan, text);
    fx_text_string(text, ",\n  \"steps\": [");
    fx_explain_actions(plan, put_action, &members);
    fx_text_string(text, "\n  ]\n}\n");
}
