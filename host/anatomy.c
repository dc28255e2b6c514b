/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the guest's half of `lstar anatomy` and reads what it prints (user/anatomy/main.c). */
#define _GNU_SOURCE
#include "anatomy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void read_words(char *text, uint64_t *to, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = strtoull(text, &text, 16);
}

static size_t read_bytes(const char *text, unsigned char *to)
{
	size_t count = 0;
	unsigned int byte;

	while (count < SHOWN_BYTES && sscanf(text + 2 * count, "%2x", &byte) == 1)
		to[count++] = (unsigned char)byte;
	return count;
}

static void read_end(struct anatomy_run *run, const char *rest)
{
	static const char *const names[] = {"returned", "exited", "signal", "stuck"};
	char word[16] = "";

	sscanf(rest, "%15s %d", word, &run->end_code);
	for (int i = 0; i < 4; i++)
		if (!strcmp(names[i], word))
			run->end = (enum anatomy_end)i;
}

/* False: the line that says all is there. */
static bool read_line(struct anatomy_run *run, char *line)
{
	char *rest = strchrnul(line, ' ');

	if (*rest)
		*rest++ = '\0';
	if (!strcmp(line, "error"))
		die("anatomy: %s", rest);
	if (!strcmp(line, "end"))
		read_end(run, rest);
	else if (!strcmp(line, "wrapper"))
		run->wrapper = strtoull(rest, NULL, 16);
	else if (!strcmp(line, "words"))
		read_words(rest, run->words, 1 + ANATOMY_ARGS);
	else if (!strcmp(line, "before"))
		read_words(rest, run->before, NOTED_REGS);
	else if (!strcmp(line, "after"))
		read_words(rest, run->after, NOTED_REGS);
	else if (!strcmp(line, "errno"))
		run->error = (unsigned int)atoi(rest);
	else if (!strcmp(line, "record"))
		read_words(rest, (uint64_t *)&run->record,
			   offsetof(struct lstar_anatomy, regs_enter) / 8);
	else if (!strcmp(line, "enter"))
		read_words(rest, (uint64_t *)run->record.regs_enter, ANATOMY_REGS);
	else if (!strcmp(line, "exit"))
		read_words(rest, (uint64_t *)run->record.regs_exit, ANATOMY_REGS);
	else if (!strcmp(line, "output"))
		run->output_size = read_bytes(rest + 2, run->output);
	else if (!strcmp(line, "buffer") && rest[0] >= '0' && rest[0] < '0' + ANATOMY_ARGS)
		run->has_buffer[rest[0] - '0'] =
			read_bytes(rest + 2, run->buffer[rest[0] - '0']) > 0;
	return strcmp(line, "done") != 0;
}

/* The guest's standard output goes into a file of ours. */
static int run_guest(const struct anatomy_call *call, int output)
{
	char *words[24] = {"run",	"--root", "none", "--user",	  "0:0",
			   "--timeout", "30",	  "--",	  "/sbin/anatomy"};
	int argc = 9, kept = dup(STDOUT_FILENO), status;

	words[argc++] = must_format("%u", call->number);
	for (unsigned int i = 0; i < call->nargs; i++)
		words[argc++] = call->spec[i];
	if (kept < 0 || dup2(output, STDOUT_FILENO) < 0)
		die("cannot catch the guest's output: %s", strerror(errno));
	optind = 0;
	status = run_program(argc, words);
	fcntl(kept, F_SETFD, FD_CLOEXEC);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	return status;
}

static void run_call(struct anatomy_run *run)
{
	int output = memfd_create("anatomy", MFD_CLOEXEC), status = run_guest(&run->call, output);
	char *line = NULL;
	size_t size = 0;
	FILE *file;
	bool is_whole = false;

	lseek(output, 0, SEEK_SET);
	file = fdopen(output, "r");
	while (file && !is_whole && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		is_whole = !read_line(run, line);
	}
	if (status || !is_whole)
		die("anatomy: the guest gave no whole record of %s (status %d)", run->call.name,
		    status);
	free(line);
	fclose(file);
}

static const char help[] =
	"Usage: lstar anatomy [--html FILE] CALL [ARG...]\n"
	"Make one system call on Lstar and show its whole trip, stage by stage, with the\n"
	"registers, addresses and results of that very run and the source line of each stage.\n"
	"\n"
	"  --html FILE   write a self-contained page instead of text ('-': standard output)\n"
	"\n"
	"ARG: a number, a string, NULL, names of flags (O_RDONLY|O_CLOEXEC, AT_FDCWD, SIGTERM),\n"
	"or @ for a zeroed buffer. What is left out is a buffer where the call writes, the\n"
	"length of what stands beside it, or 0. The guest's files are those inside the kernel.\n"
	"\n"
	"  lstar anatomy getppid\n"
	"  lstar anatomy openat AT_FDCWD /etc/hostname O_RDONLY\n"
	"  lstar anatomy write 1 hello 5\n";

static void print_anatomy_help(void)
{
	fputs(help, stdout);
	if (fflush(stdout))
		die("cannot write the help text: %s", strerror(errno));
}

int anatomy_command(int argc, char **argv)
{
	static struct anatomy_run run;
	static struct page page;
	const char *html = NULL;
	FILE *out = stdout;
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return print_anatomy_help(), 0;
		if (!strcmp(argv[i], "--html") && i + 1 < argc)
			html = argv[++i];
		else if (!strncmp(argv[i], "--html=", 7))
			html = argv[i] + 7;
		else if (!strcmp(argv[i], "--html"))
			die("option '--html' needs a value; see 'lstar anatomy --help'");
		else
			die("unknown option '%s'; see 'lstar anatomy --help'", argv[i]);
	}
	if (i == argc)
		die("no call given; write 'lstar anatomy CALL [ARG...]'");
	anatomy_parse_call(&run.call, argc - i, argv + i);
	run_call(&run);
	anatomy_make_page(&page, &run);
	if (html && strcmp(html, "-")) {
		out = fopen(html, "we");
		if (!out)
			die("--html '%s': %s; choose a file that can be written", html,
			    strerror(errno));
	}
	if (html)
		anatomy_print_html(out, &page);
	else
		anatomy_print_text(out, &page);
	if (fflush(out) || ferror(out))
		die("cannot write the result: %s", strerror(errno));
	return 0;
}
