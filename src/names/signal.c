/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>

#include "forkexec.h"
#include "names.h"

static const struct fx_name table[] = {
#ifdef SIGHUP
    {"HUP", SIGHUP},
#endif
#ifdef SIGINT
    {"INT", SIGINT},
#endif
#ifdef SIGQUIT
    {"QUIT", SIGQUIT},
#endif
#ifdef SIGILL
    {"ILL", SIGILL},
#endif
#ifdef SIGTRAP
    {"TRAP", SIGTRAP},
#endif
#ifdef SIGABRT
    {"ABRT", SIGABRT},
#endif
#ifdef SIGIOT
    {"IOT", SIGIOT},
#endif
#ifdef SIGBUS
    {"BUS", SIGBUS},
#endif
#ifdef SIGFPE
    {"FPE", SIGFPE},
#endif
#ifdef SIGKILL
    {"KILL", SIGKILL},
#endif
#ifdef SIGUSR1
    {"USR1", SIGUSR1},
#endif
#ifdef SIGSEGV
    {"SEGV", SIGSEGV},
#endif
#ifdef SIGUSR2
    {"USR2", SIGUSR2},
#endif
#ifdef SIGPIPE
    {"PIPE", SIGPIPE},
#endif
#ifdef SIGALRM
    {"ALRM", SIGALRM},
#endif
#ifdef SIGTERM
    {"TERM", SIGTERM},
#endif
#ifdef SIGSTKFLT
    {"STKFLT", SIGSTKFLT},
#endif
#ifdef SIGCHLD
    {"CHLD", SIGCHLD},
#endif
#ifdef SIGCLD
    {"CLD", SIGCLD},
#endif
#ifdef SIGCONT
    {"CONT", SIGCONT},
#endif
#ifdef SIGSTOP
    {"STOP", SIGSTOP},
#endif
#ifdef SIGTSTP
    {"TSTP", SIGTSTP},
#endif
#ifdef SIGTTIN
    {"TTIN", SIGTTIN},
#endif
#ifdef SIGTTOU
    {"TTOU", SIGTTOU},
#endif
#ifdef SIGURG
    {"URG", SIGURG},
#endif
#ifdef SIGXCPU
    {"XCPU", SIGXCPU},
#endif
#ifdef SIGXFSZ
    {"XFSZ", SIGXFSZ},
#endif
#ifdef SIGVTALRM
    {"VTALRM", SIGVTALRM},
#endif
#ifdef SIGPROF
    {"PROF", SIGPROF},
#endif
#ifdef SIGWINCH
    {"WINCH", SIGWINCH},
#endif
#ifdef SIGIO
    {"IO", SIGIO},
#endif
#ifdef SIGPOLL
    {"POLL", SIGPOLL},
#endif
#ifdef SIGPWR
    {"PWR", SIGPWR},
#endif
#ifdef SIGSYS
    {"SYS", SIGSYS},
#endif
#ifdef SIGEMT
    {"EMT", SIGEMT},
#endif
#ifdef SIGINFO
    {"INFO", SIGINFO},
#endif
#ifdef SIGTHR
    {"THR", SIGTHR},
#endif
#ifdef SIGLIBRT
    {"LIBRT", SIGLIBRT},
#endif
};
enum { COUNT = sizeof table / sizeof table[0] };

/* "RTMIN", "RTMIN+3", "RTMAX-1": what these are is known to libc only at run time. */
static int real_time_number(const char *name) {
#if defined(SIGRTMIN) && defined(SIGRTMAX)
    static const struct {
        const char *name;
        int sign;
    } ends[] = {{"SIGRTMIN", 1}, {"RTMIN", 1}, {"SIGRTMAX", -1}, {"RTMAX", -1}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t length = fx_name_head(name, ends[i].name);
        int end = ends[i].sign > 0 ? SIGRTMIN : SIGRTMAX, offset = 0;
        if (length == 0)
            continue;
        if (name[length] == (ends[i].sign > 0 ? '+' : '-'))
            offset = fx_decimal(name + length + 1, SIGRTMAX - SIGRTMIN);
        else if (name[length] != '\0')
            offset = -EINVAL;
        return offset < 0 ? offset : end + ends[i].sign * offset;
    }
#else
    (void)name;
#endif
    return -EINVAL;
}

int fx_signal_number(const char *name) {
    int number = fx_name_number(table, COUNT, "SIG", NSIG - 1, name);
    if (number == 0)
        return -EINVAL;
    return number > 0 ? number : real_time_number(name);
}

static const char *real_time_name(int signal) {
#if defined(SIGRTMIN) && defined(SIGRTMAX)
    static const char *const names[] = {
        "RTMIN",    "RTMIN+1",  "RTMIN+2",  "RTMIN+3",  "RTMIN+4",  "RTMIN+5",  "RTMIN+6",
        "RTMIN+7",  "RTMIN+8",  "RTMIN+9",  "RTMIN+10", "RTMIN+11", "RTMIN+12", "RTMIN+13",
        "RTMIN+14", "RTMIN+15", "RTMIN+16", "RTMIN+17", "RTMIN+18", "RTMIN+19", "RTMIN+20",
        "RTMIN+21", "RTMIN+22", "RTMIN+23", "RTMIN+24", "RTMIN+25", "RTMIN+26", "RTMIN+27",
        "RTMIN+28", "RTMIN+29", "RTMIN+30", "RTMIN+31", "RTMIN+32",
    };
    int offset = signal - SIGRTMIN;
    if (offset >= 0 && signal <= SIGRTMAX && offset < (int)(sizeof names / sizeof names[0]))
        return names[offset];
#else
    (void)signal;
#endif
    return NULL;
}

const char *fx_signal_name(int signal) {
    const char *name = fx_name_of(table, COUNT, signal);
    return name ? name : real_time_name(signal);
}
