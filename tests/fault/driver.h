/* SPDX-License-Identifier: MIT */
#ifndef DRIVER_H
#define DRIVER_H

#include "forkexec.h"

/* What the driver has open: files from the first one on, one that is kept, one that leaks. */
enum { FIRST_FILE = 8, KEPT = 10, LEAKY = 12 };

/* Something is not as the tests need it. */
_Noreturn void give_up(const char *what);

/* The folder of the programs, and the file that the reporting one writes to. */
void set_paths(const char *programs, const char *report);

/* The command of a variant; its strings and lists stay. */
fx_command command_of(const char *variant);

/* Of one that reads its standard input to the end. */
fx_command reader_command(void);

#endif
