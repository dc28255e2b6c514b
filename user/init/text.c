/* SPDX-License-Identifier: Apache-2.0 */
/* Strings and numbers, without a C library's help. */
#include "init.h"

void write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t written = write(fd, data, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		data += written;
		size -= written;
	}
}

size_t append(char *to, size_t capacity, size_t size, const char *text)
{
	while (*text && size < capacity)
		to[size++] = *text++;
	return size;
}

char *next_word(char **rest)
{
	char *word = *rest, *end = word;

	while (*end && *end != ' ')
		end++;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

unsigned long parse_number(const char *text)
{
	unsigned long number = 0;

	while (*text >= '0' && *text <= '9')
		number = 10 * number + (*text++ - '0');
	return number;
}

unsigned long parse_octal(const char *text)
{
	unsigned long number = 0;

	while (*text >= '0' && *text <= '7')
		number = 8 * number + (*text++ - '0');
	return number;
}

void format_number(char *to, unsigned long number)
{
	char digits[24];
	int count = 0;

	do {
		digits[count++] = '0' + number % 10;
		number /= 10;
	} while (number);
	while (count)
		*to++ = digits[--count];
	*to = '\0';
}

const char *error_text(int error)
{
	static char number[24] = "error ";

	switch (error) {
	case EPERM:
		return "Operation not permitted";
	case ENOENT:
		return "No such file or directory";
	case EIO:
		return "Input/output error";
	case ENXIO:
		return "No such device or address";
	case E2BIG:
		return "Argument list too long";
	case ENOEXEC:
		return "Exec format error";
	case ENOMEM:
		return "Cannot allocate memory";
	case EACCES:
		return "Permission denied";
	case EBUSY:
		return "Device or resource busy";
	case ENODEV:
		return "No such device";
	case ENOTDIR:
		return "Not a directory";
	case EISDIR:
		return "Is a directory";
	case EINVAL:
		return "Invalid argument";
	case EMFILE:
		return "Too many open files";
	case ETXTBSY:
		return "Text file busy";
	case EROFS:
		return "Read-only file system";
	case ENAMETOOLONG:
		return "File name too long";
	case ELOOP:
		return "Too many levels of symbolic links";
	case ELIBBAD:
		return "Accessing a corrupted shared library";
	case ENOSYS:
		return "Function not implemented";
	case EAGAIN:
		return "Resource temporarily unavailable";
	}
	format_number(number + 6, error);
	return number;
}
