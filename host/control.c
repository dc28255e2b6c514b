/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines exchanged with init (docs/wire.md), and what a signal to us means. With a terminal in
 * raw mode keys never become signals here; the ones that arrive come from elsewhere.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lstar.h"

static sigset_t mask_before;

int control_block_signals(void)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action;
	sigset_t mask;
	int fd;

	sigemptyset(&mask);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		/* Ignored by our caller (nohup, a shell's background job): stay deaf to it. */
		if (!sigaction(ending[i], NULL, &action) && action.sa_handler == SIG_IGN)
			continue;
		sigaddset(&mask, ending[i]);
	}
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGWINCH);
	sigaddset(&mask, SIGTSTP);
	sigaddset(&mask, SIGCONT);
	if (sigprocmask(SIG_BLOCK, &mask, &mask_before))
		die("cannot block signals: %s", strerror(errno));
	fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		die("cannot watch signals: %s", strerror(errno));
	return fd;
}

void control_unblock_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void add_text(struct control *control, const char *text)
{
	size_t length = strlen(text);

	/* A guest that reads no lines loses the newest; the second signal ends it anyway. */
	if (control->fd < 0 || length > sizeof(control->out) - control->out_size)
		return;
	memcpy(control->out + control->out_size, text, length);
	control->out_size += length;
}

void control_send_signal(struct run *run, int signal_number)
{
	char line[32];

	snprintf(line, sizeof(line), "kill %d\n", signal_number);
	add_text(&run->control, line);
}

void control_send_size(struct run *run)
{
	char line[64];

	snprintf(line, sizeof(line), "winsize %u %u\n", run->terminal->rows,
		 run->terminal->columns);
	add_text(&run->control, line);
}

void control_flush(struct run *run)
{
	struct control *control = &run->control;
	ssize_t written;

	if (control->fd < 0 || !control->out_size)
		return;
	written = write(control->fd, control->out, control->out_size);
	if (written > 0) {
		control->out_size -= written;
		memmove(control->out, control->out + written, control->out_size);
	} else if (written < 0 && errno != EAGAIN && errno != EINTR) {
		control->out_size = 0;
	}
}

static void send_clock(struct run *run)
{
	struct timespec now;
	char line[64];

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(line, sizeof(line), "clock %lld%09ld\n", (long long)now.tv_sec, now.tv_nsec);
	add_text(&run->control, line);
	control_flush(run);
}

static void set_verdict(struct run *run, enum verdict verdict, const char *value)
{
	struct result *result = &run->result;

	if (result->verdict != VERDICT_NONE)
		return;
	result->verdict = verdict;
	result->code = atoi(value);
	snprintf(result->message, sizeof(result->message), "%s", value);
}

static void take_line(struct run *run, const char *line)
{
	static const struct {
		const char *word;
		enum verdict verdict;
	} finals[] = {
		{"exit ", VERDICT_EXIT},	  {"signal ", VERDICT_SIGNAL},
		{"notfound ", VERDICT_NOT_FOUND}, {"noexec ", VERDICT_CANNOT_EXECUTE},
		{"error ", VERDICT_ERROR},
	};

	if (!strcmp(line, "started")) {
		run->result.is_started = true;
		note_moment(run, MOMENT_PROGRAM);
		return;
	}
	if (!strcmp(line, "clock")) {
		note_moment(run, MOMENT_INIT);
		send_clock(run);
		return;
	}
	if (!strncmp(line, "warning ", 8)) {
		warn("%s", line + 8);
		return;
	}
	for (size_t i = 0; i < sizeof(finals) / sizeof(finals[0]); i++)
		if (!strncmp(line, finals[i].word, strlen(finals[i].word))) {
			note_moment(run, MOMENT_RESULT);
			set_verdict(run, finals[i].verdict, line + strlen(finals[i].word));
		}
}

void control_read(struct run *run)
{
	struct control *control = &run->control;
	char chunk[512];
	ssize_t size = read(control->fd, chunk, sizeof(chunk));

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size <= 0) {
		close(control->fd);
		control->fd = -1;
		return;
	}
	for (ssize_t i = 0; i < size; i++) {
		if (chunk[i] != '\n') {
			/* An overlong message is cut, never the line after it. */
			if (control->line_size < sizeof(control->line) - 1)
				control->line[control->line_size++] = chunk[i];
			continue;
		}
		control->line[control->line_size] = '\0';
		control->line_size = 0;
		take_line(run, control->line);
	}
}

void control_kill_machine(struct run *run, int signal_number)
{
	if (run->result.is_reaped)
		return;
	if (signal_number)
		run->result.killed_by = signal_number;
	kill(run->machine->pid, SIGKILL);
}

/* The first asks the program, as the terminal or the shell would; the second ends the machine. */
static void take_ending_signal(struct run *run, int signal_number)
{
	struct result *result = &run->result;

	run->control.signals_seen++;
	if (result->is_reaped) {
		result->killed_by = signal_number;
		return;
	}
	if (run->control.signals_seen == 1 && result->is_started && run->control.fd >= 0) {
		control_send_signal(run, signal_number);
		return;
	}
	control_kill_machine(run, signal_number);
}

static void reap(struct run *run)
{
	int status;

	if (run->result.is_reaped)
		return;
	if (waitpid(run->machine->pid, &status, WNOHANG) != run->machine->pid)
		return;
	run->result.is_reaped = true;
	run->result.wait_status = status;
}

/* Stop like any program would, but with the terminal as we found it. */
static void stop(void)
{
	terminal_restore();
	raise(SIGSTOP);
}

void control_take_signals(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signals, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGCHLD:
			reap(run);
			break;
		case SIGTSTP:
			stop();
			break;
		case SIGCONT:
			terminal_enter(run->terminal);
			/* fallthrough */
		case SIGWINCH:
			if (run->terminal->is_used) {
				terminal_read_size(run->terminal);
				control_send_size(run);
			}
			break;
		default:
			take_ending_signal(run, info.ssi_signo);
		}
	}
}
