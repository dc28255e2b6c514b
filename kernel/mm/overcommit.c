/* How much memory may be promised: proc(5), /proc/sys/vm/overcommit_memory. */
#include "mm/internal.h"

struct overcommit overcommit = {
	.ratio_percent = 50,
	.admin_reserve_kbytes = 8192,
	.user_reserve_kbytes = 131072,
};

bool (*mm_has_sys_admin)(void);

/* Below this a request is not worth a look at how much memory there is (16 MiB). */
#define SMALL_PAGES 4096

static u64 kbytes_to_pages(u64 kbytes)
{
	return kbytes >> (PAGE_SHIFT - 10);
}

u64 mm_commit_limit_pages(void)
{
	struct mem_stats s;

	if (overcommit.kbytes)
		return kbytes_to_pages(overcommit.kbytes);
	mem_stats(&s);
	return s.total_pages * overcommit.ratio_percent / 100;
}

u64 mm_committed_pages(void)
{
	long n = READ_ONCE(mm_counter[MM_COMMIT]) + READ_ONCE(mm_counter[MM_SHMEM]);

	return n > 0 ? (u64)n : 0;
}

/* Mode 2: not beyond the limit, and some is kept for the administrator, and for whoever wants to
 * end the process that took all. */
static bool is_beyond_limit(const struct mm *m, size_t pages)
{
	u64 limit = mm_commit_limit_pages();
	u64 admin = kbytes_to_pages(overcommit.admin_reserve_kbytes);
	u64 user = MIN(m->total_pages / 32, kbytes_to_pages(overcommit.user_reserve_kbytes));

	if (!(mm_has_sys_admin && mm_has_sys_admin()))
		limit -= MIN(limit, admin);
	limit -= MIN(limit, user);
	return mm_committed_pages() + pages > limit;
}

bool is_overcommit(struct mm *m, u64 vm_flags, size_t pages)
{
	struct mem_stats s;

	if (likely(!overcommit.memory)) {
		if (likely(pages < SMALL_PAGES) || !is_accountable(vm_flags))
			return false;
		mem_stats(&s);
		return pages > s.total_pages;
	}
	if (overcommit.memory == 1)
		return false;
	return (vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE && is_beyond_limit(m, pages);
}

bool mm_may_share(size_t pages)
{
	struct mem_stats s;

	if (pages < SMALL_PAGES || overcommit.memory == 1)
		return true;
	mem_stats(&s);
	if (!overcommit.memory)
		return pages <= s.total_pages;
	return mm_committed_pages() + pages <= mm_commit_limit_pages();
}
