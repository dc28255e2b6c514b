/* Text of the tracer on its way to the host. Called by trace.c and stats.c; next is
 * vport_write() in dev/. */
#include "arch/arch.h"
#include "core/lock.h"
#include "dev/dev.h"
#include "dev/vport.h"
#include "lib/string.h"
#include "sys/trace.h"
#include <asm/errno.h>

#define OUT_SIZE 8192

static struct mutex out_mutex = {
	.guard = SPINLOCK_INIT(RANK_NONE, "trace"),
	.waiters = {&out_mutex.waiters, &out_mutex.waiters},
	.rank = RANK_NONE,
	.name = "trace",
};
static char out_text[OUT_SIZE]; /* out_mutex */
static size_t out_length;	/* out_mutex */
static bool is_console;		/* out_mutex: there is no port */

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
}
