/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_STDIO_H
#define LIBSYS_STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)

/* A stream is a file descriptor: nothing is buffered, each call is one write. */
typedef struct {
	int fd;
} FILE;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;

/* %d %i %u %o %x %X %c %s %p %m %%, with flags, width, precision and h hh l ll z j t; no floating
 * point. */
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
int dprintf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
int vdprintf(int fd, const char *format, va_list args);
int snprintf(char *buf, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *buf, size_t size, const char *format, va_list args);
int puts(const char *text);
int fputs(const char *text, FILE *file);
int putchar(int c);
int fflush(FILE *file);
void perror(const char *text);

#endif /* LIBSYS_STDIO_H */
