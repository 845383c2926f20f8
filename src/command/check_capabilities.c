/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "command.h"
#include "platform/identity.h"

/* SECBIT_*: prctl(2), and capabilities(7). Up to those that Linux 6.14 added. */
enum {
    NO_SETUID_FIXUP = 1 << 2,
    KEEP_CAPS = 1 << 4,
    KEEP_CAPS_LOCKED = 1 << 5,
    NO_AMBIENT_RAISE = 1 << 6,
    ALL_SECUREBITS = (1 << 12) - 1
};

static int lowest(unsigned long long bits) {
    int number = 0;
    for (; !(bits & 1); bits >>= 1)
        number++;
    return number;
}

static int check_known(const fx_capabilities *set, const char *field, fx_error *error) {
    if (!set->set || !set->bits)
        return 0;
    int last = fx_platform_last_capability();
    /* Without any, the step says what it lacks. */
    unsigned long long unknown = last < 0 || last >= 63 ? 0 : set->bits >> (last + 1);
    if (unknown)
        return fx_error_command(error, -EINVAL, field, "this kernel has no capability %d",
                                last + 1 + lowest(unknown));
    return 0;
}

static int check_within(const fx_command *command, const fx_capabilities *set, const char *field,
                        fx_error *error) {
    const fx_capabilities *ambient = &command->ambient_capabilities;
    unsigned long long missing = ambient->set && set->set ? ambient->bits & ~set->bits : 0;
    if (!missing)
        return 0;
    const char *name = fx_capability_name(lowest(missing));
    return fx_error_command(error, -EINVAL, "ambient_capabilities", "%s is not in %s",
                            name ? name : "one of them", field);
}

static int check_securebits(const fx_command *command, fx_error *error) {
    if (!command->securebits.set)
        return 0;
    int bits = command->securebits.value;
    if (bits < 0 || bits > ALL_SECUREBITS)
        return fx_error_command(error, -EINVAL, "securebits", "0x%x has more than SECBIT_* in it",
                                (unsigned int)bits);
    if (bits & NO_AMBIENT_RAISE && command->ambient_capabilities.set &&
        command->ambient_capabilities.bits)
        return fx_error_command(error, -EINVAL, "ambient_capabilities",
                                "SECBIT_NO_CAP_AMBIENT_RAISE in securebits forbids them");
    bool locked = bits & KEEP_CAPS_LOCKED && !(bits & KEEP_CAPS);
    if (locked && fx_command_keeps_capabilities(command))
        return fx_error_command(error, -EINVAL, "securebits",
                                "SECBIT_KEEP_CAPS_LOCKED forbids to keep the capabilities that "
                                "are asked for over the change of user");
    return 0;
}

bool fx_command_keeps_capabilities(const fx_command *command) {
    const fx_capabilities *sets[] = {&command->permitted_capabilities,
                                     &command->inheritable_capabilities,
                                     &command->ambient_capabilities};
    int bits = command->securebits.set ? command->securebits.value : 0;
    if (command->keep_capabilities)
        return true;
    /* setresuid(2) takes them when the last of the three ids stops being 0. */
    if (!command->user.set || command->user.value == 0 || bits & (NO_SETUID_FIXUP | KEEP_CAPS))
        return false;
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        if (sets[i]->set && sets[i]->bits)
            return true;
    return false;
}

int fx_check_capabilities(const fx_command *command, fx_error *error) {
    const struct {
        const fx_capabilities *set;
        const char *field;
    } sets[] = {
        {&command->permitted_capabilities, "permitted_capabilities"},
        {&command->inheritable_capabilities, "inheritable_capabilities"},
        {&command->ambient_capabilities, "ambient_capabilities"},
    };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        int result = check_known(sets[i].set, sets[i].field, error);
        if (result == 0)
            result = check_within(command, sets[i].set, sets[i].field, error);
        if (result < 0)
            return result;
    }
    return check_securebits(command, error);
}
