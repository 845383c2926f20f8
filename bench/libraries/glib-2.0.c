/* SPDX-License-Identifier: MIT
 *
 * GLib: g_spawn_async, once closing everything else and once leaving that to close-on-exec, which
 * is when GLib takes posix_spawn; and g_spawn_sync.
 */
#include <errno.h>
#include <glib.h>
#include <stdio.h>

#include "../way.h"

static int start(const char *program, GSpawnFlags flags) {
    char *argv[] = {(char *)program, NULL};
    const GSpawnFlags all = flags | G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN;
    GPid pid;
    if (!g_spawn_async(NULL, argv, NULL, all | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL))
        return -ECANCELED;
    return way_reap(pid);
}

static int run_closing(const char *program) { return start(program, G_SPAWN_DEFAULT); }

static int run_leaving(const char *program) {
    return start(program, G_SPAWN_LEAVE_DESCRIPTORS_OPEN);
}

static int run_sync(const char *program) {
    char *argv[] = {(char *)program, NULL};
    const GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN;
    int status;
    if (!g_spawn_sync(NULL, argv, NULL, flags, NULL, NULL, NULL, NULL, &status, NULL))
        return -ECANCELED;
    return status ? -ECANCELED : 0;
}

static const char *version(void) {
    static char text[32];
    (void)snprintf(text, sizeof text, "GLib %u.%u.%u", glib_major_version, glib_minor_version,
                   glib_micro_version);
    return text;
}

__attribute__((constructor)) static void introduce(void) { driver_version = version; }

WAY(leaving, .name = "GLib async, plain", .variant = "", .run = run_leaving);
WAY(closing, .name = "GLib async", .variant = "", .apart = true, .run = run_closing);
WAY(synchronous, .name = "GLib sync", .variant = "", .apart = true, .run = run_sync);
