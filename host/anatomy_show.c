/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of one call, from the record of its run: numbers first, then the source line. */
#define _GNU_SOURCE
#include "anatomy.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ERRNO     4095
#define CODE_SHOWN    8
#define FLAG_IF	      0x200
#define STATE_ENTERED 2

enum pt_reg {
	PT_R15,
	PT_R14,
	PT_R13,
	PT_R12,
	PT_BP,
	PT_BX,
	PT_R11,
	PT_R10,
	PT_R9,
	PT_R8,
	PT_AX,
	PT_CX,
	PT_DX,
	PT_SI,
	PT_DI,
	PT_ORIG_AX,
	PT_IP,
	PT_CS,
	PT_FLAGS,
	PT_SP,
	PT_SS,
};

static const char *const pt_names[ANATOMY_REGS] = {"r15",   "r14", "r13", "r12",     "bp", "bx",
						   "r11",   "r10", "r9",  "r8",	     "ax", "cx",
						   "dx",    "si",  "di",  "orig_ax", "ip", "cs",
						   "flags", "sp",  "ss"};
/* Where struct capture keeps what pt_regs keeps: rax rbx rcx rdx rsi rdi rbp rsp r8 ... r15. */
static const char *const noted_names[NOTED_REGS] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi",
						    "rbp", "rsp", "r8",	 "r9",	"r10", "r11",
						    "r12", "r13", "r14", "r15"};

static void say(struct stage *stage, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct stage *stage, const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		die("out of memory");
	va_end(args);
	bytes_add(&stage->body, line, strlen(line));
	bytes_add(&stage->body, "\n", 1);
	free(line);
}

static struct stage *add_stage(struct page *page, const char *title, char *name, const char *where)
{
	struct stage *stage = &page->stage[page->count++];

	stage->title = title;
	stage->name = name;
	stage->where = where ? must_format("%s", where) : NULL;
	return stage;
}

/* "x" with what cannot be printed as \xNN; at most `size` bytes, up to a NUL if is_text. */
static char *quote(const unsigned char *data, size_t size, bool is_text)
{
	struct bytes out = {0};
	char escaped[8];

	while (size && !data[size - 1])
		size--;
	bytes_add(&out, "\"", 1);
	for (size_t i = 0; i < size && !(is_text && !data[i]); i++) {
		if (isprint(data[i]) && data[i] != '"' && data[i] != '\\')
			bytes_add(&out, &data[i], 1);
		else if (data[i] == '\n')
			bytes_add(&out, "\\n", 2);
		else
			bytes_add(&out, escaped,
				  snprintf(escaped, sizeof(escaped), "\\x%02x", data[i]));
	}
	bytes_add(&out, "\"", 2);
	return out.data;
}

static char *call_text(const struct anatomy_run *run)
{
	struct bytes text = {0};

	bytes_add(&text, run->call.name, strlen(run->call.name));
	bytes_add(&text, "(", 1);
	for (unsigned int i = 0; i < run->call.nargs; i++) {
		bool is_string = run->call.spec[i][0] == 's';
		char *word = must_format(is_string ? "%s\"%s\"" : "%s%s", i ? ", " : "",
					 run->call.arg_text[i]);

		bytes_add(&text, word, strlen(word));
		free(word);
	}
	bytes_add(&text, ")", 2);
	return text.data;
}

static bool is_error(uint64_t value)
{
	return value >= (uint64_t)-MAX_ERRNO;
}

static char *result_text(const struct anatomy_run *run)
{
	uint64_t value = run->record.regs_exit[PT_AX];
	const char *message = "", *name;

	switch (run->end) {
	case END_RETURNED:
		if (!is_error(value))
			return must_format((int64_t)value < 0 || value >> 32 ? "0x%lx" : "%lu",
					   value);
		name = anatomy_errno_name((unsigned int)-value, &message);
		return must_format("-1 %s (%s)", name ? name : "?", message);
	case END_EXITED:
		return must_format("?  (it does not return: the process ended with status %d)",
				   run->end_code);
	case END_SIGNAL:
		return must_format("?  (signal %d ended the process)", run->end_code);
	default:
		return must_format("?  (still waiting after %d s)", run->end_code);
	}
}

