/* SPDX-License-Identifier: MIT */
#ifndef NATIVE_PIPE_H
#define NATIVE_PIPE_H

/* A pipe whose ends are close-on-exec. 0, or -1 with errno. */
int pipe_make(int ends[2]);

#endif
