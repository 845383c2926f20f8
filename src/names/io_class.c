/* SPDX-License-Identifier: MIT */
#include "io_class.h"
#include "names.h"

static const struct fx_name table[] = {
    {"none", FX_IO_NONE},      {"realtime", FX_IO_REALTIME},
    {"rt", FX_IO_REALTIME},    {"best-effort", FX_IO_BEST_EFFORT},
    {"be", FX_IO_BEST_EFFORT}, {"idle", FX_IO_IDLE},
};
enum { COUNT = sizeof table / sizeof table[0] };

int fx_io_class_number(const char *name) {
    return fx_name_number(table, COUNT, "IOPRIO_CLASS_", 3, name);
}

const char *fx_io_class_name(fx_io_class io_class) {
    return fx_name_of(table, COUNT, (int)io_class);
}
