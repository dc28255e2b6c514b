/* Where the data of a read or write lies (mm/iter.h). */
#include "lib/err.h"
#include "lib/string.h"
#include "mm/iter.h"
#include "mm/kmalloc.h"
#include "mm/page.h"

void iter_user_vec(struct iter *it, const struct iter_seg *segs, size_t nr, size_t total)
{
	it->is_user = true;
	it->how = 0;
	it->kbuf = NULL;
	it->seg = segs;
	it->seg_off = 0;
	it->nr_segs = nr;
	it->count = total;
}

void iter_kernel(struct iter *it, void *buf, size_t len)
{
	it->is_user = false;
	it->how = 0;
	it->kbuf = buf;
	it->seg = NULL;
	it->seg_off = 0;
	it->nr_segs = 0;
	it->count = len;
}

enum direction { PUT, GET, ZERO };

/* One run within one segment; bytes done. */
static size_t move(enum direction d, uaddr_t u, void *k, size_t n)
{
	switch (d) {
	case PUT:
		return n - arch_copy_out(u, k, n);
	case GET:
		return n - arch_copy_in(k, u, n);
	default:
		return n - arch_clear_user(u, n);
	}
}

static size_t move_user(struct iter *it, enum direction d, u8 *k, size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t room = it->seg->len - it->seg_off, run = MIN(n - done, room), got = 0;

		if (run)
			got = move(d, uaddr(it->seg->base + it->seg_off), k ? k + done : NULL, run);
		done += got;
		it->seg_off += got;
		it->count -= got;
		if (got < run)
			break;
		/* Stay at the end of the last segment: iter_revert() counts back from there. */
		if (it->seg_off == it->seg->len && it->count) {
			it->seg++;
			it->nr_segs--;
			it->seg_off = 0;
		}
	}
	return done;
}

static size_t move_any(struct iter *it, enum direction d, void *k, size_t n)
{
	n = MIN(n, it->count);
	if (it->is_user)
		return move_user(it, d, k, n);
	if (d == PUT)
		memcpy(it->kbuf, k, n);
	else if (d == GET)
		memcpy(k, it->kbuf, n);
	else
		memset(it->kbuf, 0, n);
	it->kbuf = (u8 *)it->kbuf + n;
	it->count -= n;
	return n;
}

size_t iter_put_any(struct iter *it, const void *src, size_t n)
{
	return move_any(it, PUT, (void *)src, n);
}

size_t iter_put_pages(struct iter *it, struct page *const *pages, size_t off, size_t n)
{
	bool is_simple = iter_is_simple(it, n);
	unsigned long base = is_simple ? it->seg->base + it->seg_off : 0;
	size_t done = 0;

	for (; done < n; off = 0) {
		size_t run = MIN(n - done, PAGE_SIZE - off), got;
		const u8 *from = (const u8 *)page_to_virt(*pages++) + off;

		got = likely(is_simple) ? run - arch_copy_out(uaddr(base + done), from, run)
					: iter_put_any(it, from, run);
		done += got;
		if (unlikely(got < run))
			break;
	}
	if (is_simple)
		iter_moved(it, done);
	return done;
}

size_t iter_get_any(struct iter *it, void *dst, size_t n)
{
	return move_any(it, GET, dst, n);
}

size_t iter_zero_any(struct iter *it, size_t n)
{
	return move_any(it, ZERO, NULL, n);
}

void iter_advance(struct iter *it, size_t n)
{
	n = MIN(n, it->count);
	if (!it->is_user) {
		it->kbuf = (u8 *)it->kbuf + n;
		it->count -= n;
		return;
	}
	while (n) {
		size_t run = MIN(n, it->seg->len - it->seg_off);

		n -= run;
		it->seg_off += run;
		it->count -= run;
		if (it->seg_off == it->seg->len && it->count) {
			it->seg++;
			it->nr_segs--;
			it->seg_off = 0;
		}
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

static bool touch(unsigned long addr, bool for_write)
{
	u8 byte;

	if (arch_copy_in(&byte, uaddr(addr), 1))
		return false;
	/* A write of the same byte could undo another thread's; clearing nothing only checks. The
	 * page is made writable by adding zero atomically. */
	if (for_write) {
		u32 old;

		return arch_cmpxchg_user32(uaddr(addr & ~3UL), 0, 0, &old) == 0;
	}
	return true;
}

int iter_fault_in(struct iter *it, size_t n, bool for_write)
{
	const struct iter_seg *seg = it->seg;
	size_t off = it->seg_off, done = 0;

	n = MIN(n, it->count);
	if (!it->is_user || !n)
		return 0;
	while (done < n) {
		unsigned long at = seg->base + off;
		size_t in_page = PAGE_SIZE - (at & (PAGE_SIZE - 1));
		size_t run = MIN(MIN(n - done, seg->len - off), in_page);

		if (run && !touch(at, for_write))
			return done ? 0 : -EFAULT;
		done += run;
		off += run;
		if (off == seg->len) {
			seg++;
			off = 0;
		}
	}
	return 0;
}

char *iter_get_text(struct iter *it, size_t n)
{
	char *text = kmalloc(n + 1, GFP_KERNEL);

	if (!text)
		return ERR_PTR(-ENOMEM);
	if (iter_get(it, text, n) != n) {
		kfree(text);
		return ERR_PTR(-EFAULT);
	}
	text[n] = 0;
	return text;
}
