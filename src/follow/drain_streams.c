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

static void read_rest_of(struct fx_drain *drain, struct fx_reader *reader, bool is_late,
                         struct fx_reading *reading) {
    if (!reader->only_rest) {
        reader->rest = fx_reader_waiting(reader);
        reader->only_rest = true;
    }
    for (;;) {
        if (is_late)
            fx_reader_leave_out_blocked(reader);
        if (reader->fd < 0 || fx_reader_is_blocked(reader))
            return;
        if (reader->rest == 0)
            break;
        unsigned long long before = reader->seen;
        fx_drain_read(drain, reader, reader->rest, reading);
        size_t size = (size_t)(reader->seen - before);
        reader->rest = size > 0 ? reader->rest - size : 0;
    }
    /* Perhaps nobody holds it, and this is the end: only a read tells. */
    if (fx_reader_waiting(reader) == 0)
        fx_drain_read(drain, reader, 1, reading);
    if (is_late)
        fx_reader_leave_out_blocked(reader);
}

void fx_drain_read_rest(struct fx_drain *drain, bool is_late, bool *broke) {
    struct fx_reading reading = fx_drain_begin_reading(drain);
    for (size_t i = 0; i < drain->reader_count; i++)
        if (drain->readers[i].fd >= 0)
            read_rest_of(drain, &drain->readers[i], is_late, &reading);
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
