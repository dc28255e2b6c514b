/* SPDX-License-Identifier: Apache-2.0 */
/* The lstar command: subcommands. See lstar.h for the way through the files. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "anatomy.h"
#include "lstar.h"

/* A missing 0, 1 or 2 must not be handed out again as one of our own descriptors. */
static void fill_standard_streams(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static void crash(int signal_number)
{
	terminal_restore();
	/* SA_RESETHAND put the default action back. */
	raise(signal_number);
}

static void prepare_process(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};
	struct sigaction action = {.sa_handler = crash, .sa_flags = SA_RESETHAND};

	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaction(fatal[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* Inherited as ignored, children would vanish without a status. */
	signal(SIGCHLD, SIG_DFL);
	atexit(terminal_restore);
}

int run_program(int argc, char **argv)
{
	struct options options;
	struct terminal terminal;
	struct machine machine;
	struct bytes archive = {0};
	struct plan plan;
	struct run run = {.options = &options, .machine = &machine, .terminal = &terminal};

	note_moment(&run, MOMENT_COMMAND);
	parse_run_options(&options, argc, argv);
	terminal_find(&terminal);
	make_plan(&plan, &options);
	make_job(&archive, &options, &plan, &terminal);
	build_machine(&machine, &options, &plan, &archive, terminal.is_used);
	if (options.print_qemu) {
		print_machine(&machine);
		return 0;
	}
	prepare_process();
	run.signals = control_block_signals();
	if (options.timeout_ns)
		run.deadline_ns = now_ns() + options.timeout_ns;
	start_machine(&machine);
	note_moment(&run, MOMENT_MACHINE);
	terminal_enter(&terminal);
	relay(&run);
	note_moment(&run, MOMENT_GONE);
	terminal_restore();
	if (options.has_stats)
		show_moments(&run);
	return report(&run);
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : NULL;

	fill_standard_streams();
	if (!command)
		die("nothing to do; try 'lstar run PROGRAM' or 'lstar help'");
	if (!strcmp(command, "run"))
		return run_program(argc - 1, argv + 1);
	if (!strcmp(command, "anatomy"))
		return anatomy_command(argc - 1, argv + 1);
	if (!strcmp(command, "help") || !strcmp(command, "--help") || !strcmp(command, "-h")) {
		if (argc > 2 && !strcmp(argv[2], "anatomy"))
			return anatomy_command(2, (char *[]){"anatomy", "--help", NULL});
		print_help(argc > 2 ? argv[2] : NULL);
		return 0;
	}
	if (!strcmp(command, "version") || !strcmp(command, "--version")) {
		printf("lstar %s\n", LSTAR_VERSION);
		return fflush(stdout) ? STATUS_FAILURE : 0;
	}
	if (command[0] == '-')
		die("unknown option '%s'; see 'lstar help'", command);
	die("unknown command '%s'; to run a program: lstar run %s", command, command);
}
