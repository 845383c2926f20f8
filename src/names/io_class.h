/* SPDX-License-Identifier: MIT */
#ifndef FX_NAMES_IO_CLASS_H
#define FX_NAMES_IO_CLASS_H

#include "forkexec.h"

/* "best-effort", or NULL. */
const char *fx_io_class_name(fx_io_class io_class);

#endif
