/* SPDX-License-Identifier: Apache-2.0 */
/* The words of `lstar anatomy CALL WORD...` as the call's arguments, by its row of the table. */
#define _GNU_SOURCE
#include "anatomy.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "syscall_desc.h"

#define BUFFER_DEFAULT "4096"

static bool parse_number(const char *text, unsigned long *value)
{
	char *end;

	if (!*text || strspn(text, " \t\n"))
		return false;
	errno = 0;
	*value = strtoul(text, &end, 0);
	return !*end && !errno;
}

static bool find_flag(const struct flag_set *set, const char *name, size_t length,
		      unsigned long *value)
{
	const struct flag_name *lists[] = {set->enums, set->flags};
	unsigned int counts[] = {set->nr_enums, set->nr_flags};

	for (int k = 0; k < 2; k++)
		for (unsigned int i = 0; i < counts[k]; i++)
			if (strlen(lists[k][i].name) == length &&
			    !strncmp(lists[k][i].name, name, length)) {
				*value = lists[k][i].value;
				return true;
			}
	return false;
}

/* NAME|NAME|NUMBER of the argument's own set. */
static bool parse_flags(const struct flag_set *set, const char *text, unsigned long *value)
{
	unsigned long bits;

	*value = 0;
	while (*text) {
		size_t length = strcspn(text, "|");
		char *word = must_format("%.*s", (int)length, text);
		bool is_known = find_flag(set, text, length, &bits) || parse_number(word, &bits);

		free(word);
		if (!is_known)
			return false;
		*value |= bits;
		text += length + (text[length] == '|');
	}
	return true;
}

static bool parse_signal(const char *text, unsigned long *value)
{
	for (int sig = 1; sig < 32 && !strncmp(text, "SIG", 3); sig++) {
		const char *name = sigabbrev_np(sig);

		if (name && !strcmp(name, text + 3)) {
			*value = sig;
			return true;
		}
	}
	return false;
}

/* Text is the default for what a call reads through a pointer. */
static char *pointer_spec(const struct arg_desc *arg, const char *text)
{
	unsigned long value;

	if (!strcmp(text, "NULL"))
		return must_format("n:0");
	if (!strcmp(text, "@"))
		return must_format("b:");
	if (arg->decoder == DECODE_PATH || arg->decoder == DECODE_STR ||
	    (arg->direction & ARG_OUT) == 0)
		if (strncmp(text, "0x", 2))
			return must_format("s:%s", text);
	if (parse_number(text, &value))
		return must_format("n:0x%lx", value);
	return must_format("s:%s", text);
}

static char *make_spec(const struct anatomy_call *call, unsigned int i, const struct arg_desc *arg,
		       const char *text)
{
	unsigned long value;

	if (arg->ctype == ARG_PTR)
		return pointer_spec(arg, text);
	if (parse_number(text, &value) || (arg->set && parse_flags(arg->set, text, &value)) ||
	    parse_signal(text, &value))
		return must_format("n:0x%lx", value);
	if (!strcmp(text, "NULL"))
		return must_format("n:0");
	if (!strcmp(text, "AT_FDCWD"))
		return must_format("n:0x%lx", -100L);
	/* ioctl's and prctl's arguments may be anything. */
	if (!strcmp(text, "@"))
		return must_format("b:");
	die("argument %u of %s (%s): '%s' is neither a number nor a name that belongs there", i + 1,
	    call->name, arg->name, text);
}

/* What was not given: room for what the call writes, the length of what a pointer leads to, 0. */
static void fill_rest(struct anatomy_call *call, const struct syscall_desc *row, unsigned int given)
{
	for (unsigned int i = given; i < row->nargs; i++) {
		bool is_out = row->args[i].ctype == ARG_PTR && (row->args[i].direction & ARG_OUT);

		call->spec[i] = must_format(is_out ? "b:" : "n:0");
		call->arg_text[i] = must_format(is_out ? "@" : "0");
	}
	for (unsigned int i = 0; i < row->nargs; i++) {
		int count = row->args[i].count_arg;

		if (count < (int)given || !call->spec[i] || row->args[i].ctype != ARG_PTR)
			continue;
		if (call->spec[i][0] == 's')
			call->spec[count] = must_format("n:%zu", strlen(call->spec[i] + 2));
		else if (call->spec[i][0] == 'b')
			call->spec[count] = must_format("n:" BUFFER_DEFAULT);
		call->arg_text[count] = call->spec[count] + 2;
	}
}

static void take_arguments(struct anatomy_call *call, const struct syscall_desc *row, int argc,
			   char **argv)
{
	if ((unsigned int)argc > row->nargs)
		die("%s takes %u argument%s, not %d", row->name, row->nargs,
		    row->nargs == 1 ? "" : "s", argc);
	call->nargs = row->nargs;
	for (unsigned int i = 0; i < row->nargs; i++)
		call->arg_name[i] = row->args[i].name;
	for (int i = 0; i < argc; i++) {
		call->arg_text[i] = argv[i];
		call->spec[i] = make_spec(call, i, &row->args[i], argv[i]);
	}
	fill_rest(call, row, argc);
}

void anatomy_parse_call(struct anatomy_call *call, int argc, char **argv)
{
	memset(call, 0, sizeof(*call));
	for (unsigned int i = 0; i < NR_SYSCALL_DESCS; i++) {
		const struct syscall_desc *row = &syscall_descs[i];

		if (!row->name || strcmp(row->name, argv[0]))
			continue;
		if (!strcmp(row->name, "vfork") || !strcmp(row->name, "rt_sigreturn"))
			die("%s cannot be made through syscall(): it changes the stack it would "
			    "return on",
			    row->name);
		call->name = row->name;
		call->number = i;
		take_arguments(call, row, argc - 1, argv + 1);
		return;
	}
	die("there is no system call '%s'; docs/syscalls.md has them all", argv[0]);
}

const char *anatomy_errno_name(unsigned int error, const char **message)
{
	if (error >= nr_errno_names || !errno_names[error].name)
		return NULL;
	*message = errno_names[error].message;
	return errno_names[error].name;
}
