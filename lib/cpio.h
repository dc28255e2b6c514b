/* Reader of newc (070701) cpio archives in memory; used by the kernel to unpack initramfs. */
#ifndef LIB_CPIO_H
#define LIB_CPIO_H

#include "lib/types.h"

struct cpio_entry {
	const char *name; /* NUL-terminated inside the archive, no leading slash */
	const void *data;
	u64 size_bytes;
	u32 mode, uid, gid, nlink, mtime_s, rdev_major, rdev_minor, ino;
};
struct cpio_reader {
	const u8 *base;
	size_t size_bytes, off;
};

void cpio_open(struct cpio_reader *r, const void *base, size_t size_bytes);
/* 1 with *e filled, 0 at the trailer or the end, -EINVAL when the archive is damaged. */
int cpio_next(struct cpio_reader *r, struct cpio_entry *e);

#endif
