/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_STDLIB_H
#define LIBSYS_STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

void exit(int status) __attribute__((noreturn));
void abort(void) __attribute__((noreturn));
char *getenv(const char *name);
long strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);
int atoi(const char *s);

#endif /* LIBSYS_STDLIB_H */
