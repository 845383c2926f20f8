/* SPDX-License-Identifier: MIT
 *
 * One launch as the helper gets it: a file in memory that begins with this struct, followed by
 * copies of all that the frame points to, with the pointers as they were in the parent.
 */
#ifndef FX_HELPER_IMAGE_H
#define FX_HELPER_IMAGE_H

#include <stdint.h>

#include "child/child.h"
#include "plan/relocate.h"

#define FX_HELPER_NAME "forkexec-helper"

/*
 * Library and helper must be of one make. The program contains this, by which the library knows
 * it; and each image, by which the helper knows the library.
 */
struct fx_helper_stamp {
    char name[16];
    uint32_t numbers[8];
};
#define FX_HELPER_STAMP                                                                            \
    {                                                                                              \
        FX_HELPER_NAME, {                                                                          \
            FX_VERSION_MAJOR << 16 | FX_VERSION_MINOR << 8 | FX_VERSION_PATCH, FX_STEP_COUNT,      \
                FX_PROGRESS_FAILED, sizeof(struct fx_plan), sizeof(struct fx_plan_step),           \
                sizeof(struct fx_held), sizeof(struct fx_frame), sizeof(struct fx_image)           \
        }                                                                                          \
    }

enum { FX_IMAGE_PARTS = 8 };

struct fx_image {
    struct fx_helper_stamp stamp;
    size_t size; /* of the whole file */
    struct fx_relocation relocation;
    struct fx_moved parts[FX_IMAGE_PARTS];
    /* What is open only because the helper needs it: it is close-on-exec in the parent. */
    const int *handed;
    size_t handed_count;
    struct fx_frame frame;
};

/* The status of a helper that began nothing; its parent then does without. */
#define FX_HELPER_UNFIT 254

#endif
