// SPDX-License-Identifier: Apache-2.0
/* printf() and its kin without floating point; streams are file descriptors and have no buffer. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 1024

struct out {
	char *buf;
	size_t size, length;
};

struct spec {
	int width, precision; /* precision -1: none given */
	int is_left, is_zero, is_alt, sign;
	int size; /* bytes of an integer */
};

static FILE files[3] = {{0}, {1}, {2}};
FILE *const stdin = &files[0];
FILE *const stdout = &files[1];
FILE *const stderr = &files[2];

static void put(struct out *out, char c)
{
	if (out->length + 1 < out->size)
		out->buf[out->length] = c;
	out->length++;
}

static void pad(struct out *out, char c, int count)
{
	while (count-- > 0)
		put(out, c);
}

static void put_text(struct out *out, const struct spec *spec, const char *text, int length)
{
	if (!spec->is_left)
		pad(out, ' ', spec->width - length);
	for (int i = 0; i < length; i++)
		put(out, text[i]);
	if (spec->is_left)
		pad(out, ' ', spec->width - length);
}

/* The remainder; *value becomes the quotient. No 32-bit machine needs a library for it. */
static unsigned int divide(unsigned long long *value, unsigned int base)
{
	unsigned int high = (unsigned int)(*value >> 32), low = (unsigned int)*value;
	unsigned int rest = high % base, middle, end;

	middle = rest << 16 | low >> 16;
	end = middle % base << 16 | (low & 0xffff);
	*value = (unsigned long long)(high / base) << 32 | ((middle / base << 16) + end / base);
	return end % base;
}

static void put_number(struct out *out, const struct spec *spec, unsigned long long value,
		       unsigned int base, char sign, int is_upper)
{
	const char *digits = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[24];
	int length = 0, zeros, total;
	int has_prefix = spec->is_alt && base == 16 && value;

	while (value)
		text[length++] = digits[divide(&value, base)];
	zeros = (spec->precision < 0 ? 1 : spec->precision) - length;
	if (spec->is_alt && base == 8 && zeros < 1)
		zeros = 1;
	if (zeros < 0)
		zeros = 0;
	total = length + zeros + (sign != 0) + 2 * has_prefix;
	if (spec->is_zero && spec->precision < 0 && !spec->is_left && spec->width > total) {
		zeros += spec->width - total;
		total = spec->width;
	}
	if (!spec->is_left)
		pad(out, ' ', spec->width - total);
	if (sign)
		put(out, sign);
	if (has_prefix) {
		put(out, '0');
		put(out, is_upper ? 'X' : 'x');
	}
	pad(out, '0', zeros);
	while (length)
		put(out, text[--length]);
	if (spec->is_left)
		pad(out, ' ', spec->width - total);
}

static long long narrow(long long value, int size, int has_sign)
{
	int bits = 64 - 8 * size;

	return has_sign ? (long long)((unsigned long long)value << bits) >> bits
			: (long long)((unsigned long long)value << bits >> bits);
}

static const char *parse_flags(const char *f, struct spec *spec)
{
	for (;; f++) {
		if (*f == '-')
			spec->is_left = 1;
		else if (*f == '0')
			spec->is_zero = 1;
		else if (*f == '#')
			spec->is_alt = 1;
		else if (*f == '+' || (*f == ' ' && !spec->sign))
			spec->sign = *f;
		else
			return f;
	}
}

static const char *parse_size(const char *f, struct spec *spec)
{
	spec->size = sizeof(int);
	if (*f == 'h') {
		spec->size = f[1] == 'h' ? 1 : 2;
		return f + spec->size % 2 + 1;
	}
	if (*f == 'j' || (f[0] == 'l' && f[1] == 'l')) {
		spec->size = sizeof(long long);
		return f + 1 + (*f == 'l');
	}
	if (*f == 'l' || *f == 'z' || *f == 't') {
		spec->size = sizeof(long);
		f++;
	}
	return f;
}

static const char *parse_count(const char *f, int *count, va_list *args)
{
	if (*f == '*') {
		*count = va_arg(*args, int);
		return f + 1;
	}
	for (*count = 0; *f >= '0' && *f <= '9'; f++)
		*count = *count * 10 + (*f - '0');
	return f;
}

