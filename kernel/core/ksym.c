/* The table of function names that tools/ksyms.sh makes after a first link. Read in a panic only,
 * so from front to back. */
#include "core/ksym.h"
#include "lib/string.h"

/* The first function's address; per function 16 bits of distance and a NUL-terminated name. */
extern const u8 ksym_table[];

const char *ksym_find(unsigned long addr, unsigned long *offset)
{
	const u8 *p = ksym_table + sizeof(u64);
	const char *found = NULL;
	u64 at;

	memcpy(&at, ksym_table, sizeof(at));
	for (; p[2]; p += 2 + strlen((const char *)p + 2) + 1) {
		at += (unsigned)p[0] | (unsigned)p[1] << 8;
		if (at > addr)
			break;
		found = (const char *)p + 2;
		*offset = addr - at;
	}
	return found;
}

void ksym_for_each(void (*fn)(void *arg, unsigned long addr, const char *name), void *arg)
{
	const u8 *p = ksym_table + sizeof(u64);
	u64 at;

	memcpy(&at, ksym_table, sizeof(at));
	for (; p[2]; p += 2 + strlen((const char *)p + 2) + 1) {
		at += (unsigned)p[0] | (unsigned)p[1] << 8;
		if (p[2] != '?')
			fn(arg, at, (const char *)p + 2);
	}
}
