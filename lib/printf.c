#include "lib/printf.h"
#include "lib/string.h"

#ifndef LSTAR_HOSTED

struct out {
	char *buf;
	size_t size, len;
};

struct spec {
	bool left, zero, plus, space, alt;
	int width, precision; /* precision -1 = none */
	int length;	      /* -2 hh, -1 h, 0, 1 l, 2 ll z t */
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void put_padded(struct out *o, const struct spec *s, const char *text, int n)
{
	if (!s->left)
		pad(o, ' ', s->width - n);
	for (int i = 0; i < n; i++)
		put(o, text[i]);
	if (s->left)
		pad(o, ' ', s->width - n);
}

static void put_number(struct out *o, struct spec *s, u64 v, unsigned base, bool upper,
		       const char *prefix)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char tmp[66];
	int n = 0, zeros = 0, prefix_len = (int)strlen(prefix);

	for (; v; v /= base)
		tmp[n++] = digits[v % base];
	if (n == 0 && s->precision != 0)
		tmp[n++] = '0';
	if (s->precision >= 0)
		zeros = s->precision - n;
	else if (s->zero && !s->left)
		zeros = s->width - n - prefix_len;
	if (zeros < 0)
		zeros = 0;
	if (!s->left)
		pad(o, ' ', s->width - n - zeros - prefix_len);
	for (int i = 0; i < prefix_len; i++)
		put(o, prefix[i]);
	pad(o, '0', zeros);
	for (int i = n; i-- > 0;)
		put(o, tmp[i]);
	if (s->left)
		pad(o, ' ', s->width - n - zeros - prefix_len);
}

static const char *parse_spec(const char *f, struct spec *s, va_list *ap)
{
	*s = (struct spec){.precision = -1};
	for (;; f++) {
		if (*f == '-')
			s->left = true;
		else if (*f == '0')
			s->zero = true;
		else if (*f == '+')
			s->plus = true;
		else if (*f == ' ')
			s->space = true;
		else if (*f == '#')
			s->alt = true;
		else
			break;
	}
	if (*f == '*') {
		s->width = va_arg(*ap, int);
		if (s->width < 0) {
			s->left = true;
			s->width = -s->width;
		}
		f++;
	} else {
		for (; *f >= '0' && *f <= '9'; f++)
			s->width = s->width * 10 + (*f - '0');
	}
	if (*f == '.') {
		s->precision = 0;
		if (*++f == '*') {
			s->precision = va_arg(*ap, int);
			f++;
		} else {
			for (; *f >= '0' && *f <= '9'; f++)
				s->precision = s->precision * 10 + (*f - '0');
		}
	}
	for (;; f++) {
		if (*f == 'l')
			s->length++;
		else if (*f == 'h')
			s->length--;
		else if (*f == 'z' || *f == 't' || *f == 'j')
			s->length = 1;
		else
			return f;
	}
}

static void put_signed(struct out *o, struct spec *s, va_list *ap)
{
	s64 v = s->length > 0 ? va_arg(*ap, long) : va_arg(*ap, int);

	if (s->length == -1)
		v = (short)v;
	else if (s->length == -2)
		v = (signed char)v;
	put_number(o, s, v < 0 ? -(u64)v : (u64)v, 10, false,
		   v < 0      ? "-"
		   : s->plus  ? "+"
		   : s->space ? " "
			      : "");
}

static void put_unsigned(struct out *o, struct spec *s, va_list *ap, char conv)
{
	u64 v = s->length > 0 ? va_arg(*ap, unsigned long) : va_arg(*ap, unsigned int);
	unsigned base = conv == 'o' ? 8 : conv == 'u' ? 10 : 16;
	const char *prefix = "";

	if (s->length == -1)
		v = (unsigned short)v;
	else if (s->length == -2)
		v = (unsigned char)v;
	if (s->alt && v)
		prefix = conv == 'x' ? "0x" : conv == 'X' ? "0X" : conv == 'o' ? "0" : "";
	put_number(o, s, v, base, conv == 'X', prefix);
}

static void put_one(struct out *o, struct spec *s, char conv, va_list *ap)
{
	const char *text;
	char c;

	switch (conv) {
	case 'd':
	case 'i':
		put_signed(o, s, ap);
		break;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		put_unsigned(o, s, ap, conv);
		break;
	case 'p':
		put_number(o, s, (u64)va_arg(*ap, void *), 16, false, "0x");
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_padded(o, s, &c, 1);
		break;
	case 's':
		text = va_arg(*ap, const char *);
		if (!text)
			text = "(null)";
		put_padded(o, s, text,
			   (int)strnlen(text, s->precision >= 0 ? (size_t)s->precision : SIZE_MAX));
		break;
	default:
		put(o, conv);
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out o = {buf, size, 0};
	va_list ap;

	va_copy(ap, args);
	for (; *fmt; fmt++) {
		struct spec s;

		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &s, &ap);
		if (!*fmt)
			break;
		put_one(&o, &s, *fmt, &ap);
	}
	va_end(ap);
	if (size)
		buf[o.len < size ? o.len : size - 1] = 0;
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
#endif

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!size)
		return 0;
	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n < (int)size ? n : (int)size - 1;
}
