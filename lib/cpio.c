#include "lib/cpio.h"
#include "lib/err.h"
#include "lib/string.h"

#define NEWC_HEADER_SIZE 110

void cpio_open(struct cpio_reader *r, const void *base, size_t size_bytes)
{
	*r = (struct cpio_reader){base, size_bytes, 0};
}

/* The i-th of the header's eight-digit hexadecimal fields. */
static bool header_field(const u8 *header, unsigned i, u32 *out)
{
	const u8 *p = header + 6 + i * 8;
	u32 v = 0;

	for (unsigned k = 0; k < 8; k++) {
		u8 c = p[k];

		if (c >= '0' && c <= '9')
			v = v << 4 | (u32)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			v = v << 4 | (u32)((c | 32) - 'a' + 10);
		else
			return false;
	}
	*out = v;
	return true;
}

int cpio_next(struct cpio_reader *r, struct cpio_entry *e)
{
	u32 field[13];
	size_t name_off, data_off;

	/* Archives may follow each other with zero padding between. */
	while (r->off < r->size_bytes && r->base[r->off] == 0)
		r->off++;
	if (r->off == r->size_bytes)
		return 0;
	if (r->size_bytes - r->off < NEWC_HEADER_SIZE || memcmp(r->base + r->off, "070701", 6))
		return fail(EINVAL, "not a newc header");
	for (unsigned i = 0; i < 13; i++)
		if (!header_field(r->base + r->off, i, &field[i]))
			return fail(EINVAL, "header digit");
	name_off = r->off + NEWC_HEADER_SIZE;
	if (field[11] == 0 || field[11] > r->size_bytes - name_off ||
	    r->base[name_off + field[11] - 1])
		return fail(EINVAL, "name runs past the archive");
	data_off = ALIGN_UP(name_off + field[11], 4);
	if (data_off > r->size_bytes || field[6] > r->size_bytes - data_off)
		return fail(EINVAL, "data runs past the archive");
	*e = (struct cpio_entry){.name = (const char *)r->base + name_off,
				 .data = r->base + data_off,
				 .ino = field[0],
				 .mode = field[1],
				 .uid = field[2],
				 .gid = field[3],
				 .nlink = field[4],
				 .mtime_s = field[5],
				 .size_bytes = field[6],
				 .rdev_major = field[9],
				 .rdev_minor = field[10]};
	r->off = MIN(ALIGN_UP(data_off + field[6], 4), r->size_bytes);
	if (!strcmp(e->name, "TRAILER!!!"))
		return cpio_next(r, e);
	while (*e->name == '/')
		e->name++;
	return 1;
}
