/* Out of memory: the process with the largest resident set ends, never process 1. */
#include "proc/pid.h"
#include "core/log.h"

#define WAIT_NS	       (5 * NSEC_PER_MSEC)
#define WAITS_PER_KILL 200 /* a victim that does not go makes room for a second one */

int oom_kill_allocating_task, panic_on_oom;
static unsigned nr_waits;

/* Pages, moved by oom_score_adj thousandths of memory (proc(5)); 0 = not to be killed. */
static u64 badness(struct process *p, u64 total_pages)
{
	struct task *t;
	s64 score = 0;

	if (p->is_init || p->oom_score_adj == -1000)
		return 0;
	list_for_each_entry (t, &p->tasks, group_node)
		if (t->mm) {
			score = (s64)mm_rss_pages(t->mm) + 1;
			break;
		}
	if (!score)
		return 0;
	score += (s64)p->oom_score_adj * (s64)total_pages / 1000;
	return score > 0 ? (u64)score : 1;
}

/* tree_lock held. The victim, or NULL; *is_one_dying: an earlier one still has its memory. */
static struct process *choose(bool *is_one_dying)
{
	struct process *me = this_thread()->is_user ? current->process : NULL;
	struct process *p, *worst = NULL;
	struct mem_stats stats;
	u64 max = 0;

	mem_stats(&stats);
	if (oom_kill_allocating_task && me && !me->oom_killed && badness(me, stats.total_pages))
		return me;
	list_for_each_entry (p, &all_processes, all_node) {
		u64 score = badness(p, stats.total_pages);

		if (!score)
			continue;
		if (p->oom_killed) {
			*is_one_dying = true;
		} else if (score > max) {
			max = score;
			worst = p;
		}
	}
	return worst;
}

bool oom_kill(void)
{
	bool is_one_dying = false;
	struct process *victim;
	unsigned long f;
	siginfo_t si;

	if (this_thread()->is_user && thread_test_flags(this_thread(), TIF_KILLED))
		return false; /* let the allocation fail: the caller is on its way out */
	if (panic_on_oom)
		panic("Out of memory: panic_on_oom is enabled");
	f = tree_lock_irqsave();
	victim = choose(&is_one_dying);
	if (is_one_dying && ++nr_waits % WAITS_PER_KILL)
		victim = NULL;
	if (victim) {
		victim->oom_killed = 1;
		siginfo_kernel(&si, SIGKILL);
		signal_process(victim, &si);
		log_err("out of memory: ends process %d (%s)", victim->pid,
			victim->leader->thread.comm);
	}
	tree_unlock_irqrestore(f);
	if (!victim && !is_one_dying)
		return false;
	if (this_thread()->is_user && thread_test_flags(this_thread(), TIF_KILLED))
		return false;
	set_thread_state(TS_UNINTERRUPTIBLE);
	schedule_until(now_mono_ns() + WAIT_NS);
	return true;
}
