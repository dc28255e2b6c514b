/* The kernel log: a ring of text, each line "<level>[seconds.micros] message". syslog(2). */
#include "core/lock.h"
#include "core/log.h"
#include "core/time.h"
#include "lib/string.h"

#define LOG_LINE_SIZE 320

static struct {
	spinlock_t lock;
	u64 head;    /* bytes ever written */
	u64 taken;   /* of these, what log_take() has given */
	u64 cleared; /* where log_read() begins */
	int level;
	bool is_line_open; /* the last text had no newline */
	char text[LOG_RING_SIZE];
} ring = {.lock = SPINLOCK_INIT(RANK_LOG, "log"), .level = LOG_WARN};

void log_set_level(int level)
{
	ring.level = level;
}

int log_level(void)
{
	return ring.level + 1;
}

static void ring_put(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		ring.text[ring.head++ % LOG_RING_SIZE] = s[i];
}

void klog(enum log_level level, const char *fmt, ...)
{
	char line[LOG_LINE_SIZE], prefix[40];
	u64 us = now_mono_ns() / NSEC_PER_USEC;
	int prefix_len, skip;
	unsigned long flags;
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	len = strlen(line);
	if (len == 0 || line[len - 1] != '\n')
		line[len++] = '\n';
	prefix_len =
		scnprintf(prefix, sizeof(prefix), "<%d>[%5llu.%06llu] ", level,
			  (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000));
	skip = 3; /* the console line has no "<6>" */
	flags = spin_lock_irqsave(&ring.lock);
	ring_put(prefix, (size_t)prefix_len);
	ring_put(line, len);
	if ((int)level <= ring.level) {
		arch_console_write(prefix + skip, (size_t)(prefix_len - skip));
		arch_console_write(line, len);
	}
	spin_unlock_irqrestore(&ring.lock, flags);
}

size_t log_read(char *buf, size_t size)
{
	unsigned long flags = spin_lock_irqsave(&ring.lock);
	u64 n = MIN(ring.head - ring.cleared, (u64)LOG_RING_SIZE), from, i;

	n = MIN(n, (u64)size);
	from = ring.head - n;
	for (i = 0; i < n; i++)
		buf[i] = ring.text[(from + i) % LOG_RING_SIZE];
	spin_unlock_irqrestore(&ring.lock, flags);
	return n;
}

size_t log_take(char *buf, size_t size)
{
	unsigned long flags = spin_lock_irqsave(&ring.lock);
	size_t n = 0;

	if (ring.head > LOG_RING_SIZE && ring.taken < ring.head - LOG_RING_SIZE)
		ring.taken = ring.head - LOG_RING_SIZE;
	while (n < size && ring.taken < ring.head)
		buf[n++] = ring.text[ring.taken++ % LOG_RING_SIZE];
	spin_unlock_irqrestore(&ring.lock, flags);
	return n;
}

size_t log_size(void)
{
	return MIN(READ_ONCE(ring.head) - READ_ONCE(ring.cleared), (u64)LOG_RING_SIZE);
}

size_t log_untaken(void)
{
	return MIN(READ_ONCE(ring.head) - READ_ONCE(ring.taken), (u64)LOG_RING_SIZE);
}

void log_clear(void)
{
	unsigned long flags = spin_lock_irqsave(&ring.lock);

	ring.cleared = ring.head;
	spin_unlock_irqrestore(&ring.lock, flags);
}
