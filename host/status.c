/* SPDX-License-Identifier: Apache-2.0 */
/* How the run ended: an exit status, and the least text that explains a failure of ours. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lstar.h"

/* isa-debug-exit turns the guest's 0x7f into this. */
#define QEMU_STATUS_PANIC   255
#define QEMU_STATUS_ORDERLY 1
#define PANIC_MARK	    "lstar-panic: "

static void write_all(const char *data, size_t size)
{
	while (size) {
		ssize_t written = write(STDERR_FILENO, data, size);

		if (written <= 0)
			return;
		data += written;
		size -= written;
	}
	return;
}

static void print_panic(const struct run *run)
{
	const struct bytes *uart = &run->result.uart;
	const char *log = uart->data ? uart->data : "";
	const char *mark =
		uart->size ? memmem(log, uart->size, PANIC_MARK, strlen(PANIC_MARK)) : NULL;
	const char *rest = mark ? mark + strlen(PANIC_MARK) : log;
	size_t size = uart->size - (rest - log), length = 0;

	while (mark && length < size && rest[length] != '\n' && rest[length] != '\r')
		length++;
	if (mark)
		warn("kernel panic: %.*s", (int)length, rest);
	else
		warn("kernel panic, without a message");
	/* With --kernel-log the rest has been seen already. */
	if (run->options->has_kernel_log)
		return;
	rest += length;
	size -= length;
	while (size && (*rest == '\n' || *rest == '\r')) {
		rest++;
		size--;
	}
	write_all(rest, size);
	if (size && rest[size - 1] != '\n')
		write_all("\n", 1);
}

static void print_errors(const struct run *run)
{
	const struct bytes *errors = &run->result.errors;
	char *copy, *rest, *line;

	if (!errors->size)
		return;
	copy = must_format("%.*s", (int)errors->size, errors->data);
	rest = copy;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			warn("QEMU: %s", line);
	free(copy);
}

static int report_death(const struct run *run)
{
	int status = run->result.wait_status;

	print_errors(run);
	if (WIFSIGNALED(status))
		warn("QEMU was ended by signal %d (%s) before the program was done",
		     WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (run->result.errors.size && WEXITSTATUS(status) == QEMU_STATUS_ORDERLY)
		warn("QEMU did not start the machine; see 'lstar run --print-qemu'");
	else if (!WEXITSTATUS(status))
		warn("the machine reset itself (a triple fault?); --kernel-log shows its last "
		     "messages");
	else
		warn("the machine stopped without a result (QEMU's exit status %d); --kernel-log "
		     "shows its last messages",
		     WEXITSTATUS(status));
	return STATUS_FAILURE;
}

static bool is_panic(const struct run *run)
{
	int status = run->result.wait_status;

	return run->result.is_reaped && WIFEXITED(status) &&
	       WEXITSTATUS(status) == QEMU_STATUS_PANIC;
}

int report(const struct run *run)
{
	const struct result *result = &run->result;

	if (is_panic(run)) {
		print_panic(run);
		return STATUS_FAILURE;
	}
	if (result->is_timed_out)
		return STATUS_TIMEOUT;
	if (result->killed_by)
		return STATUS_SIGNAL_BASE + result->killed_by;
	switch (result->verdict) {
	case VERDICT_EXIT:
		if (!(result->code & 255) && result->is_output_lost)
			return STATUS_FAILURE;
		return result->code & 255;
	case VERDICT_SIGNAL:
		return STATUS_SIGNAL_BASE + (result->code & 127);
	case VERDICT_NOT_FOUND:
		warn("%s", result->message);
		return STATUS_NOT_FOUND;
	case VERDICT_CANNOT_EXECUTE:
		warn("%s", result->message);
		return STATUS_CANNOT_EXECUTE;
	case VERDICT_ERROR:
		warn("%s", result->message);
		return STATUS_FAILURE;
	case VERDICT_NONE:
		break;
	}
	return report_death(run);
}
