/* lwIP's platform: memory, time, and the thread that runs its timers. */
#include "net/inet/inet.h"
#include "core/time.h"
#include "mm/kmalloc.h"
#include "net/families.h"
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/sys.h>
#include <lwip/timeouts.h>

#define MEMORY_FRACTION 8 /* of the machine's memory may lie in lwIP */
#define NS_PER_MS	1000000ul

static u64 used_bytes, limit_bytes; /* lock */
static struct mutex lock;
static bool is_started;
static struct waitq timer_wait = WAITQ_INIT(timer_wait);
static u64 wake_ns = ~0ul; /* when the timer thread looks again; lock */
static u32 kicks;

/* --- lwIP calls these, with the lock held --- */

void *inet_malloc(size_t size)
{
	u64 *p;

	size += 2 * sizeof(u64); /* the size, and 16 bytes of alignment kept */
	if (used_bytes + size > limit_bytes)
		return NULL;
	p = kmalloc(size, GFP_KERNEL);
	if (!p)
		return NULL;
	p[0] = size;
	used_bytes += size;
	return p + 2;
}

void *inet_calloc(size_t n, size_t size)
{
	void *p = inet_malloc(n * size);

	if (p)
		memset(p, 0, n * size);
	return p;
}

void inet_free(void *p)
{
	u64 *head = (u64 *)p - 2;

	if (!p)
		return;
	used_bytes -= head[0];
	kfree(head);
}

u32_t sys_now(void)
{
	return (u32_t)(now_mono_ns() / NS_PER_MS);
}

/* --- the lock, and what happens when it is released --- */

void inet_lock(void)
{
	mutex_lock(&lock);
}

void inet_unlock(void)
{
	inet_run_begins();
	netif_poll_all(); /* what was sent over the loopback arrives */
	inet_timers_changed();
	mutex_unlock(&lock);
}

static u64 next_timer_ns(void)
{
	u32 ms = sys_timeouts_sleeptime();

	return ms == SYS_TIMEOUTS_SLEEPTIME_INFINITE ? ~0ul : now_mono_ns() + ms * NS_PER_MS;
}

/* A timer may have been set that is due before the thread would look. */
void inet_timers_changed(void)
{
	if (next_timer_ns() + NS_PER_MS < wake_ns) {
		wake_ns = 0;
		atomic_add(&kicks, 1u);
		waitq_wake_all(&timer_wait);
	}
}

static void timer_main(void *arg)
{
	u32 seen;

	for (;;) {
		mutex_lock(&lock);
		inet_run_begins();
		sys_check_timeouts();
		netif_poll_all();
		wake_ns = next_timer_ns();
		seen = READ_ONCE(kicks);
		mutex_unlock(&lock);
		/* not interruptible: nothing sends signals here */
		wait_event_full(&timer_wait, READ_ONCE(kicks) != seen, TS_UNINTERRUPTIBLE,
				wake_ns == ~0ul ? 0 : wake_ns);
	}
}

/* --- the first socket starts it --- */

void inet_init(void)
{
	mutex_init(&lock, RANK_SOCKET, "inet");
}

/* 0 or -ENOMEM. */
int inet_start(void)
{
	struct mem_stats m;
	struct thread *t;
	int err = 0;

	if (likely(READ_ONCE(is_started)))
		return 0;
	mutex_lock(&lock);
	if (!is_started) {
		mem_stats(&m);
		limit_bytes = m.total_pages * PAGE_SIZE / MEMORY_FRACTION;
		lwip_init();
		t = kthread_create("inet", timer_main, NULL); /* waits for the lock */
		err = IS_ERR(t) ? (int)PTR_ERR(t) : 0;
		WRITE_ONCE(is_started, !err);
	}
	mutex_unlock(&lock);
	return err;
}
