/* SPDX-License-Identifier: MIT
 *
 * The streams of a drain, all together.
 */
#include "drain.h"
#include "platform/deadline.h"

void fx_drain_read(struct fx_drain *drain, struct fx_reader *reader, size_t most,
                   struct fx_reading *reading) {
    size_t size = fx_reader_read(reader, most, reading);
    if (size == 0)
        return;
    if (drain->idle >= 0)
        drain->idle_deadline = fx_now_microseconds() + drain->idle;
    if (!reader->stores)
        return;
    drain->stored += size;
    if (drain->bound_stops && drain->stored > drain->bound)
        reading->bound_stops = true;
}

struct fx_reading fx_drain_begin_reading(struct fx_drain *drain) {
    return (struct fx_reading){.scratch = drain->scratch,
                               .budget = drain->has_bound ? &drain->budget : NULL};
}

void fx_drain_end_reading(struct fx_drain *drain, const struct fx_reading *reading, bool *broke) {
    drain->over_bound = drain->over_bound || reading->bound_stops;
    drain->function_stops = drain->function_stops || reading->function_stops;
    *broke = *broke || reading->broke;
}

/* What is there at this moment, and not what a grandchild goes on writing. */
void fx_drain_read_rest(struct fx_drain *drain, bool *broke) {
    struct fx_reading reading = fx_drain_begin_reading(drain);
    for (size_t i = 0; i < drain->reader_count; i++) {
        struct fx_reader *reader = &drain->readers[i];
        if (reader->fd >= 0 && !reader->only_rest) {
            reader->rest = fx_reader_waiting(reader);
            reader->only_rest = true;
        }
        while (reader->rest > 0 && reader->fd >= 0 && !fx_reader_is_blocked(reader)) {
            unsigned long long before = reader->seen;
            fx_drain_read(drain, reader, reader->rest, &reading);
            size_t size = (size_t)(reader->seen - before);
            reader->rest = size > 0 ? reader->rest - size : 0;
        }
        /* Or nobody held it, and it was the tee alone that took so long. */
        if (reader->fd >= 0 && !fx_reader_is_blocked(reader) && fx_reader_waiting(reader) == 0)
            fx_drain_read(drain, reader, 1, &reading);
    }
    fx_drain_end_reading(drain, &reading, broke);
}

bool fx_drain_is_open(const struct fx_drain *drain) {
    for (size_t i = 0; i < drain->reader_count; i++)
        if (drain->readers[i].fd >= 0)
            return true;
    return false;
}

void fx_drain_give_up(struct fx_drain *drain) {
    for (size_t i = 0; i < drain->reader_count; i++) {
        struct fx_reader *reader = &drain->readers[i];
        /* What a slow tee has yet to take is not lost: its reader, not a holder, is waited for. */
        if (reader->fd < 0 || fx_reader_is_blocked(reader))
            continue;
        drain->held = true;
        fx_reader_stop(reader, 0);
    }
}
