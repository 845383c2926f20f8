/* SPDX-License-Identifier: MIT
 *
 * Options: capabilities and securebits. As in setpriv(1) an item +NAME or -NAME edits what this
 * process has; items that are all without a sign are the whole set.
 */
#include <errno.h>
#include <string.h>

#include "platform.h"
#include "value.h"

/* A set of bits that is being put together from a list. */
struct edit {
    unsigned long long all;
    unsigned long long bits;
    bool edits; /* items have signs */
    bool whole; /* items have none */
    int (*bit_of)(const char *name);
    const char *what;
};

static int take_bit(struct request *request, const char *item, void *context) {
    struct edit *edit = context;
    char sign = *item;
    bool has_sign = sign == '+' || sign == '-';
    const char *name = item + has_sign;
    if (has_sign)
        edit->edits = true;
    else
        edit->whole = true;
    if (edit->edits && edit->whole)
        return complain(request, "either all items begin with + or -, or none");
    unsigned long long bits = edit->all;
    if (strcmp(name, "all") != 0) {
        int bit = 0;
        int result = read_name(request, name, edit->what, edit->bit_of, &bit);
        if (result < 0)
            return result;
        bits = bit < 64 ? 1ULL << bit : 0;
    }
    edit->bits = sign == '-' ? edit->bits & ~bits : edit->bits | bits;
    return 0;
}

/* The first item decides whether what there is now is where the editing starts. */
static bool begins_with_sign(const char *list) { return *list == '+' || *list == '-'; }

static int not_here(struct request *request, int code) {
    return complain(request, "%s",
                    code == -ENOTSUP ? "this system has no such thing" : strerror(-code));
}

static int read_capabilities(struct request *request, const char *value, enum capability_set set,
                             fx_capabilities *field) {
    struct edit edit = {.bit_of = fx_capability_number, .what = "a capability"};
    int result = current_capabilities(SET_ALL, &edit.all);
    if (result == 0 && begins_with_sign(value))
        result = current_capabilities(set, &edit.bits);
    if (result < 0)
        return not_here(request, result);
    unsigned long long before = edit.bits;
    result = for_each_item(request, value, take_bit, &edit);
    if (result == 0 && set == SET_BOUNDING && edit.edits && (edit.bits & ~before) != 0)
        return complain(request, "nothing can be added to the bounding set");
    *field = (fx_capabilities){.set = true, .bits = edit.bits};
    return result;
}

static int parse_bounding_set(struct request *request, const struct option *option,
                              const char *value) {
    (void)option;
    return read_capabilities(request, value, SET_BOUNDING, &request->command.bounding_capabilities);
}

static int parse_permitted_caps(struct request *request, const struct option *option,
                                const char *value) {
    (void)option;
    return read_capabilities(request, value, SET_PERMITTED,
                             &request->command.permitted_capabilities);
}

static int parse_inh_caps(struct request *request, const struct option *option, const char *value) {
    (void)option;
    return read_capabilities(request, value, SET_INHERITABLE,
                             &request->command.inheritable_capabilities);
}

static int parse_ambient_caps(struct request *request, const struct option *option,
                              const char *value) {
    (void)option;
    return read_capabilities(request, value, SET_AMBIENT, &request->command.ambient_capabilities);
}

const char *const securebit_names[] = {
    "noroot",    "noroot_locked",    "no_setuid_fixup",      "no_setuid_fixup_locked",
    "keep_caps", "keep_caps_locked", "no_cap_ambient_raise", "no_cap_ambient_raise_locked",
    NULL,
};

static int securebit_number(const char *name) {
    for (int bit = 0; securebit_names[bit]; bit++)
        if (strcmp(securebit_names[bit], name) == 0)
            return bit;
    return -EINVAL;
}

static int parse_securebits(struct request *request, const struct option *option,
                            const char *value) {
    enum { ALL = 0xff };
    struct edit edit = {.all = ALL, .bit_of = securebit_number, .what = "a securebit"};
    unsigned long long number = 0;
    int result = 0;
    (void)option;
    if (*value >= '0' && *value <= '9') {
        result = read_in_base(request, value, 16, ALL, &number);
        request->command.securebits = (fx_number)FX_NUMBER((int)number);
        return result;
    }
    if (begins_with_sign(value)) {
        int bits = 0;
        result = current_securebits(&bits);
        if (result < 0)
            return not_here(request, result);
        edit.bits = (unsigned long long)bits;
    }
    result = for_each_item(request, value, take_bit, &edit);
    request->command.securebits = (fx_number)FX_NUMBER((int)edit.bits);
    return result;
}

static int parse_keep_caps(struct request *request, const struct option *option,
                           const char *value) {
    (void)option;
    (void)value;
    request->command.keep_capabilities = true;
    return 0;
}

#define SET_OF_CAPABILITIES .metavar = "CAP,...", .list = true, .completion = COMPLETE_CAPABILITY

static const struct option options[] = {
    {.name = "bounding-set",
     SET_OF_CAPABILITIES,
     .fields = "bounding_capabilities",
     .help = "capabilities that can ever be had: -all,+chown",
     .more = "+NAME adds to the set that there is now, -NAME takes out, and +all and -all do that "
             "with all of them; names without a sign are the whole new set.",
     .parse = parse_bounding_set},
    {.name = "permitted-caps",
     SET_OF_CAPABILITIES,
     .fields = "permitted_capabilities",
     .help = "capabilities that are permitted, and effective",
     .parse = parse_permitted_caps},
    {.name = "inh-caps",
     SET_OF_CAPABILITIES,
     .fields = "inheritable_capabilities",
     .help = "capabilities that files may pass on",
     .parse = parse_inh_caps},
    {.name = "ambient-caps",
     SET_OF_CAPABILITIES,
     .fields = "ambient_capabilities",
     .help = "capabilities that it has whatever its file",
     .more = "They are made inheritable as well.",
     .parse = parse_ambient_caps},
    {.name = "securebits",
     .metavar = "BIT,...",
     .list = true,
     .completion = COMPLETE_SECUREBIT,
     .fields = "securebits",
     .help = "how root differs from others; or 0xHEX",
     .parse = parse_securebits},
    {.name = "keep-caps",
     .fields = "keep_capabilities",
     .help = "keep permitted capabilities when root is left",
     .parse = parse_keep_caps},
};

const struct family capability_family = FAMILY("Capabilities", options);
