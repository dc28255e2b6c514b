/* /proc/PID/oom_score, oom_score_adj, oom_adj: who goes first when memory is out. proc(5). */
#include "fs/procfs/procfs.h"
#include "lib/string.h"
#include <linux/capability.h>

#define OOM_ADJ_MAX	  15
#define OOM_ADJ_DISABLE	  (-17)
#define OOM_SCORE_ADJ_MAX 1000

/* In thousandths of memory, two thirds of it plus the adjustment's own range: as Linux shows it. */
int show_oom_score(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	s64 score = 0, rss = 0;
	struct mem_stats stats;
	struct mm *m;

	if (!t)
		return -ESRCH;
	mem_stats(&stats);
	m = task_get_mm(t);
	if (m) {
		rss = (s64)mm_rss_pages(m);
		mm_put(m);
		if (t->process->oom_score_adj > -OOM_SCORE_ADJ_MAX)
			score = 1000 + rss * 1000 / (s64)stats.total_pages +
				t->process->oom_score_adj;
	}
	task_put(t);
	proc_printf(b, "%ld\n", score > 0 ? score * 2 / 3 : 0);
	return 0;
}

int show_oom_score_adj(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);

	if (!t)
		return -ESRCH;
	proc_printf(b, "%d\n", t->process->oom_score_adj);
	task_put(t);
	return 0;
}

/* A number with a sign, white space around it; false: something else. */
static bool parse_signed(const char *text, s64 *value)
{
	bool is_negative;
	const char *end;
	u64 v;

	while (*text == ' ' || *text == '\t' || *text == '\n')
		text++;
	is_negative = *text == '-';
	if (!parse_u64(text + is_negative, 10, &v, &end) || v > 0x7fffffff)
		return false;
	while (*end == ' ' || *end == '\t' || *end == '\n')
		end++;
	*value = is_negative ? -(s64)v : (s64)v;
	return !*end;
}

/* Going below what was set with the privilege needs it again: CAP_SYS_RESOURCE. */
static long set_adjustment(const struct proc_who *who, int value, size_t n)
{
	struct task *t = proc_task(who);
	long ret = (long)n;

	if (!t)
		return -ESRCH;
	if (value < t->process->oom_score_adj_min && !task_capable(CAP_SYS_RESOURCE)) {
		ret = -EACCES;
	} else {
		t->process->oom_score_adj = value;
		if (task_capable(CAP_SYS_RESOURCE))
			t->process->oom_score_adj_min = value;
	}
	task_put(t);
	return ret;
}

long store_oom_score_adj(const struct proc_who *who, char *text, size_t n)
{
	s64 v;

	if (!parse_signed(text, &v) || v < -OOM_SCORE_ADJ_MAX || v > OOM_SCORE_ADJ_MAX)
		return -EINVAL;
	return set_adjustment(who, (int)v, n);
}

/* The older scale, -17 to 15. */
int show_oom_adj(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	int v;

	if (!t)
		return -ESRCH;
	v = t->process->oom_score_adj;
	task_put(t);
	v = v == OOM_SCORE_ADJ_MAX ? OOM_ADJ_MAX : v * -OOM_ADJ_DISABLE / OOM_SCORE_ADJ_MAX;
	proc_printf(b, "%d\n", MIN(v, OOM_ADJ_MAX));
	return 0;
}

long store_oom_adj(const struct proc_who *who, char *text, size_t n)
{
	s64 v;

	if (!parse_signed(text, &v) || v < OOM_ADJ_DISABLE || v > OOM_ADJ_MAX)
		return -EINVAL;
	v = v == OOM_ADJ_MAX ? OOM_SCORE_ADJ_MAX : v * OOM_SCORE_ADJ_MAX / -OOM_ADJ_DISABLE;
	return set_adjustment(who, (int)v, n);
}
