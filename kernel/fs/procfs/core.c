/* /proc/PID/coredump_filter: what of the memory goes into a core file, core(5); autogroup: whom the
 * CPU is shared with, sched(7). */
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "lib/string.h"
#include "proc/coredump.h"

int show_core_filter(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);

	if (!t)
		return -ESRCH;
	proc_printf(b, "%08x\n", t->process->core_filter);
	task_put(t);
	return 0;
}

long store_core_filter(const struct proc_who *who, char *text, size_t n)
{
	const char *end;
	bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	struct task *t;
	u64 value;

	if (!parse_u64(text + (is_hex ? 2 : 0), is_hex ? 16 : 10, &value, &end))
		return -EINVAL;
	t = proc_task(who);
	if (!t)
		return -ESRCH;
	t->process->core_filter = (u32)value & CORE_FILTER_MASK;
	task_put(t);
	return (long)n;
}

int show_autogroup(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);

	if (!t)
		return -ESRCH;
	proc_printf(b, "/autogroup-%lu nice 0\n", sched_group_id(&t->thread));
	task_put(t);
	return 0;
}
