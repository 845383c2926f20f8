/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

int duration_of(const char *text, unsigned long long *milliseconds) {
    /* A month of Sundays; what is a deadline has to fit an int of milliseconds in the end. */
    static const double longest = 24.0 * 86400;
    static const struct {
        char suffix;
        double seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'\0', 1}};
    size_t length = strspn(text, "0123456789.");
    if (length == 0 || !strpbrk(text, "0123456789"))
        return -EINVAL;
    char *end;
    double number = strtod(text, &end);
    if (end != text + length || (*end && end[1]))
        return -EINVAL;
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (*end == units[i].suffix) {
            double seconds = number * units[i].seconds;
            if (!(seconds <= longest))
                return -EINVAL;
            *milliseconds = (unsigned long long)(seconds * 1000);
            if (*milliseconds == 0 && seconds > 0)
                *milliseconds = 1;
            return 0;
        }
    return -EINVAL;
}

int size_of(const char *text, unsigned long long *bytes) {
    static const char units[] = "KMGT";
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18)
        return -EINVAL;
    *bytes = strtoull(text, NULL, 10);
    const char *unit = text + digits;
    if (*unit == '\0')
        return 0;
    const char *found = strchr(units, *unit);
    if (!found || unit[1])
        return -EINVAL;
    unsigned int shift = 10 * (unsigned int)(found - units + 1);
    if (*bytes > ~0ULL >> shift)
        return -EINVAL;
    *bytes <<= shift;
    return 0;
}
