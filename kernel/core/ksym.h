/* Names of the kernel's functions, for backtraces and /proc/kallsyms. */
#ifndef CORE_KSYM_H
#define CORE_KSYM_H

#include "lib/types.h"

/* The function that holds the address, and how far inside; NULL: none known. Takes no lock. */
const char *ksym_find(unsigned long addr, unsigned long *offset);
/* All of them, in the order of addresses. */
void ksym_for_each(void (*fn)(void *arg, unsigned long addr, const char *name), void *arg);

#endif
