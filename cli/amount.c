/* SPDX-License-Identifier: MIT
 *
 * Values with a unit: times and sizes.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "value.h"

struct unit {
    const char *name;
    unsigned long long factor;
};

static const struct unit *unit_named(const struct unit *units, const char *name) {
    for (; units->name; units++)
        if (strcmp(units->name, name) == 0)
            return units;
    return NULL;
}

/* The fraction "125" of the factor, rounded up; digits beyond the ninth round up, too. */
static unsigned long long part_of(const char *digits, unsigned long long factor) {
    enum { PLACES = 9 };
    unsigned long long number = 0, scale = 1;
    bool more = false;
    for (int place = 0; *digits >= '0' && *digits <= '9'; digits++, place++) {
        if (place < PLACES) {
            number = number * 10 + (unsigned long long)(*digits - '0');
            scale *= 10;
        } else
            more = more || *digits != '0';
    }
    /* In two parts, as the product may be larger than there is room for. */
    unsigned long long whole = factor / scale * number, left = factor % scale;
    /* Both below 10^9, so that their product fits. */
    unsigned long long rest = left * number;
    return whole + rest / scale + (rest % scale != 0 || more);
}

/* Digits, perhaps a point and more of them, times the unit; rounded up. False: too big. */
static bool multiply(const char *text, unsigned long long factor, unsigned long long *number) {
    unsigned long long whole = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        if (whole > LLONG_MAX / factor / 10 - 1)
            return false;
        whole = whole * 10 + (unsigned long long)(*text - '0');
    }
    *number = whole * factor + (*text == '.' ? part_of(text + 1, factor) : 0);
    return true;
}

/* -EINVAL: it is no such thing. -ERANGE: it is too big. */
static int amount_of(const char *text, const struct unit *units, unsigned long long *number) {
    size_t whole = strspn(text, "0123456789");
    size_t point = text[whole] == '.';
    size_t part = point ? strspn(text + whole + 1, "0123456789") : 0;
    const struct unit *unit = unit_named(units, text + whole + point + part);
    if (whole + part == 0 || !unit)
        return -EINVAL;
    return multiply(text, unit->factor, number) ? 0 : -ERANGE;
}

int duration_of(const char *text, unsigned long long *duration) {
    static const struct unit units[] = {
        {"", 1000},         {"ms", 1},       {"s", 1000}, {"m", 60 * 1000},
        {"h", 3600 * 1000}, {"d", 86400000}, {NULL, 0},
    };
    return amount_of(text, units, duration);
}

static int size_of(const char *text, unsigned long long *size) {
    static const struct unit units[] = {
        {"", 1},           {"K", 1ULL << 10},   {"M", 1ULL << 20},   {"G", 1ULL << 30},
        {"T", 1ULL << 40}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30},
        {NULL, 0},
    };
    return amount_of(text, units, size);
}

static int complain_of(const struct request *request, int result, const char *text,
                       const char *what) {
    if (result == -ERANGE)
        return complain(request, "%s is too big", text);
    return result < 0 ? complain(request, "\"%s\" is not %s", text, what) : 0;
}

int read_duration(const struct request *request, const char *text, unsigned long long *duration) {
    return complain_of(request, duration_of(text, duration), text,
                       "a duration, as 5, 1.5s, 2m, 1h");
}

int read_deadline(const struct request *request, const char *text, fx_count *field) {
    int result = read_duration(request, text, &field->value);
    field->set = result == 0 && field->value > 0;
    return result;
}

int read_size(const struct request *request, const char *text, unsigned long long *size) {
    return complain_of(request, size_of(text, size), text, "a size, as 100, 64K, 10M");
}
