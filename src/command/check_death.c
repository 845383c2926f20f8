/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "command.h"
#include "platform/signals.h"

int fx_check_death(const fx_command *command, fx_error *error) {
    if (command->death_signal == 0)
        return 0;
    if (!fx_platform_has_signal(command->death_signal))
        return fx_error_command(error, -EINVAL, "death_signal", "%d is no signal",
                                command->death_signal);
    if (command->death_of_thread)
        return 0;
    /* The child is made by another thread than the one that asks for it. */
    if (command->callback.function)
        return fx_error_command(error, -EINVAL, "death_signal",
                                "excludes a callback, which has to run in a copy of the calling "
                                "thread");
    if (command->traced)
        return fx_error_command(error, -EINVAL, "death_signal",
                                "excludes traced, which is for the calling thread to trace");
    return 0;
}