static void show_wrapper(struct page *page, const struct anatomy_run *run)
{
	static const int order[] = {5, 4, 3, 2, 8, 9};
	const struct source_line *line = anatomy_user_line("syscall");
	struct stage *stage =
		add_stage(page, "the wrapper", must_format("syscall(%u, ...)", run->call.number),
			  line ? line->where : NULL);
	const struct code_line *code;
	size_t count;

	say(stage, "libsys's syscall() is at 0x%lx; as C passes arguments:", run->wrapper);
	say(stage, "%-4s= 0x%-16lx number of %s", noted_names[order[0]], run->before[order[0]],
	    run->call.name);
	for (unsigned int i = 0; i < run->call.nargs && i < 5; i++)
		say(stage, "%-4s= 0x%-16lx %s", noted_names[order[i + 1]],
		    run->before[order[i + 1]], run->call.arg_name[i]);
	if (run->call.nargs == 6)
		say(stage, "stack 0x%-16lx %s", run->words[6], run->call.arg_name[5]);
	say(stage, "It moves them to where the kernel wants them:");
	code = anatomy_wrapper_code(&count);
	for (size_t i = 0; i < count && i < CODE_SHOWN; i++)
		say(stage, "0x%lx  %-24s %-24s %s", run->wrapper + code[i].offset, code[i].bytes,
		    code[i].words, code[i].where);
}

/* Of the first instruction of the wrapper that begins so; NULL: none. */
static const char *code_line_of(const char *words)
{
	size_t count;
	const struct code_line *code = anatomy_wrapper_code(&count);

	for (size_t i = 0; i < count; i++)
		if (!strncmp(code[i].words, words, strlen(words)))
			return code[i].where;
	return NULL;
}

static void show_trap(struct page *page, const struct anatomy_run *run)
{
	static const int order[] = {PT_DI, PT_SI, PT_DX, PT_R10, PT_R8, PT_R9};
	static const char *const names[] = {"rdi", "rsi", "rdx", "r10", "r8", "r9"};
	const uint64_t *regs = (const uint64_t *)run->record.regs_enter;
	struct stage *stage;

	stage = add_stage(page, "registers before the trap",
			  must_format("syscall at 0x%lx", regs[PT_IP] - 2),
			  code_line_of("syscall"));
	say(stage, "%-4s= 0x%-16lx number %lu", "rax", regs[PT_ORIG_AX], regs[PT_ORIG_AX]);
	for (unsigned int i = 0; i < ANATOMY_ARGS; i++)
		say(stage, "%-4s= 0x%-16lx %s", names[i], regs[order[i]],
		    i < run->call.nargs ? run->call.arg_name[i] : "-");
	say(stage, "%-4s= 0x%-16lx the user's stack", "rsp", regs[PT_SP]);
}

static void show_cpu(struct page *page, const struct anatomy_run *run)
{
	const struct lstar_anatomy *r = &run->record;
	const struct source_line *line = anatomy_kernel_line("syscall_init");
	struct stage *stage =
		add_stage(page, "what the CPU does, by its MSRs",
			  must_format("MSRs set in syscall_init"), line ? line->where : NULL);

	say(stage, "MSR_EFER   = 0x%-16llx SCE, bit 0, is %llu: syscall is allowed", r->msr_efer,
	    r->msr_efer & 1);
	say(stage,
	    "MSR_STAR   = 0x%-16llx cs = 0x%llx, ss = 0x%llx; back by sysret: 0x%llx, 0x%llx",
	    r->msr_star, r->msr_star >> 32 & 0xfffc, (r->msr_star >> 32 & 0xffff) + 8,
	    ((r->msr_star >> 48) + 16) | 3, ((r->msr_star >> 48) + 8) | 3);
	say(stage, "MSR_LSTAR  = 0x%-16llx rip = this", r->msr_lstar);
	say(stage, "MSR_SFMASK = 0x%-16llx rflags 0x%llx becomes 0x%llx: interrupts %s",
	    r->msr_sfmask, r->regs_enter[PT_R11], r->regs_enter[PT_R11] & ~r->msr_sfmask,
	    r->regs_enter[PT_R11] & ~r->msr_sfmask & FLAG_IF ? "on" : "off");
	say(stage, "rcx        = 0x%-16llx the address after the instruction",
	    r->regs_enter[PT_CX]);
	say(stage, "r11        = 0x%-16llx the old rflags", r->regs_enter[PT_R11]);
	say(stage, "rsp stays the user's: the CPU changes no stack here");
}

static void show_entry(struct page *page, const struct anatomy_run *run)
{
	const struct lstar_anatomy *r = &run->record;
	const char *name = r->user_cr3 ? "entry_SYSCALL_64_pti" : "entry_SYSCALL_64";
	const struct source_line *line = anatomy_kernel_line(name);
	struct stage *stage =
		add_stage(page, "the entry", must_format("%s", name), line ? line->where : NULL);

	say(stage, "At 0x%llx, on CPU %llu, thread %llu.", r->msr_lstar, r->cpu, r->tid);
	say(stage, "swapgs brings the kernel's GS base, where this CPU's data are.");
	if (r->user_cr3)
		say(stage, "cr3 0x%llx -> 0x%llx: page-table isolation is on", r->user_cr3,
		    r->kernel_cr3);
	else
		say(stage, "cr3 stays 0x%llx: page-table isolation is off", r->kernel_cr3);
	say(stage, "rsp 0x%llx -> 0x%llx: the top of the thread's kernel stack",
	    r->regs_enter[PT_SP], r->stack_high);
	say(stage, "That stack reaches down to 0x%llx: %llu bytes.", r->stack_low,
	    r->stack_high - r->stack_low);
}

