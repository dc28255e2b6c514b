/*
 * The tracer's side of a system call. entry.c calls trace_enter() before the handler and
 * trace_exit() after it; trace_format.h turns both into text, trace_out.c sends it. A line is begun
 * at the entry; when another task prints before the call returns, the line is broken as strace(1)
 * breaks it:
 * "<unfinished ...>" here, "<... read resumed>" later.
 */
#include "core/param.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "proc/trace_hooks.h"
#include "sys/trace.h"
#include "sys/trace_format.h"

#define TASK_TEXT_SIZE 3584

struct task_trace {
	struct trace_line line;
	struct syscall_desc unknown; /* for a number without a row */
	char unknown_name[24];
	unsigned nr;
	u64 entry_cpu_ns;
	bool is_in_call, is_shown; /* between the two halves; the call passes the filter */
	bool is_broken;		   /* "<unfinished ...>" was printed */
	char text[TASK_TEXT_SIZE];
};

/* Set at boot. */
static bool is_tracing, is_counting;
static u64 shown_calls[DIV_ROUND_UP(NR_SYSCALL_DESCS, 64)];
static u64 slow_calls[DIV_ROUND_UP(NR_SYSCALL_DESCS, 64)]; /* may sleep long: flush at the entry */

/* Under trace_out_lock(). */
static struct task_trace *open_line; /* whose line has no newline yet */
static unsigned nr_traced;	     /* living traced tasks */
static unsigned nr_traced_ever;
static bool is_finished;

static bool bit_is_set(const u64 *bits, unsigned nr)
{
	return nr < NR_SYSCALL_DESCS && (bits[nr / 64] >> nr % 64 & 1);
}

static bool set_named(u64 *bits, const char *name, size_t length)
{
	unsigned nr;

	for (nr = 0; nr < NR_SYSCALL_DESCS; nr++) {
		const char *call = syscall_descs[nr].name;

		if (call && strlen(call) == length && memcmp(call, name, length) == 0) {
			bits[nr / 64] |= BIT(nr % 64);
			return true;
		}
	}
	return false;
}

static void set_named_list(u64 *bits, const char *list)
{
	size_t length;

	for (; *list; list += length + (list[length] == ',')) {
		for (length = 0; list[length] && list[length] != ','; length++)
			;
		set_named(bits, list, length);
	}
}

static size_t copy_user(void *dst, unsigned long src, size_t n)
{
	return arch_copy_in(dst, uaddr(src), n);
}

/* --- lines; all under trace_out_lock() --- */

static void break_open_line(void)
{
	static const char text[] = " <unfinished ...>\n";

	if (!open_line)
		return;
	trace_out(text, sizeof(text) - 1);
	open_line->is_broken = true;
	open_line = NULL;
}

static void put_prefix(struct trace_line *line)
{
	line->length = 0;
	line->text[0] = '\0';
	if (nr_traced > 1)
		trace_put(line, "[pid %5d] ", current->tid);
}

static void end_line(const struct trace_line *line)
{
	trace_out(line->text, line->length);
	trace_out("\n", 1);
	trace_out_flush();
}

static void begin_call(struct task_trace *tt)
{
	break_open_line();
	put_prefix(&tt->line);
	trace_format_entry(&tt->line);
	tt->is_broken = false;
	trace_out(tt->line.text, tt->line.length);
	open_line = tt;
	if (bit_is_set(slow_calls, tt->nr))
		trace_out_flush();
}

/* Goes on where begin_call() stopped: on the same line, or on a new one. */
static void resume_call(struct task_trace *tt, size_t *printed)
{
	if (open_line == tt) {
		open_line = NULL;
		*printed = tt->line.length;
		return;
	}
	break_open_line();
	put_prefix(&tt->line);
	trace_put(&tt->line, "<... %s resumed>", tt->line.desc->name);
	*printed = 0;
}

static void finish_call(struct task_trace *tt, bool has_result)
{
	size_t printed;

	resume_call(tt, &printed);
	if (has_result)
		trace_format_exit(&tt->line);
	else
		trace_format_noreturn(&tt->line);
	trace_out(tt->line.text + printed, tt->line.length - printed);
	trace_out("\n", 1);
	trace_out_flush();
}

