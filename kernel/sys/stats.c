/* The table of `--stats`, as strace -c prints it. Called by trace.c. */
#include "core/log.h"
#include "gen/syscall_desc.h"
#include "lib/atomic.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "sys/trace.h"

static struct call_stats {
	u64 time_ns, calls, errors; /* changed atomically */
} stats[NR_SYSCALL_DESCS];

/* time_ns: the CPU time the call took, as strace -c counts; what it slept is not in it. */
void stats_add(unsigned nr, u64 time_ns, bool is_error)
{
	if (nr >= NR_SYSCALL_DESCS || !syscall_descs[nr].name)
		return;
	atomic_add(&stats[nr].time_ns, time_ns);
	atomic_add(&stats[nr].calls, 1);
	if (is_error)
		atomic_add(&stats[nr].errors, 1);
}

static void put_row(const struct call_stats *row, u64 total_ns, const char *name)
{
	u64 share = total_ns ? row->time_ns * 10000 / total_ns : 0, time_us = row->time_ns / 1000;
	char line[128], errors[24] = "";
	int length;

	if (row->errors)
		snprintf(errors, sizeof(errors), "%lu", row->errors);
	length = snprintf(line, sizeof(line), "%3lu.%02lu %4lu.%06lu %11lu %9lu %9s %s\n",
			  share / 100, share % 100, time_us / 1000000, time_us % 1000000,
			  row->calls ? time_us / row->calls : 0, row->calls, errors, name);
	trace_out(line, (size_t)length);
}

/* The called number with the most time that was not printed yet; -1: none is left. */
static int next_by_time(const u64 *printed)
{
	int best = -1, nr;

	for (nr = 0; nr < NR_SYSCALL_DESCS; nr++) {
		if (!stats[nr].calls || (printed[nr / 64] >> nr % 64 & 1))
			continue;
		if (best < 0 || stats[nr].time_ns > stats[best].time_ns)
			best = nr;
	}
	return best;
}

void stats_print(void)
{
	static const char head[] = "% time     seconds  usecs/call     calls    errors syscall\n";
	static const char rule[] =
		"------ ----------- ----------- --------- --------- ----------------\n";
	u64 printed[DIV_ROUND_UP(NR_SYSCALL_DESCS, 64)] = {0};
	struct call_stats total = {0};
	int nr;

	for (nr = 0; nr < NR_SYSCALL_DESCS; nr++) {
		total.time_ns += stats[nr].time_ns;
		total.calls += stats[nr].calls;
		total.errors += stats[nr].errors;
	}
	trace_out(head, sizeof(head) - 1);
	trace_out(rule, sizeof(rule) - 1);
	for (nr = next_by_time(printed); nr >= 0; nr = next_by_time(printed)) {
		put_row(&stats[nr], total.time_ns, syscall_descs[nr].name);
		printed[nr / 64] |= BIT(nr % 64);
	}
	trace_out(rule, sizeof(rule) - 1);
	put_row(&total, total.time_ns, "total");
	trace_out_flush();
}