static void show_regs(struct page *page, const struct anatomy_run *run)
{
	const struct lstar_anatomy *r = &run->record;
	struct stage *stage =
		add_stage(page, "struct pt_regs on the kernel stack", must_format("struct pt_regs"),
			  "kernel/arch/x86_64/arch_types.h");

	say(stage, "Pushed from 0x%llx down to 0x%llx, %d bytes:", r->stack_high, r->regs_at,
	    8 * ANATOMY_REGS);
	for (int i = ANATOMY_REGS - 1; i >= 0; i--)
		say(stage, "0x%llx  %-8s 0x%llx%s", r->regs_at + 8 * (unsigned int)i, pt_names[i],
		    r->regs_enter[i], i == PT_AX ? "  -ENOSYS, until somebody answers" : "");
}

static void show_dispatch(struct page *page, const struct anatomy_run *run, uint64_t slide)
{
	const struct lstar_anatomy *r = &run->record;
	const struct source_line *line = anatomy_kernel_line("do_syscall_64");
	const struct table_row *row = anatomy_table_row(run->call.number);
	struct stage *stage = add_stage(page, "dispatch", must_format("do_syscall_64"),
					line ? line->where : NULL);

	say(stage, "do_syscall_64(regs = 0x%llx, nr = %u), at 0x%llx; interrupts on again.",
	    r->regs_at, run->call.number, r->do_syscall_64);
	if (!r->slot) {
		say(stage, "%u is not below %llu: no table entry, -ENOSYS stays", run->call.number,
		    r->nr_syscalls);
		return;
	}
	say(stage, "%u is below %llu, so the table is asked.", run->call.number, r->nr_syscalls);
	line = anatomy_kernel_line_at(r->handler - slide);
	stage = add_stage(page, "the table's slot",
			  must_format("sys_call_table[%u]", run->call.number),
			  row && row->made_line
				  ? must_format("%s:%d", anatomy_table_file, row->made_line)
				  : anatomy_table_file);
	say(stage, "sys_call_table is at 0x%llx, its slot %u at 0x%llx", r->table, run->call.number,
	    r->slot);
	say(stage, "there: 0x%llx, %s", r->handler, line ? line->name : "the stub of no call");
	if (row)
		say(stage, "made from the row %s:%d", anatomy_rows_file, row->row_line);
}

static void show_handler(struct page *page, const struct anatomy_run *run, uint64_t slide)
{
	const struct lstar_anatomy *r = &run->record;
	char *name = must_format("sys_%s", run->call.name);
	const struct source_line *line = anatomy_kernel_line(name);
	struct stage *stage;

	if (!anatomy_kernel_line_at(r->handler - slide) || !line) {
		stage = add_stage(page, "the handler", must_format("__x64_sys_ni_syscall"),
				  anatomy_table_file);
		say(stage, "%s is not served: -ENOSYS", run->call.name);
		return;
	}
	stage = add_stage(page, "the handler", name, line->where);
	say(stage, "%s, at 0x%lx, with %u argument%s out of pt_regs:", name, line->address + slide,
	    run->call.nargs, run->call.nargs == 1 ? "" : "s");
	for (unsigned int i = 0; i < run->call.nargs; i++)
		say(stage, "%-10s = 0x%lx  (%s)", run->call.arg_name[i], run->words[1 + i],
		    run->call.arg_text[i]);
	if (run->end == END_RETURNED)
		say(stage, "It returned %lld after %llu ns.", (long long)r->regs_exit[PT_AX],
		    r->handler_ns);
	else
		say(stage, "It did not return.");
	if (run->output_size)
		say(stage, "What arrived at the standard output: %s",
		    quote(run->output, run->output_size, false));
}

