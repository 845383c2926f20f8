/* SPDX-License-Identifier: MIT
 *
 * The words for scopes, for what is kept of a stream, and for why a drain ended.
 */
#include "forkexec.h"
#include "names.h"

static const struct fx_name scopes[] = {
    {"process", FX_SCOPE_PROCESS},         {"group", FX_SCOPE_GROUP},
    {"session", FX_SCOPE_SESSION},         {"cgroup", FX_SCOPE_CGROUP},
    {"descendants", FX_SCOPE_DESCENDANTS},
};

static const struct fx_name keeps[] = {
    {"head", FX_KEEP_HEAD},
    {"tail", FX_KEEP_TAIL},
    {"head-and-tail", FX_KEEP_HEAD_AND_TAIL},
    {"stop", FX_KEEP_STOP},
};

static const struct fx_name endings[] = {
    {"none", FX_ENDING_NONE},       {"exit", FX_ENDING_EXIT},
    {"timeout", FX_ENDING_TIMEOUT}, {"idle-timeout", FX_ENDING_IDLE_TIMEOUT},
    {"output", FX_ENDING_OUTPUT},   {"function", FX_ENDING_FUNCTION},
    {"stop", FX_ENDING_STOP},
};

#define COUNT_OF(table) (sizeof(table) / sizeof(table)[0])

int fx_scope_number(const char *name) {
    return fx_name_number(scopes, COUNT_OF(scopes), "FX_SCOPE_", FX_SCOPE_COUNT - 1, name);
}

int fx_keep_number(const char *name) {
    return fx_name_number(keeps, COUNT_OF(keeps), "FX_KEEP_", FX_KEEP_COUNT - 1, name);
}

const char *fx_scope_name(fx_scope_kind kind) {
    const char *name = fx_name_of(scopes, COUNT_OF(scopes), (int)kind);
    return name ? name : "unknown";
}

const char *fx_keep_name(fx_keep keep) {
    const char *name = fx_name_of(keeps, COUNT_OF(keeps), (int)keep);
    return name ? name : "unknown";
}

const char *fx_ending_name(fx_ending ending) {
    const char *name = fx_name_of(endings, COUNT_OF(endings), (int)ending);
    return name ? name : "unknown";
}
