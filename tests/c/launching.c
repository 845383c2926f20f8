/* SPDX-License-Identifier: MIT */
#include "launching.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "looking.h"

fx_command mortal_command(void) {
    fx_command command = idle_command();
    command.death_signal = SIGKILL;
    return command;
}

bool has_death_signal(void) {
    fx_command command = mortal_command();
    return !is_lacking(&command, "death_signal");
}

int count_launchers(void) {
    int count = 0;
    DIR *folder = opendir("/proc/self/task");
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[300], name[32] = "";
        (void)snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
        if (!file)
            continue;
        count += fgets(name, sizeof name, file) && strcmp(name, "forkexec\n") == 0;
        (void)fclose(file);
    }
    (void)closedir(folder);
    return count;
}
