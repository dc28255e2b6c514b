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

#define TASK_TEXT_SIZE	3584
#define NOTES_MAX	32
#define TRACE_LIST_SIZE 2048

struct task_trace {
	struct trace_line line;
	struct syscall_desc unknown; /* for a number without a row */
	char unknown_name[24];
	unsigned nr;
	u64 entry_cpu_ns;
	const char *door;	      /* of the last call shown: arch_door_name() */
	bool is_in_call, is_shown;    /* between the two halves; the call passes the filter */
	const char *interrupted_name; /* the call that restart_syscall(2) goes on with */
	struct list_head notes;	      /* notes_lock */
	unsigned nr_notes;	      /* notes_lock */
	char text[TASK_TEXT_SIZE];
};

/* A signal that its task will not take (proc/trace_hooks.h): told at the task's next call or end.
 */
struct note {
	struct list_head node;
	siginfo_t info;
};

/* Set at boot. */
static bool is_tracing, is_counting;
static bool has_pids; /* on every line, as strace -f -o does */

/* Under trace_out_lock(). */
static struct task_trace *open_line; /* whose line has no newline yet */
static unsigned nr_traced;	     /* living traced tasks */
static bool was_traced;		     /* there was one */
static bool is_finished;	     /* the table is printed; nothing follows */

static spinlock_t notes_lock = SPINLOCK_INIT(RANK_LEAF, "trace.notes");

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
	open_line = NULL;
}

static void put_prefix(struct trace_line *line)
{
	line->length = 0;
	line->text[0] = '\0';
	if (has_pids)
		trace_put(line, "%-5d ", current->tid);
	else if (nr_traced > 1)
		trace_put(line, "[pid %5d] ", current->tid);
}

static void end_line(const struct trace_line *line)
{
	trace_out(line->text, line->length);
	trace_out("\n", 1);
}

static void begin_call(struct task_trace *tt)
{
	break_open_line();
	put_prefix(&tt->line);
	trace_format_entry(&tt->line);
	trace_out(tt->line.text, tt->line.length);
	open_line = tt;
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
}

/* --- the two halves of a call --- */

static struct task_trace *new_trace(void)
{
	struct task_trace *tt = kzalloc(sizeof(*tt), GFP_KERNEL);

	if (tt)
		list_init(&tt->notes);
	return tt;
}

/* current's; made when tracing begins. Out of memory then: tried again here, and a call without it
 * is not shown. */
static struct task_trace *get_trace(void)
{
	if (!current->trace)
		WRITE_ONCE(current->trace, new_trace());
	return current->trace;
}

static struct note *take_note(struct task_trace *tt)
{
	unsigned long f = spin_lock_irqsave(&notes_lock);
	struct note *note = NULL;

	if (!list_empty(&tt->notes)) {
		note = list_first_entry(&tt->notes, struct note, node);
		list_del(&note->node);
		tt->nr_notes--;
	}
	spin_unlock_irqrestore(&notes_lock, f);
	return note;
}

static void put_signal(const siginfo_t *info);

