#include "mm/iter.h"
#include "lib/err.h"
#include "lib/string.h"

void iter_user_vec(struct iter *it, const struct iter_seg *segs, size_t nr, size_t total)
{
	it->is_user = true;
	it->kbuf = NULL;
	it->seg = segs;
	it->seg_off = 0;
	it->nr_segs = nr;
	it->count = total;
}

void iter_kernel(struct iter *it, void *buf, size_t len)
{
	it->is_user = false;
	it->kbuf = buf;
	it->seg = NULL;
	it->seg_off = 0;
	it->nr_segs = 0;
	it->count = len;
}

void iter_advance(struct iter *it, size_t n)
{
	it->count -= n;
	if (!it->is_user) {
		it->kbuf = (u8 *)it->kbuf + n;
		return;
	}
	while (n) {
		size_t left = it->seg->len - it->seg_off;

		if (n < left) {
			it->seg_off += n;
			return;
		}
		n -= left;
		it->seg++;
		it->nr_segs--;
		it->seg_off = 0;
	}
}

void iter_revert(struct iter *it, size_t n)
{
	it->count += n;
	if (!it->is_user) {
		it->kbuf = (u8 *)it->kbuf - n;
		return;
	}
	while (n > it->seg_off) {
		n -= it->seg_off;
		it->seg--;
		it->nr_segs++;
		it->seg_off = it->seg->len;
	}
	it->seg_off -= n;
}

enum direction { PUT, GET, ZERO };

/* Bytes not moved. */
static size_t move(enum direction d, unsigned long user, void *kernel, size_t n)
{
	switch (d) {
	case PUT:
		return arch_copy_out(uaddr(user), kernel, n);
	case GET:
		return arch_copy_in(kernel, uaddr(user), n);
	default:
		return arch_clear_user(uaddr(user), n);
	}
}

static size_t copy(struct iter *it, enum direction d, void *kernel, size_t n)
{
	size_t done = 0;

	n = MIN(n, it->count);
	while (done < n) {
		size_t part, missed;

		while (it->seg->len == it->seg_off) {
			it->seg++;
			it->nr_segs--;
			it->seg_off = 0;
		}
		part = MIN(n - done, it->seg->len - it->seg_off);
		missed = move(d, it->seg->base + it->seg_off, (u8 *)kernel + done, part);
		it->seg_off += part - missed;
		it->count -= part - missed;
		done += part - missed;
		if (missed)
			break;
	}
	return done;
}

size_t iter_put_any(struct iter *it, const void *src, size_t n)
{
	if (it->is_user)
		return copy(it, PUT, (void *)src, n);
	n = MIN(n, it->count);
	memcpy(it->kbuf, src, n);
	iter_advance(it, n);
	return n;
}

size_t iter_get_any(struct iter *it, void *dst, size_t n)
{
	if (it->is_user)
		return copy(it, GET, dst, n);
	n = MIN(n, it->count);
	memcpy(dst, it->kbuf, n);
	iter_advance(it, n);
	return n;
}

size_t iter_zero_any(struct iter *it, size_t n)
{
	if (it->is_user)
		return copy(it, ZERO, NULL, n);
	n = MIN(n, it->count);
	memset(it->kbuf, 0, n);
	iter_advance(it, n);
	return n;
}

/* One byte per page is touched; for writing, the byte is read and written back. */
static int touch(unsigned long addr, bool for_write)
{
	u8 byte;

	if (arch_copy_in(&byte, uaddr(addr), 1))
		return -EFAULT;
	return for_write && arch_copy_out(uaddr(addr), &byte, 1) ? -EFAULT : 0;
}

int iter_fault_in(struct iter *it, size_t n, bool for_write)
{
	const struct iter_seg *s = it->seg;
	size_t off = it->seg_off, left = MIN(n, it->count);
	bool any = false;

	if (!it->is_user)
		return 0;
	for (; left; s++, off = 0) {
		size_t part = MIN(s->len - off, left);
		unsigned long a = s->base + off, end = a + part;

		left -= part;
		for (; part && a < end; a = (a & PAGE_MASK) + PAGE_SIZE) {
			if (touch(a, for_write))
				return any ? 0 : -EFAULT;
			any = true;
		}
	}
	return 0;
}
