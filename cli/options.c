/* SPDX-License-Identifier: MIT */
#include "option.h"

#include <string.h>

bool next_word(const char **words, char separator, const char **word, size_t *length) {
    if (!*words)
        return false;
    const char *end = strchr(*words, separator);
    *word = *words;
    *length = end ? (size_t)(end - *words) : strlen(*words);
    *words = end ? end + 1 : NULL;
    return true;
}

const struct option *option_at(family_list families, size_t n) {
    for (; *families; families++) {
        if (n < (*families)->count)
            return &(*families)->options[n];
        n -= (*families)->count;
    }
    return NULL;
}

static bool is_word(const char *word, const char *name, size_t length) {
    return strncmp(word, name, length) == 0 && word[length] == '\0';
}

static bool has_alias(const struct option *option, const char *name, size_t length) {
    const char *rest = option->aliases;
    const char *word;
    size_t size;
    while (next_word(&rest, ' ', &word, &size))
        if (size == length && memcmp(word, name, length) == 0)
            return true;
    return false;
}

const struct option *option_named(family_list families, const char *name, size_t length) {
    const struct option *option;
    for (size_t n = 0; (option = option_at(families, n)); n++)
        if (is_word(option->name, name, length) || has_alias(option, name, length))
            return option;
    return NULL;
}

const struct option *option_lettered(family_list families, char letter) {
    const struct option *option;
    for (size_t n = 0; (option = option_at(families, n)); n++)
        if (option->letter == letter)
            return option;
    return NULL;
}

enum { LONGEST_NAME = 40 };

static size_t least(size_t a, size_t b, size_t c) {
    size_t smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

/* How many letters have to be put in, taken out or replaced to make one word of the other. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    size_t row[LONGEST_NAME + 1];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(row[j] + 1, row[j - 1] + 1, replaced);
        }
    }
    return row[b_length];
}

struct nearest {
    size_t distance;
    const char *name;
    size_t length;
};

static void consider(struct nearest *nearest, const char *name, size_t length,
                     const char *candidate, size_t candidate_length) {
    if (candidate_length > LONGEST_NAME)
        return;
    /* What begins a name is its abbreviation. */
    bool abbreviates =
        length >= 3 && length < candidate_length && memcmp(name, candidate, length) == 0;
    size_t far = abbreviates ? 1 : distance(name, length, candidate, candidate_length);
    if (far < nearest->distance)
        *nearest = (struct nearest){far, candidate, candidate_length};
}

bool option_nearest(family_list families, const char *name, size_t length, char *found,
                    size_t size) {
    struct nearest nearest = {.distance = length / 3 + 2};
    const struct option *option;
    if (length > LONGEST_NAME)
        return false;
    for (size_t n = 0; (option = option_at(families, n)); n++) {
        consider(&nearest, name, length, option->name, strlen(option->name));
        const char *rest = option->aliases;
        const char *word;
        size_t word_length;
        while (next_word(&rest, ' ', &word, &word_length))
            consider(&nearest, name, length, word, word_length);
    }
    if (!nearest.name || nearest.length >= size)
        return false;
    memcpy(found, nearest.name, nearest.length);
    found[nearest.length] = '\0';
    return true;
}
