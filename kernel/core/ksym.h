/* Names of the kernel's functions, for backtraces. */
#ifndef CORE_KSYM_H
#define CORE_KSYM_H

#include "lib/types.h"

/* The function that holds the address, and how far inside; NULL: none known. Takes no lock. */
const char *ksym_find(unsigned long addr, unsigned long *offset);

#endif
