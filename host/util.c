/* SPDX-License-Identifier: Apache-2.0 */
/* Small things every other file of the command uses. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lstar.h"

static void print_line(const char *format, va_list arguments)
{
	char line[2048];
	int length = snprintf(line, sizeof(line), "lstar: ");

	length += vsnprintf(line + length, sizeof(line) - length - 3, format, arguments);
	if (length > (int)sizeof(line) - 3)
		length = sizeof(line) - 3;
	/* A raw terminal does not return the carriage by itself. */
	if (terminal_is_raw())
		line[length++] = '\r';
	line[length++] = '\n';
	/* One write: messages of two runs in one terminal do not mix. */
	if (write(STDERR_FILENO, line, length) < 0)
		return;
}

void warn(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(format, arguments);
	va_end(arguments);
}

void die(const char *format, ...)
{
	va_list arguments;

	terminal_restore();
	va_start(arguments, format);
	print_line(format, arguments);
	va_end(arguments);
	exit(STATUS_FAILURE);
}

void *must_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		die("out of memory");
	return memory;
}

char *must_format(const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		die("out of memory");
	return text;
}

void strings_add(struct strings *list, char *item)
{
	if (list->count + 2 > list->capacity) {
		list->capacity = list->capacity ? 2 * list->capacity : 32;
		list->item = realloc(list->item, list->capacity * sizeof(*list->item));
		if (!list->item)
			die("out of memory");
	}
	list->item[list->count++] = item;
	list->item[list->count] = NULL;
}

void bytes_add(struct bytes *buffer, const void *data, size_t size)
{
	if (size > buffer->capacity - buffer->size) {
		size_t capacity = buffer->capacity ? buffer->capacity : 4096;

		while (capacity - buffer->size < size)
			capacity *= 2;
		buffer->data = realloc(buffer->data, capacity);
		if (!buffer->data)
			die("out of memory");
		buffer->capacity = capacity;
	}
	if (size)
		memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
}

int memory_file(const char *name, const void *data, size_t size)
{
	const char *from = data;
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0)
		die("cannot create a memory file: %s", strerror(errno));
	while (size) {
		ssize_t written = write(fd, from, size);

		if (written < 0) {
			if (errno == EINTR)
				continue;
			die("cannot fill a memory file: %s", strerror(errno));
		}
		from += written;
		size -= written;
	}
	return fd;
}

int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

bool path_is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	if (!strcmp(directory, "/"))
		return path[0] == '/';
	return !strncmp(path, directory, length) && (path[length] == '/' || !path[length]);
}

char *path_normalize(const char *base, const char *path)
{
	char *joined = path[0] == '/' ? must_format("%s", path) : must_format("%s/%s", base, path);
	char *result = must_alloc(strlen(joined) + 2);
	size_t length = 0;
	char *rest = joined, *part;

	while ((part = strsep(&rest, "/"))) {
		if (!*part || !strcmp(part, "."))
			continue;
		if (!strcmp(part, "..")) {
			while (length && result[--length] != '/')
				;
			result[length] = '\0';
			continue;
		}
		result[length++] = '/';
		strcpy(result + length, part);
		length += strlen(part);
	}
	if (!length)
		strcpy(result, "/");
	free(joined);
	return result;
}
