/* SPDX-License-Identifier: MIT
 *
 * The ballast as a shared object, for LD_PRELOAD: programs in other languages carry the same load
 * without knowing it.
 */
#include "ballast.h"

__attribute__((constructor)) static void load(void) { ballast_load(); }
