/* SPDX-License-Identifier: MIT
 *
 * The variables that `environment_clean` drops: those that make a program, before a line of its
 * own has run, load or execute something else, or read its own text differently.
 *
 * What stays tells a program about its user, and is that one's to say: PATH, HOME, LANG, LC_*, TZ,
 * TERM, TERMINFO, DISPLAY, proxies; and TMPDIR, without which private files would go to a folder
 * that all can write to.
 */
#include <string.h>

#include "command.h"

static const char *const names[] = {
    /* libc: allocator and tunables, modules of iconv(3), catalogues, zones, name service. */
    "GLIBC_TUNABLES",
    "GCONV_PATH",
    "GETCONF_DIR",
    "HOSTALIASES",
    "LOCALDOMAIN",
    "LOCPATH",
    "MUSL_LOCPATH",
    "NIS_PATH",
    "NLSPATH",
    "PATH_LOCALE",
    "RESOLV_HOST_CONF",
    "RES_OPTIONS",
    "TZDIR",
    /* Loaders whose variables have no common beginning. */
    "LIBPATH",
    "SHLIB_PATH",
    /* Shells: what they run first, how they split words, which options they have. */
    "BASHOPTS",
    "BASH_ENV",
    "CDPATH",
    "ENV",
    "FPATH",
    "GLOBIGNORE",
    "IFS",
    "NULLCMD",
    "PS4",
    "READNULLCMD",
    "SHELLOPTS",
    "ZDOTDIR",
    /* Interpreters and virtual machines: options, modules, files that they run first. */
    "AWKLIBPATH",
    "AWKPATH",
    "CAMLRUNPARAM",
    "CLASSPATH",
    "DOTNET_ADDITIONAL_DEPS",
    "DOTNET_SHARED_STORE",
    "DOTNET_STARTUP_HOOKS",
    "ERL_AFLAGS",
    "ERL_FLAGS",
    "ERL_LIBS",
    "ERL_ZFLAGS",
    "GHCRTS",
    "GODEBUG",
    "GUILE_LOAD_COMPILED_PATH",
    "GUILE_LOAD_PATH",
    "IBM_JAVA_OPTIONS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "JULIA_DEPOT_PATH",
    "JULIA_LOAD_PATH",
    "NODE_OPTIONS",
    "NODE_PATH",
    "NODE_REPL_EXTERNAL_MODULE",
    "OCAMLRUNPARAM",
    "OPENJ9_JAVA_OPTIONS",
    "PHPRC",
    "PHP_INI_SCAN_DIR",
    "RUBYLIB",
    "RUBYOPT",
    "RUBYPATH",
    "RUBYSHELL",
    "R_ENVIRON",
    "R_ENVIRON_USER",
    "R_PROFILE",
    "R_PROFILE_USER",
    "TCLLIBPATH",
    "TCL_LIBRARY",
    "_JAVA_OPTIONS",
    "__PYVENV_LAUNCHER__",
    /* Libraries that load modules when they start. */
    "GIO_EXTRA_MODULES",
    "GIO_MODULE_DIR",
    "GTK_MODULES",
    "GTK_PATH",
    "OPENSSL_CONF",
    "OPENSSL_ENGINES",
    "OPENSSL_MODULES",
    "QT_PLUGIN_PATH",
    "SASL_PATH",
};

static const char *const beginnings[] = {
    "LD_",        /* loaders of ELF systems */
    "_RLD",       /* and of older ones */
    "DYLD_",      /* of macOS */
    "MALLOC_",    /* glibc's, the BSDs' and jemalloc's allocators; some write to a file */
    "BASH_FUNC_", /* functions, that take the place of commands */
    "PYTHON",     "PERL5",     "PERLIO",
    "PERLLIB",    "LUA_CPATH",         /* these three exist with a version behind them too */
    "LUA_INIT",   "LUA_PATH",  "COR_", /* profilers that .NET loads */
    "CORECLR_",
};

bool fx_variable_is_unsafe(const char *entry) {
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (strncmp(entry, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (fx_variable_is(entry, names[i]))
            return true;
    /* Older shells take such a value for a function, whatever the name. */
    const char *value = strchr(entry, '=');
    return value && strncmp(value + 1, "() {", 4) == 0;
}
