/* SPDX-License-Identifier: MIT */
#include "child.h"
#include "platform/exec.h"

/* There is room for the digits of any pid. */
static void put_number(char *text, unsigned int number) {
    char digits[FX_PID_ROOM];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count)
        *text++ = digits[--count];
    *text = '\0';
}

int fx_run_pid_variable(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)index;
    put_number(frame->pid_text[step->number], (unsigned int)fx_sys_process());
    return 0;
}