static void put_notes(struct task_trace *tt)
{
	struct note *note;

	while (unlikely(READ_ONCE(tt->nr_notes)) && (note = take_note(tt))) {
		put_signal(&note->info);
		kfree(note);
	}
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

/* Turning the trace off, after an execve of init's that failed, is none of the program's calls. */
static bool is_own_prctl(const struct task_trace *tt)
{
	return tt->line.args[0] == PR_LSTAR_TRACE && trace_call_is(&tt->line, "prctl");
}

static void put_event(const char *text);

/* strace's word about the ABI, and the door: when either is another one than before. */
static void put_door(struct task_trace *tt, const char *door)
{
	char buf[80];

	if (tt->door == door)
		return;
	tt->door = door;
	snprintf(buf, sizeof(buf), "[ Process PID=%d runs in %s bit mode. ]%s%s", current->tid,
		 door ? "32" : "64", door ? " " : "", door ? door : "");
	put_event(buf);
}

static void show_enter(struct task_trace *tt, struct pt_regs *regs)
{
	struct trace_line *line = &tt->line;
	unsigned i;

	line->text = tt->text;
	line->size = sizeof(tt->text);
	line->copy_in = copy_user;
	line->desc = find_desc(tt, tt->nr);
	line->interrupted_name = tt->interrupted_name;
	for (i = 0; i < ARRAY_SIZE(line->args); i++)
		line->args[i] = arch_syscall_arg(regs, i);
	for (i = 0; arch_in_compat_syscall() && i < line->desc->nargs; i++)
		if (line->desc->args[i].ctype == ARG_LONG)
			line->args[i] = (unsigned long)(s32)line->args[i];
	tt->is_shown = !is_own_prctl(tt);
	if (!tt->is_shown)
		return;
	put_notes(tt);
	trace_out_lock();
	if (!is_finished) {
		put_door(tt, arch_door_name());
		begin_call(tt);
		if (line->desc->returns == RETURNS_NEVER) {
			finish_call(tt, false);
			tt->is_shown = false;
		}
	}
	trace_out_unlock();
}

void trace_enter(struct pt_regs *regs)
{
	struct task_trace *tt = get_trace();

	if (!tt)
		return;
	tt->nr = (unsigned)arch_syscall_nr(regs);
	if (arch_in_compat_syscall() && tt->nr < NR_SYSCALL_DESCS - I386_DESC_BASE)
		tt->nr += I386_DESC_BASE;
	tt->is_shown = false;
	tt->is_in_call = true;
	if (is_tracing && trace_filter_has(tt->nr))
		show_enter(tt, regs);
	if (is_counting)
		tt->entry_cpu_ns = thread_cpu_time_ns(&current->thread);
}

static void show_exit(struct task_trace *tt)
{
	if (trace_call_is(&tt->line, "rt_sigreturn"))
		tt->line.args[0] = current->blocked;
	if (tt->line.result == -ERESTART_RESTARTBLOCK &&
	    !trace_call_is(&tt->line, "restart_syscall"))
		tt->interrupted_name = tt->line.desc->name;
	trace_out_lock();
	if (!is_finished)
		finish_call(tt, true);
	trace_out_unlock();
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
	if (tt->is_shown)
		show_exit(tt);
	if (is_tracing)
		put_notes(tt);
}

/* --- what happens between calls; called through proc/trace_hooks.h --- */

static void add_traced(void)
{
	trace_out_lock();
	nr_traced++;
	was_traced = true;
	trace_out_unlock();
}

static void hook_fork(struct task *child)
{
	child->trace = new_trace();
	add_traced();
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

static void put_signal(const siginfo_t *info)
{
	char buf[256];
	struct trace_line line = {.text = buf, .size = sizeof(buf), .copy_in = copy_user};

	trace_out_lock();
	if (!is_finished) {
		break_open_line();
		put_prefix(&line);
		trace_format_signal(&line, info);
		end_line(&line);
	}
	trace_out_unlock();
}

static void hook_signal(const siginfo_t *info)
{
	if (!is_tracing)
		return;
	if (current->trace)
		put_notes(current->trace);
	put_signal(info);
}

static void hook_untaken(struct task *t, const siginfo_t *info)
{
	struct note *note = is_tracing ? kmalloc(sizeof(*note), GFP_ATOMIC) : NULL;
	struct task_trace *tt;
	unsigned long f;

	if (!note)
		return;
	note->info = *info;
	f = spin_lock_irqsave(&notes_lock);
	tt = t->trace;
	if (tt && tt->nr_notes < NOTES_MAX) {
		list_add_tail(&note->node, &tt->notes);
		tt->nr_notes++;
		note = NULL;
	}
	spin_unlock_irqrestore(&notes_lock, f);
	kfree(note);
}

static void hook_stop(int signo)
{
	char buf[64];
	struct trace_line line = {.text = buf, .size = sizeof(buf)};

	if (!is_tracing)
		return;
	trace_put(&line, "--- stopped by ");
	trace_put_signal(&line, (unsigned)signo);
	trace_put(&line, " ---");
	trace_out_lock();
	if (!is_finished)
		put_event(buf);
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
	if (is_counting && !is_finished && was_traced)
		stats_print();
	is_finished = true;
}

/* current is traced no more. */
static void forget(struct task_trace *tt)
{
	unsigned long f = spin_lock_irqsave(&notes_lock);
	struct note *note;

	current->trace = NULL;
	spin_unlock_irqrestore(&notes_lock, f);
	current->is_traced_by_lstar = false;
	thread_clear_flags(&current->thread, TIF_SYSCALL_TRACE | TIF_STATS);
	while (tt && (note = take_note(tt)))
		kfree(note);
	kfree(tt);
}

static void hook_exit(int status)
{
	struct task_trace *tt = current->trace;

	trace_out_lock();
	if (is_tracing && !is_finished && tt && tt->is_in_call && tt->is_shown)
		finish_call(tt, false);
	trace_out_unlock();
	if (tt)
		put_notes(tt);
	trace_out_lock();
	if (is_tracing && !is_finished)
		put_exit(status);
	if (--nr_traced == 0)
		print_stats_once();
	trace_out_unlock();
	forget(tt);
}

static const struct trace_hooks hooks = {
	.fork = hook_fork,
	.signal = hook_signal,
	.untaken = hook_untaken,
	.stop = hook_stop,
	.exit = hook_exit,
};

long trace_start(void)
{
	if (!is_tracing && !is_counting)
		return -EINVAL;
	if (current->is_traced_by_lstar)
		return 0;
	current->trace = new_trace();
	current->is_traced_by_lstar = true;
	add_traced();
	/* Both flags lead here; with one of them the call's other half comes too. */
	thread_set_flags(&current->thread,
			 (is_tracing ? TIF_SYSCALL_TRACE : 0) | (is_counting ? TIF_STATS : 0));
	return 0;
}

long trace_stop(void)
{
	if (!is_tracing && !is_counting)
		return -EINVAL;
	if (!current->is_traced_by_lstar)
		return 0;
	trace_out_lock();
	nr_traced--;
	trace_out_unlock();
	forget(current->trace);
	return 0;
}

void trace_finish(void)
{
	if (!is_tracing && !is_counting)
		return;
	trace_out_lock();
	break_open_line();
	print_stats_once();
	trace_out_flush();
	trace_out_unlock();
}

void trace_init(void)
{
	static char list[TRACE_LIST_SIZE]; /* too long for the stack */

	is_counting = param_is_set("stats");
	is_tracing = param_is_set("trace");
	has_pids = param_is_set("trace_pids");
	if (!is_tracing && !is_counting)
		return;
	trace_out_init();
	if (is_tracing)
		trace_filter_init(param_get("trace", list, sizeof(list)) ? list : "all");
	trace_hooks = &hooks;
}
