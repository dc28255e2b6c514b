/*
 * Text of the tracer on its way to the host. Called by trace.c and stats.c; next is vport_write()
 * in dev/. Text waits here until there is much of it or FLUSH_DELAY_NS have passed: a write to the
 * host costs more than tracing the call did.
 */
#include "core/log.h"
#include "core/timer.h"
#include "core/wait.h"
#include "core/time.h"
#include "dev/dev.h"
#include "dev/vport.h"
#include "lib/string.h"
#include "sys/trace.h"
#include <asm/errno.h>

#define OUT_SIZE       16384
#define FLUSH_DELAY_NS 5000000

static struct mutex out_mutex;
static char out_text[OUT_SIZE]; /* out_mutex */
static size_t out_length;	/* out_mutex */
static bool is_console;		/* out_mutex: there is no port */
static bool is_timer_set;	/* out_mutex */

static struct timer flush_timer;
static struct waitq flush_wait = WAITQ_INIT(flush_wait);
static bool is_flush_due;

void trace_out_lock(void)
{
	mutex_lock(&out_mutex);
}

void trace_out_unlock(void)
{
	mutex_unlock(&out_mutex);
}

void trace_out_flush(void)
{
	long done;

	if (!is_console && out_length) {
		done = vport_write(VPORT_TRACE, out_text, out_length);
		is_console = done == -ENODEV;
	}
	if (is_console)
		arch_console_write(out_text, out_length);
	out_length = 0;
}

void trace_out(const char *text, size_t length)
{
	size_t piece;

	while (length) {
		if (out_length == sizeof(out_text))
			trace_out_flush();
		piece = MIN(length, sizeof(out_text) - out_length);
		memcpy(out_text + out_length, text, piece);
		out_length += piece;
		text += piece;
		length -= piece;
	}
	if (!is_timer_set) {
		is_timer_set = true;
		timer_arm(&flush_timer, now_mono_ns() + FLUSH_DELAY_NS);
	}
}

/* Interrupt context. */
static void flush_timer_fires(struct timer *t)
{
	(void)t;
	WRITE_ONCE(is_flush_due, true);
	waitq_wake_all(&flush_wait);
}

static void flush_thread(void *arg)
{
	(void)arg;
	for (;;) {
		wait_event(&flush_wait, READ_ONCE(is_flush_due));
		WRITE_ONCE(is_flush_due, false);
		trace_out_lock();
		is_timer_set = false;
		trace_out_flush();
		trace_out_unlock();
	}
}

/* What a panic would lose: the calls right before it. */
static void print_last_words(void)
{
	static const char head[] = "lstar-trace: not yet sent:\n";

	if (is_console || !out_length)
		return;
	arch_console_write(head, sizeof(head) - 1);
	arch_console_write(out_text, MIN(out_length, sizeof(out_text)));
	arch_console_write("\n", 1);
}

void trace_out_init(void)
{
	struct thread *t;

	mutex_init(&out_mutex, RANK_NONE, "trace");
	timer_init(&flush_timer, flush_timer_fires);
	t = kthread_create("trace", flush_thread, NULL);
	if (IS_ERR(t))
		panic("the tracer's thread: error %ld", -PTR_ERR(t));
	panic_last_words = print_last_words;
}
