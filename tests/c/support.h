/* SPDX-License-Identifier: MIT
 *
 * What every test program shares.
 *
 * With FORKEXEC_TEST_RESERVED the library has reserved its low numbers beforehand.
 * FORKEXEC_TEST_MECHANISM (clone3, clone, fork, helper; unset: the library's choice) says on which
 * mechanism the tests run, and FORKEXEC_TEST_PROGRAMS where the programs of tests/programs are.
 *
 * The helpers that start a child compare this process before and after: nothing but what
 * was asked for may have changed.
 */
#ifndef FX_TEST_SUPPORT_H
#define FX_TEST_SUPPORT_H

/* cmocka.h wants these first. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forkexec.h"

/* An argument vector of string literals. */
#define ARGV(...) ((char *const *)(const char *const[]){__VA_ARGS__, NULL})

/* Fixture of every group: a scratch folder, and a look at this process before and after. */
int begin_group(void **unused);
int end_group(void **unused);

/* ---- programs and files ---- */

/* The path of a program of tests/programs; valid until the end. */
const char *program_path(const char *name);
/* The helper, as program_path() finds it. */
#define HELPER "../c/forkexec-helper"
/* A path in the scratch folder; the result is valid for the next 15 calls. */
const char *scratch(const char *name);
/* A new file in the scratch folder. */
const char *scratch_file(const char *name, unsigned int mode, const char *content);
/* A copy of a program, under this name. */
const char *scratch_program(const char *name, const char *original);
const char *scratch_folder(const char *name);
/* Put the helper, if it is the tested mechanism, beside a copy of a test program in that folder. */
void scratch_helper(const char *folder);
/* A new unnamed file, close-on-exec, at the lowest free number. */
int new_file(void);
/* The same at the given number, which must be free. */
int new_file_at(int fd);
/* Both ends close-on-exec; not at once, as macOS before 27 cannot do that. */
void new_pipe(int ends[2]);
/* All that can be read from a descriptor, which is closed then; to be freed. */
char *read_all(int fd);

/* ---- commands ---- */

fx_mechanism tested_mechanism(void);
/* Whether the tested one's children report through a pipe, from a table of descriptors of their
 * own.
 */
bool tells_by_pipe(void);
/* For a command whose child may not share memory: the tested one, or the library's choice. */
fx_mechanism forking_mechanism(void);
/* For one with a callback, which can only be forked. */
fx_mechanism callback_mechanism(void);
/* Start the program of tests/programs with the name argv[0]. */
fx_command command_of(char *const argv[]);

/* Start it. */
fx_child start(const fx_command *command);
/* Wait for its end and close the handle. */
fx_exit finish(fx_child *child);
/* All of it, leaving this process as it was. */
fx_exit run(const fx_command *command);
void assert_exits(const fx_command *command, int code);

/*
 * The command must fail so: with this positive errno at this step and, unless NULL, with
 * this subject. Nothing is left behind and the child's handle is not touched.
 */
fx_error assert_fails(const fx_command *command, int code, fx_step step, const char *subject);
void assert_message(const fx_error *error, const char *message);

/* ---- what a child sees ---- */

/*
 * Run the program `report` with this command, whose `argv`, and where it is NULL also
 * `program`, are filled in here; to be freed.
 */
char *see(const fx_command *command);
/* Whether a line stands in the report. */
__attribute__((format(printf, 2, 3))) void assert_saw(const char *report, const char *line, ...);
__attribute__((format(printf, 2, 3))) void assert_not_saw(const char *report, const char *line,
                                                          ...);
/* The nth number after this key. */
long long seen_number(const char *report, const char *key, int nth);
/* That the child's descriptor is the file of this one of ours, and survives another exec. */
void assert_saw_file(const char *report, int child, int parent);

/* ---- this process ---- */

void assert_unchanged(const char *before);

/* Set a handler for every signal that can have one, and undo that. */
void handle_all(void (*handler)(int), struct sigaction before[NSIG]);
void restore_all(const struct sigaction before[NSIG]);

#endif