/* --- the two halves of a call --- */

/* current's; made at its first traced call. NULL when out of memory: this call is not shown. */
static struct task_trace *get_trace(void)
{
	struct task_trace *tt = current->trace;

	if (!tt) {
		tt = kzalloc(sizeof(*tt), GFP_KERNEL);
		current->trace = tt;
	}
	return tt;
}

static const struct syscall_desc *find_desc(struct task_trace *tt, unsigned nr)
{
	static const struct arg_desc plain[6] = {
		{"", DECODE_HEX, ARG_ULONG, ARG_VALUE, -1, NULL},
		{"", DECODE_HEX, ARG_ULONG, ARG_VALUE, -1, NULL},
		{"", DECODE_HEX, ARG_ULONG, ARG_VALUE, -1, NULL},
		{"", DECODE_HEX, ARG_ULONG, ARG_VALUE, -1, NULL},
		{"", DECODE_HEX, ARG_ULONG, ARG_VALUE, -1, NULL},
		{"", DECODE_HEX, ARG_ULONG, ARG_VALUE, -1, NULL},
	};

	if (nr < NR_SYSCALL_DESCS && syscall_descs[nr].name)
		return &syscall_descs[nr];
	snprintf(tt->unknown_name, sizeof(tt->unknown_name), "syscall_%#x", nr);
	tt->unknown = (struct syscall_desc){tt->unknown_name, 6, RETURNS_LONG, SUPPORT_NONE, plain};
	return &tt->unknown;
}

void trace_enter(struct pt_regs *regs)
{
	struct task_trace *tt = get_trace();
	struct trace_line *line;
	unsigned i;

	if (!tt)
		return;
	line = &tt->line;
	tt->nr = (unsigned)arch_syscall_nr(regs);
	line->text = tt->text;
	line->size = sizeof(tt->text);
	line->copy_in = copy_user;
	line->desc = find_desc(tt, tt->nr);
	for (i = 0; i < ARRAY_SIZE(line->args); i++)
		line->args[i] = arch_syscall_arg(regs, i);
	tt->is_in_call = true;
	tt->is_shown =
		is_tracing && (bit_is_set(shown_calls, tt->nr) || line->desc == &tt->unknown);
	if (tt->is_shown) {
		trace_out_lock();
		begin_call(tt);
		if (line->desc->returns == RETURNS_NEVER) {
			finish_call(tt, false);
			tt->is_in_call = false;
		}
		trace_out_unlock();
	}
	if (is_counting)
		tt->entry_cpu_ns = thread_cpu_time_ns(&current->thread);
}

void trace_exit(struct pt_regs *regs)
{
	struct task_trace *tt = current->trace;
	u64 time_ns;

	if (!tt || !tt->is_in_call)
		return;
	tt->is_in_call = false;
	tt->line.result = arch_get_return(regs);
	if (is_counting) {
		time_ns = thread_cpu_time_ns(&current->thread) - tt->entry_cpu_ns;
		stats_add(tt->nr, time_ns, (unsigned long)tt->line.result >= -4095ul);
	}
	if (!tt->is_shown)
		return;
	if (trace_call_is(&tt->line, "rt_sigreturn"))
		tt->line.args[0] = current->blocked;
	trace_out_lock();
	finish_call(tt, true);
	trace_out_unlock();
}

/* --- what happens between calls; called through proc/trace_hooks.h --- */

static void hook_fork(struct task *child)
{
	child->trace = NULL;
	trace_out_lock();
	nr_traced++;
	nr_traced_ever++;
	trace_out_unlock();
}

/* A line of its own, in a buffer on the stack: the task may be inside a call. */
static void put_event(const char *text)
{
	char buf[96];
	struct trace_line line = {.text = buf, .size = sizeof(buf)};

	break_open_line();
	put_prefix(&line);
	trace_put(&line, "%s", text);
	end_line(&line);
}