static const char *parse_spec(const char *f, struct spec *spec, va_list *args)
{
	*spec = (struct spec){.precision = -1};
	f = parse_flags(f, spec);
	f = parse_count(f, &spec->width, args);
	if (spec->width < 0) {
		spec->is_left = 1;
		spec->width = -spec->width;
	}
	if (*f == '.')
		f = parse_count(f + 1, &spec->precision, args);
	return parse_size(f, spec);
}

static void put_integer(struct out *out, const struct spec *spec, char conversion, va_list *args)
{
	int has_sign = conversion == 'd' || conversion == 'i';
	long long value = spec->size == sizeof(long long) ? va_arg(*args, long long)
			  : spec->size == sizeof(long)	  ? va_arg(*args, long)
							  : va_arg(*args, int);
	char sign = 0;

	value = narrow(value, spec->size, has_sign);
	if (has_sign) {
		sign = value < 0 ? '-' : (char)spec->sign;
		put_number(out, spec,
			   value < 0 ? -(unsigned long long)value : (unsigned long long)value, 10,
			   sign, 0);
	} else {
		put_number(out, spec, (unsigned long long)value,
			   conversion == 'o'   ? 8
			   : conversion == 'u' ? 10
					       : 16,
			   0, conversion == 'X');
	}
}

static void put_conversion(struct out *out, struct spec *spec, char conversion, va_list *args)
{
	const char *text;
	char c;

	switch (conversion) {
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		put_integer(out, spec, conversion, args);
		break;
	case 'p':
		spec->is_alt = 1;
		put_number(out, spec, (unsigned long)va_arg(*args, void *), 16, 0, 0);
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		put_text(out, spec, &c, 1);
		break;
	case 's':
		text = va_arg(*args, const char *);
		text = text ? text : "(null)";
		put_text(out, spec, text,
			 (int)(spec->precision < 0 ? strlen(text)
						   : strnlen(text, (size_t)spec->precision)));
		break;
	case 'm':
		text = strerror(errno);
		put_text(out, spec, text, (int)strlen(text));
		break;
	default:
		put(out, conversion);
	}
}

int vsnprintf(char *buf, size_t size, const char *format, va_list list)
{
	struct out out = {buf, size, 0};
	struct spec spec;
	va_list args;

	va_copy(args, list);
	for (; *format; format++) {
		if (*format != '%') {
			put(&out, *format);
			continue;
		}
		format = parse_spec(format + 1, &spec, &args);
		if (!*format)
			break;
		put_conversion(&out, &spec, *format, &args);
	}
	va_end(args);
	if (size)
		buf[out.length < size ? out.length : size - 1] = '\0';
	return (int)out.length;
}

int snprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(buf, size, format, args);
	va_end(args);
	return length;
}

static int write_all(int fd, const char *text, size_t length)
{
	long done;

	while (length) {
		done = write(fd, text, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		text += done;
		length -= (size_t)done;
	}
	return 0;
}

/* Text beyond LINE_SIZE is cut. */
int vdprintf(int fd, const char *format, va_list args)
{
	char line[LINE_SIZE];
	int length = vsnprintf(line, sizeof(line), format, args);

	if (length >= LINE_SIZE)
		length = LINE_SIZE - 1;
	return write_all(fd, line, (size_t)length) < 0 ? -1 : length;
}

int dprintf(int fd, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vdprintf(fd, format, args);
	va_end(args);
	return length;
}

int fprintf(FILE *file, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vdprintf(file->fd, format, args);
	va_end(args);
	return length;
}

int printf(const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vdprintf(STDOUT_FILENO, format, args);
	va_end(args);
	return length;
}

int fputs(const char *text, FILE *file)
{
	return write_all(file->fd, text, strlen(text));
}

int puts(const char *text)
{
	size_t length = strlen(text);

	if (write_all(STDOUT_FILENO, text, length) < 0)
		return EOF;
	return write_all(STDOUT_FILENO, "\n", 1) < 0 ? EOF : 1;
}

int putchar(int c)
{
	char byte = (char)c;

	return write_all(STDOUT_FILENO, &byte, 1) < 0 ? EOF : (unsigned char)byte;
}

int fflush(FILE *file)
{
	(void)file;
	return 0;
}

void perror(const char *text)
{
	const char *message = strerror(errno);

	if (text && *text)
		dprintf(STDERR_FILENO, "%s: %s\n", text, message);
	else
		dprintf(STDERR_FILENO, "%s\n", message);
}
