/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <forkexec.h>

#include "batch/options.h"
#include "value.h"

static const char *const bounds[] = {"unlimited", "max", NULL};
static const char *const classes[] = {"none", "realtime", "best-effort", "idle", NULL};
static const char *const whens[] = {"last", "before-identity", "first", NULL};
static const char *const accesses[] = {"ro", "rw", NULL};
static const char *const descriptors[] = {"0", "1", "2", NULL};
static const char *const processors[] = {"0", "0-1", "0-3", "0-7", NULL};

static const char *name_of_step(int number) {
    return number >= FX_STEP_CGROUP && number < FX_STEP_COUNT ? fx_step_key((fx_step)number) : NULL;
}

static const char *name_of_mechanism(int number) {
    return number < FX_MECHANISM_COUNT ? fx_mechanism_name((fx_mechanism)number) : NULL;
}

/* Namespaces are single bits of clone(2)'s flags. */
static const char *name_of_namespace(int bit) {
    return bit < 31 ? fx_namespace_name(1 << bit) : NULL;
}

static const char *name_of_scope(int number) {
    return number < FX_SCOPE_COUNT ? fx_scope_name((fx_scope_kind)number) : NULL;
}

static const char *name_of_keep(int number) {
    return number < FX_KEEP_COUNT ? fx_keep_name((fx_keep)number) : NULL;
}

static const char *(*const names[COMPLETE_COUNT])(int number) = {
    [COMPLETE_SIGNAL] = fx_signal_name,       [COMPLETE_CAPABILITY] = fx_capability_name,
    [COMPLETE_LIMIT] = fx_limit_name,         [COMPLETE_STEP] = name_of_step,
    [COMPLETE_POLICY] = fx_scheduling_name,   [COMPLETE_NAMESPACE] = name_of_namespace,
    [COMPLETE_MECHANISM] = name_of_mechanism, [COMPLETE_SCOPE] = name_of_scope,
    [COMPLETE_KEEP] = name_of_keep,
};

static const char *const *const lists[COMPLETE_COUNT] = {
    [COMPLETE_DESCRIPTOR] = descriptors,
    [COMPLETE_CPU] = processors,
    [COMPLETE_BOUNDS] = bounds,
    [COMPLETE_IO_CLASS] = classes,
    [COMPLETE_SECUREBIT] = securebit_names,
    [COMPLETE_WHEN] = whens,
    [COMPLETE_ACCESS] = accesses,
    [COMPLETE_INPUT_FORMAT] = input_format_words,
    [COMPLETE_OUTPUT] = output_words,
    [COMPLETE_SCHEDULER] = scheduler_words,
    [COMPLETE_PROGRESS] = progress_words,
};

const char *completion_word(enum completion kind, size_t *at) {
    /* Numbers without a name are skipped, so that the end is beyond the largest of any kind. */
    enum { END = 130 };
    if (lists[kind])
        return lists[kind][*at] ? lists[kind][(*at)++] : NULL;
    if (!names[kind])
        return NULL;
    while (*at < END) {
        const char *name = names[kind]((int)(*at)++);
        if (name)
            return name;
    }
    return NULL;
}
