/* SPDX-License-Identifier: MIT */
#ifndef FX_NAMES_NAMESPACE_H
#define FX_NAMES_NAMESPACE_H

/* "CLONE_NEWNET"; NULL if there is no such one. */
const char *fx_namespace_constant(unsigned int type);

#endif
