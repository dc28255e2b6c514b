/* The kernel command line, parsed once at boot: words `name` and `name=value`. */
#ifndef CORE_PARAM_H
#define CORE_PARAM_H

#include "lib/types.h"

void param_init(const char *cmdline);
const char *param_cmdline(void);     /* as given, the seed blanked out */
bool param_is_set(const char *name); /* `name` or `name=...` is there */
/* Copy the first value of `name` into buf; false when absent. */
bool param_get(const char *name, char *buf, size_t size);
/* The n-th (from 0) value of a repeated word. */
bool param_get_nth(const char *name, unsigned n, char *buf, size_t size);
u64 param_get_u64(const char *name, u64 dflt);

#endif
