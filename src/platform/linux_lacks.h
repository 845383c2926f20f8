/* SPDX-License-Identifier: MIT
 *
 * fx_platform_lacks() by families.
 */
#ifndef FX_LINUX_LACKS_H
#define FX_LINUX_LACKS_H

#include "forkexec.h"

/* 0 for a step of another family. */
int fx_linux_lacks_containment(fx_step step);
int fx_linux_lacks_identity(fx_step step);
int fx_linux_lacks_scheduling(fx_step step);

#endif
