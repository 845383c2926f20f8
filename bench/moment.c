/* SPDX-License-Identifier: MIT
 *
 * bench_moment MICROSECONDS: sleeps for so long, writes the time (nanoseconds of CLOCK_MONOTONIC,
 * 64 bits) to standard output, and ends.
 */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    long microseconds = strtol(argv[1], NULL, 10);
    struct timespec pause = {microseconds / 1000000, microseconds % 1000000 * 1000};
    (void)nanosleep(&pause, NULL);
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t moment = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    return write(STDOUT_FILENO, &moment, sizeof moment) == (ssize_t)sizeof moment ? 0 : 1;
}
