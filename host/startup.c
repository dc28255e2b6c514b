/* SPDX-License-Identifier: Apache-2.0 */
/* Where the time of one run went, behind the table of --stats: what the host saw happen, and when.
 */
#include <stdio.h>

#include "lstar.h"

void note_moment(struct run *run, enum moment moment)
{
	if (!run->at_ns[moment])
		run->at_ns[moment] = now_ns();
}

void show_moments(const struct run *run)
{
	static const char *const parts[MOMENTS] = {
		[MOMENT_MACHINE] = "the command: options, job, QEMU's process started",
		[MOMENT_INIT] = "QEMU and the kernel, until init asks for the time",
		[MOMENT_PROGRAM] = "init: file systems, user, execve",
		[MOMENT_RESULT] = "the program",
		[MOMENT_GONE] = "the end: streams drained, QEMU gone",
	};
	int64_t before = run->at_ns[MOMENT_COMMAND];

	dprintf(run->options->output_fd, "\n milliseconds  where the time went\n");
	for (int i = MOMENT_COMMAND + 1; i < MOMENTS; i++) {
		/* One that never came: its time is in the next. */
		if (!run->at_ns[i])
			continue;
		dprintf(run->options->output_fd, "%13.1f  %s\n",
			(double)(run->at_ns[i] - before) / 1e6, parts[i]);
		before = run->at_ns[i];
	}
	dprintf(run->options->output_fd, "%13.1f  in all\n",
		(double)(before - run->at_ns[MOMENT_COMMAND]) / 1e6);
}