static void show_return(struct page *page, const struct anatomy_run *run)
{
	const __u64 *in = run->record.regs_enter, *out = run->record.regs_exit;
	const struct source_line *line = anatomy_kernel_line("return_to_user");
	struct stage *stage = add_stage(page, "the way back", must_format("return_to_user"),
					line ? line->where : NULL);
	bool is_fast = out[PT_CX] == out[PT_IP] && out[PT_R11] == out[PT_FLAGS];

	say(stage, "pt_regs now, where it differs:");
	for (int i = 0; i < ANATOMY_REGS; i++)
		if (in[i] != out[i])
			say(stage, "%-8s 0x%llx -> 0x%llx", pt_names[i], in[i], out[i]);
	say(stage, "rcx %s rip and r11 %s rflags: the way back is %s",
	    out[PT_CX] == out[PT_IP] ? "==" : "!=", out[PT_R11] == out[PT_FLAGS] ? "==" : "!=",
	    is_fast ? "sysretq" : "iretq");
	say(stage, "rsp 0x%llx -> 0x%llx, swapgs, rip = 0x%llx", run->record.stack_high, out[PT_SP],
	    out[PT_IP]);
}

static void show_after(struct page *page, const struct anatomy_run *run)
{
	static const int same[NOTED_REGS] = {PT_AX,  PT_BX,  PT_CX,  PT_DX, PT_SI,  PT_DI,
					     PT_BP,  PT_SP,  PT_R8,  PT_R9, PT_R10, PT_R11,
					     PT_R12, PT_R13, PT_R14, PT_R15};
	static const int order[] = {0, 2, 11};
	const __u64 *in = run->record.regs_enter, *out = run->record.regs_exit;
	struct stage *stage =
		add_stage(page, "registers after", must_format("at 0x%llx", out[PT_IP]), NULL);
	unsigned int kept = 0;

	for (int i = 0; i < 3; i++) {
		int reg = same[order[i]];

		say(stage, "%-4s= 0x%-16llx was 0x%llx", noted_names[order[i]], out[reg],
		    reg == PT_AX ? in[PT_ORIG_AX] : run->before[order[i]]);
	}
	for (int i = 0; i < NOTED_REGS; i++)
		kept += i != 0 && i != 2 && i != 11 && in[same[i]] == out[same[i]];
	say(stage, "The other %u are as they were. rcx and r11 are what the instruction costs.",
	    kept);
}

static void show_errno(struct page *page, const struct anatomy_run *run)
{
	uint64_t value = run->record.regs_exit[PT_AX];
	const struct source_line *line = anatomy_user_line("__syscall_error");
	struct stage *stage = add_stage(page, "the wrapper's check and errno",
					must_format("cmpq $-4095, %%rax"), code_line_of("cmp"));
	const char *message = "", *name;

	if (is_error(value)) {
		name = anatomy_errno_name((unsigned int)-value, &message);
		say(stage, "%ld lies between -4095 and -1: an error.", (long)value);
		say(stage, "__syscall_error (%s) sets errno = %u, %s (%s)",
		    line ? line->where : "?", run->error, name ? name : "?", message);
	} else {
		say(stage, "0x%lx is not between -4095 and -1: a success; errno stays %u", value,
		    run->error);
	}
	say(stage, "syscall() returned %ld", (long)run->after[0]);
	for (unsigned int i = 0; i < run->call.nargs; i++)
		if (run->has_buffer[i] && run->call.spec[i][0] == 'b' && !is_error(value))
			say(stage, "%s begins with %s", run->call.arg_name[i],
			    quote(run->buffer[i], 48, false));
}

void anatomy_make_page(struct page *page, const struct anatomy_run *run)
{
	const struct source_line *line = anatomy_kernel_line("do_syscall_64");
	uint64_t slide = line ? run->record.do_syscall_64 - line->address : 0;
	char *result = result_text(run);

	memset(page, 0, sizeof(*page));
	page->title = call_text(run);
	page->summary = must_format("%s = %s", page->title, result);
	free(result);
	if (run->record.state < STATE_ENTERED)
		die("anatomy: the kernel saw no call");
	show_wrapper(page, run);
	show_trap(page, run);
	show_cpu(page, run);
	show_entry(page, run);
	show_regs(page, run);
	show_dispatch(page, run, slide);
	show_handler(page, run, slide);
	if (run->end != END_RETURNED)
		return;
	show_return(page, run);
	show_after(page, run);
	show_errno(page, run);
}

void anatomy_print_text(FILE *out, const struct page *page)
{
	fprintf(out, "%s\n", page->summary);
	for (size_t i = 0; i < page->count; i++) {
		const struct stage *stage = &page->stage[i];
		const char *line = stage->body.data, *end = line + stage->body.size;

		fprintf(out, "\n%2zu  %s: %s%s%s\n", i + 1, stage->title, stage->name,
			stage->where ? "  " : "", stage->where ? stage->where : "");
		while (line < end) {
			size_t length = strcspn(line, "\n");

			fprintf(out, "      %.*s\n", (int)length, line);
			line += length + 1;
		}
	}
}
