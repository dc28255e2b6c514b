/* What all sockets together may hold: a fraction of the machine's memory, so that no user fills it
 * by sending what nobody reads. */
#include "mm/page.h"
#include "net/socket.h"

#define MEMORY_FRACTION 8

static u64 used_bytes; /* atomic */
static u64 limit_bytes;

static u64 find_limit(void)
{
	struct mem_stats m;

	mem_stats(&m);
	limit_bytes = m.total_pages * PAGE_SIZE / MEMORY_FRACTION;
	return limit_bytes;
}

bool socket_charge(size_t bytes)
{
	if (likely(atomic_add(&used_bytes, bytes) <= (limit_bytes ? limit_bytes : find_limit())))
		return true;
	atomic_sub(&used_bytes, bytes);
	return false;
}

void socket_uncharge(size_t bytes)
{
	atomic_sub(&used_bytes, bytes);
}
