/* SPDX-License-Identifier: MIT
 *
 * forkexec explain.
 */
#include <stdio.h>
#include <stdlib.h>

#include "print.h"
#include "subcommand.h"

static void print_plan(const struct request *request, const fx_plan *plan) {
    fx_format format = request->json ? FX_FORMAT_JSON : FX_FORMAT_TEXT;
    unsigned int flags = request->values ? FX_EXPLAIN_VALUES : 0;
    int length = fx_explain(plan, format, flags, NULL, 0);
    if (length < 0)
        return;
    size_t size = (size_t)length + 1;
    char *text = allocate(size, 1);
    (void)fx_explain(plan, format, flags, text, size);
    (void)fputs(text, stdout);
    if (length > 0 && text[length - 1] != '\n')
        (void)putchar('\n');
    free(text);
}

int run_explain(struct request *request) {
    fx_error error = {.size = sizeof error};
    fx_plan *plan = NULL;
    if (fx_compile(&request->command, &plan, &error) < 0) {
        complain_error(request, &error);
        return STATUS_FAILED;
    }
    int result = print_to(request);
    if (result == 0)
        print_plan(request, plan);
    fx_plan_free(plan);
    return result < 0 ? STATUS_FAILED : 0;
}
