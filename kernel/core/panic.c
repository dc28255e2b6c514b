/* The end: say why, on the console, and leave. Works from any context; takes no lock. */
#include "core/cpu.h"
#include "core/log.h"
#include "core/thread.h"
#include "lib/err.h"
#include "lib/string.h"

#define PANIC_STATUS 0x7f

static u32 is_panicking;
void (*panic_last_words)(void);

static void emit(const char *line)
{
	arch_console_write(line, strlen(line));
}

void panic(const char *fmt, ...)
{
	char line[256];
	struct thread *t;
	va_list ap;

	arch_irq_disable();
	if (atomic_xchg(&is_panicking, 1))
		arch_halt_forever(); /* another CPU, or a fault on the way */
	arch_stop_other_cpus();
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	emit("\nlstar-panic: ");
	emit(line);
	emit("\n");
	t = this_thread();
	if (t) {
		scnprintf(line, sizeof(line), "cpu %u, thread %.16s\n", this_cpu()->id, t->comm);
		emit(line);
	}
	arch_backtrace(emit, __builtin_frame_address(0));
	if (panic_last_words)
		panic_last_words();
	arch_power_off(PANIC_STATUS);
}

/* Called by functions that find the word below their frame changed: the compiler's name for it. */
__noreturn __cold void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
	panic("stack-protector: Kernel stack is corrupted in: %016lx",
	      (unsigned long)__builtin_return_address(0));
}

#ifdef DEBUG
static struct {
	int err;
	const char *why;
} last_failure[MAX_CPUS];

/* The last reason given with fail(), per CPU, for a debugger or the tracer. */
void note_failure(int err, const char *why)
{
	unsigned cpu = this_cpu()->id;

	last_failure[cpu].err = err;
	last_failure[cpu].why = why;
}
#endif
