/* lwIP's platform: memory, time, the thread that runs its timers, and what a loopback has none of.
 */
#include "net/inet/inet.h"
#include "core/time.h"
#include "mm/kmalloc.h"
#include "net/families.h"
#include <lwip/init.h>
#include <lwip/nd6.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/sys.h>

#define MEMORY_FRACTION 8 /* of the machine's memory may lie in lwIP */
#define NS_PER_MS	1000000ul
#define TICK_NS		(TCP_TMR_INTERVAL * NS_PER_MS)

static u64 used_bytes, limit_bytes; /* lock */
static struct mutex lock;
static bool is_started;
static struct waitq timer_wait = WAITQ_INIT(timer_wait);
static u64 wake_ns = ~0ul; /* when the timer thread looks again; lock */
static u64 tick_ns;	   /* when the timers of TCP run next, 0: no connection has any; lock */
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

void tcp_timer_needed(void)
{
	if (!tick_ns && (tcp_active_pcbs || tcp_tw_pcbs))
		tick_ns = now_mono_ns() + TICK_NS;
}

/* Neighbour discovery: on the loopback nobody is a neighbour, and nothing is advertised. */

void nd6_input(struct pbuf *p, struct netif *in)
{
	(void)in;
	pbuf_free(p);
}

struct netif *nd6_find_route(const ip6_addr_t *to)
{
	(void)to;
	return NULL;
}

u16_t nd6_get_destination_mtu(const ip6_addr_t *to, struct netif *out)
{
	(void)to;
	return netif_mtu6(out);
}

void nd6_reachability_hint(const ip6_addr_t *who)
{
	(void)who;
}

void nd6_cleanup_netif(struct netif *gone)
{
	(void)gone;
}

void nd6_restart_netif(struct netif *up)
{
	(void)up;
}

/* --- the lock, and what happens when it is released --- */

void inet_lock(void)
{
	mutex_lock(&lock);
}

/* What was sent over the loopback arrives. */
static void deliver(void)
{
	inet_run_begins();
	netif_poll_all();
	inet_run_ends();
}

/* A timer may have been set that is due before the thread would look. */
static void kick_timers(void)
{
	if (tick_ns && tick_ns < wake_ns) {
		wake_ns = tick_ns;
		atomic_add(&kicks, 1u);
		waitq_wake_all(&timer_wait);
	}
}

void inet_unlock(void)
{
	deliver();
	kick_timers();
	mutex_unlock(&lock);
}

static void run_timers(void)
{
	if (!tick_ns || now_mono_ns() < tick_ns)
		return;
	tcp_tmr();
	tick_ns = 0;
	tcp_timer_needed();
}

static void timer_main(void *arg)
{
	u32 seen;

	for (;;) {
		mutex_lock(&lock);
		run_timers();
		deliver();
		wake_ns = tick_ns ? tick_ns : ~0ul;
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
