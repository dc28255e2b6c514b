/*
 * snprintf for code without a C library: %d %i %u %x %X %o %c %s %p %%, flags `-0+ #`, width,
 * precision, `*`, lengths hh h l ll z t. Returns what the whole output would have taken, as C's
 * does. No floating point.
 */
#ifndef LIB_PRINTF_H
#define LIB_PRINTF_H

#include <stdarg.h>
#include "lib/types.h"

#ifdef LSTAR_HOSTED
#include <stdio.h>
#else
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
#endif
/* As snprintf, but returns the number of bytes really stored (without the NUL): safe to add to an
 * offset. */
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

#endif
