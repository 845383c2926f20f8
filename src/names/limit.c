/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "forkexec.h"
#include "names.h"

static const struct fx_name table[] = {
#ifdef RLIMIT_AS
    {"as", RLIMIT_AS},
#endif
#ifdef RLIMIT_CORE
    {"core", RLIMIT_CORE},
#endif
#ifdef RLIMIT_CPU
    {"cpu", RLIMIT_CPU},
#endif
#ifdef RLIMIT_DATA
    {"data", RLIMIT_DATA},
#endif
#ifdef RLIMIT_FSIZE
    {"fsize", RLIMIT_FSIZE},
#endif
#ifdef RLIMIT_LOCKS
    {"locks", RLIMIT_LOCKS},
#endif
#ifdef RLIMIT_MEMLOCK
    {"memlock", RLIMIT_MEMLOCK},
#endif
#ifdef RLIMIT_MSGQUEUE
    {"msgqueue", RLIMIT_MSGQUEUE},
#endif
#ifdef RLIMIT_NICE
    {"nice", RLIMIT_NICE},
#endif
#ifdef RLIMIT_NOFILE
    {"nofile", RLIMIT_NOFILE},
#endif
#ifdef RLIMIT_NPROC
    {"nproc", RLIMIT_NPROC},
#endif
#ifdef RLIMIT_RSS
    {"rss", RLIMIT_RSS},
#endif
#ifdef RLIMIT_RTPRIO
    {"rtprio", RLIMIT_RTPRIO},
#endif
#ifdef RLIMIT_RTTIME
    {"rttime", RLIMIT_RTTIME},
#endif
#ifdef RLIMIT_SIGPENDING
    {"sigpending", RLIMIT_SIGPENDING},
#endif
#ifdef RLIMIT_STACK
    {"stack", RLIMIT_STACK},
#endif
#ifdef RLIMIT_SBSIZE
    {"sbsize", RLIMIT_SBSIZE},
#endif
#ifdef RLIMIT_NPTS
    {"npts", RLIMIT_NPTS},
#endif
#ifdef RLIMIT_SWAP
    {"swap", RLIMIT_SWAP},
#endif
#ifdef RLIMIT_KQUEUES
    {"kqueues", RLIMIT_KQUEUES},
#endif
#ifdef RLIMIT_POSIXLOCKS
    {"posixlocks", RLIMIT_POSIXLOCKS},
#endif
#ifdef RLIMIT_UMTXP
    {"umtxp", RLIMIT_UMTXP},
#endif
#ifdef RLIMIT_PIPEBUF
    {"pipebuf", RLIMIT_PIPEBUF},
#endif
#ifdef RLIMIT_NTHR
    {"nthr", RLIMIT_NTHR},
#endif
#ifdef RLIMIT_VMEM
    {"vmem", RLIMIT_VMEM},
#endif
};
enum { COUNT = sizeof table / sizeof table[0] };

int fx_limit_number(const char *name) {
    return fx_name_number(table, COUNT, "RLIMIT_", INT_MAX, name);
}

const char *fx_limit_name(int resource) { return fx_name_of(table, COUNT, resource); }