static void hook_signal(const siginfo_t *info)
{
	char buf[256];
	struct trace_line line = {.text = buf, .size = sizeof(buf), .copy_in = copy_user};

	if (!is_tracing)
		return;
	trace_out_lock();
	break_open_line();
	put_prefix(&line);
	trace_format_signal(&line, info);
	end_line(&line);
	trace_out_unlock();
}

static void put_exit(int status)
{
	char buf[64];
	struct trace_line line = {.text = buf, .size = sizeof(buf)};

	if (status & 0x7f) {
		trace_put(&line, "+++ killed by ");
		trace_put_signal(&line, (unsigned)status & 0x7f);
		trace_put(&line, "%s +++", status & 0x80 ? " (core dumped)" : "");
	} else {
		trace_put(&line, "+++ exited with %d +++", status >> 8 & 0xff);
	}
	put_event(buf);
}

static void print_stats_once(void)
{
	if (is_counting && !is_finished && nr_traced_ever)
		stats_print();
	is_finished = true;
	trace_out_flush();
}

static void hook_exit(int status)
{
	struct task_trace *tt = current->trace;

	trace_out_lock();
	if (is_tracing) {
		if (tt && tt->is_in_call && tt->is_shown)
			finish_call(tt, false);
		put_exit(status);
	}
	if (open_line == tt)
		open_line = NULL;
	if (--nr_traced == 0)
		print_stats_once();
	trace_out_unlock();
	current->is_traced_by_lstar = false;
	current->trace = NULL;
	thread_clear_flags(&current->thread, TIF_SYSCALL_TRACE | TIF_STATS);
	kfree(tt);
}

static const struct trace_hooks hooks = {
	.fork = hook_fork,
	.signal = hook_signal,
	.exit = hook_exit,
};

long trace_start(void)
{
	if (!is_tracing && !is_counting)
		return -ENOSYS;
	if (current->is_traced_by_lstar)
		return 0;
	current->is_traced_by_lstar = true;
	current->trace = NULL;
	trace_out_lock();
	nr_traced++;
	nr_traced_ever++;
	trace_out_unlock();
	/* Both flags lead here; with one of them the call's other half comes too. */
	thread_set_flags(&current->thread,
			 (is_tracing ? TIF_SYSCALL_TRACE : 0) | (is_counting ? TIF_STATS : 0));
	return 0;
}

void trace_stop(void)
{
	struct task_trace *tt = current->trace;

	if (!current->is_traced_by_lstar)
		return;
	current->is_traced_by_lstar = false;
	current->trace = NULL;
	thread_clear_flags(&current->thread, TIF_SYSCALL_TRACE | TIF_STATS);
	trace_out_lock();
	break_open_line();
	nr_traced--;
	nr_traced_ever--;
	trace_out_unlock();
	kfree(tt);
}

void trace_finish(void)
{
	if (!is_tracing && !is_counting)
		return;
	trace_out_lock();
	break_open_line();
	print_stats_once();
	trace_out_unlock();
}

void trace_init(void)
{
	static const char slow[] =
		"read,readv,pread64,preadv,preadv2,write,writev,wait4,waitid,poll,select,ppoll,"
		"pselect6,futex,nanosleep,clock_nanosleep,pause,rt_sigsuspend,rt_sigtimedwait,"
		"restart_syscall,open,openat,execve,execveat,clone,clone3,vfork,fcntl,flock,"
		"sendfile,"
		"epoll_wait,epoll_pwait,epoll_pwait2,accept,accept4,recvfrom,recvmsg,connect,fsync";
	static char list[1024]; /* too long for the stack */

	is_counting = param_is_set("stats");
	is_tracing = param_is_set("trace");
	if (!is_tracing && !is_counting)
		return;
	set_named_list(slow_calls, slow);
	if (param_get("trace", list, sizeof(list)) && strcmp(list, "all") != 0)
		set_named_list(shown_calls, list);
	else
		memset(shown_calls, 0xff, sizeof(shown_calls));
	trace_hooks = &hooks;
}
