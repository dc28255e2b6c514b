/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `lstar anatomy CALL [ARG...]`: one real call on Lstar, stage by stage.
 *
 *   anatomy.c        runs it in a guest (user/anatomy/ is the other half) and reads the record
 *   anatomy_args.c   the command line's words as arguments, by the call's row of the table
 *   anatomy_lines.c  where in the source each stage is; made at build time
 *   anatomy_show.c   the stages, from the record      -> struct page
 *   anatomy_html.c   a page as HTML; as text it is in anatomy_show.c
 */
#ifndef HOST_ANATOMY_H
#define HOST_ANATOMY_H

#include <stdio.h>
#include "abi/linux/anatomy.h"
#include "lstar.h"

#define ANATOMY_ARGS 6
#define SHOWN_BYTES  256 /* as in user/anatomy/main.c */
#define NOTED_REGS   16

/* The call, by its row. */
struct anatomy_call {
	const char *name;
	unsigned int number, nargs;
	const char *arg_name[ANATOMY_ARGS];
	char *arg_text[ANATOMY_ARGS]; /* as given */
	char *spec[ANATOMY_ARGS];     /* n:NUMBER s:TEXT b: for the guest */
};

/* Never returns with a call that cannot be made: die()s with one line. */
void anatomy_parse_call(struct anatomy_call *call, int argc, char **argv);
/* "ENOENT" and its message; NULL: no such errno. */
const char *anatomy_errno_name(unsigned int error, const char **message);

enum anatomy_end { END_RETURNED, END_EXITED, END_SIGNAL, END_STUCK };

struct anatomy_run {
	struct anatomy_call call;
	enum anatomy_end end;
	int end_code;
	uint64_t wrapper; /* address of libsys's syscall() in the guest */
	uint64_t words[1 + ANATOMY_ARGS];
	uint64_t before[NOTED_REGS], after[NOTED_REGS];
	unsigned int error;
	struct lstar_anatomy record;
	bool has_buffer[ANATOMY_ARGS];
	unsigned char buffer[ANATOMY_ARGS][SHOWN_BYTES];
	unsigned char output[SHOWN_BYTES];
	size_t output_size;
};

struct source_line {
	uint64_t address;
	const char *name, *where;
};
struct code_line {
	unsigned int offset;
	const char *bytes, *words, *where;
};
/* Line numbers in the generated table and in abi/syscalls.tbl; 0: none. */
struct table_row {
	int made_line, row_line;
};

/* By name in the kernel; NULL: not found. */
const struct source_line *anatomy_kernel_line(const char *name);
const struct source_line *anatomy_user_line(const char *name);
const struct source_line *anatomy_kernel_line_at(uint64_t address);
const struct code_line *anatomy_wrapper_code(size_t *count);
const struct table_row *anatomy_table_row(unsigned int number);
extern const char anatomy_table_file[], anatomy_rows_file[];

#define STAGES_MAX 12

struct stage {
	const char *title;
	char *name;	   /* of the function or the thing */
	char *where;	   /* FILE:LINE, or NULL */
	struct bytes body; /* lines */
};

struct page {
	char *title, *summary;
	struct stage stage[STAGES_MAX];
	size_t count;
};

void anatomy_make_page(struct page *page, const struct anatomy_run *run);
void anatomy_print_text(FILE *out, const struct page *page);
void anatomy_print_html(FILE *out, const struct page *page);

int anatomy_command(int argc, char **argv);

#endif
