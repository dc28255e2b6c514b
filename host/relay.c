/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The poll loop. Each stream is a channel with one buffer: it is read when empty and written until
 * it is empty again, so a slow reader slows the writer down and nothing is ever dropped.
 *
 * The descriptors 0, 1 and 2 are shared with whoever started us, and O_NONBLOCK would be theirs
 * too. So pipes and terminals are opened a second time through /proc/self/fd for a non-blocking
 * file of our own, and still polled through the first (a FIFO that was opened after its last writer
 * left never polls as hung up).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lstar.h"

#define BUFFER_SIZE  (128 * 1024)
#define MEMORY_MAJOR 1 /* /dev/null and its kin never block */
#define NS_PER_MS    1000000LL
/* After its final line the guest only drains its ports; silence that long means it is stuck. */
#define FINAL_QUIET_NS (5000 * NS_PER_MS)
/* What a program gets between SIGTERM at --timeout and the end of the machine. */
#define TIMEOUT_GRACE_NS (1000 * NS_PER_MS)

enum end_kind {
	END_SOCKET, /* non-blocking per call, or our own non-blocking socket */
	END_NONBLOCKING,
	END_FILE,    /* never blocks for long */
	END_CAREFUL, /* may block: small pieces, after poll said yes */
};

struct end {
	int fd; /* for poll; -1: over */
	int io_fd;
	enum end_kind kind;
};

enum {
	CHANNEL_STDIN,
	CHANNEL_STDOUT,
	CHANNEL_STDERR,
	CHANNEL_TTY_IN,
	CHANNEL_TTY_OUT,
	CHANNEL_TRACE,
	CHANNEL_UART,
	CHANNEL_ERRORS,
	CHANNEL_COUNT,
};

struct channel {
	const char *name;
	struct end source;
	struct end sink;
	bool is_input; /* towards the guest */
	bool adds_returns;
	struct bytes *kept; /* also remembered here, the last kept_max bytes */
	size_t kept_max;
	size_t offset, size;
	char buffer[BUFFER_SIZE];
};

/* Static: one run per process, and a megabyte is much for a stack. */
static struct channel channels[CHANNEL_COUNT];

static struct end open_end(int fd, int access_mode)
{
	struct end end = {.fd = fd, .io_fd = fd, .kind = END_CAREFUL};
	struct stat st;
	char path[64];
	int own;

	if (fd < 0 || fstat(fd, &st))
		return (struct end){.fd = -1, .io_fd = -1};
	if (S_ISSOCK(st.st_mode)) {
		end.kind = END_SOCKET;
	} else if (S_ISFIFO(st.st_mode) || isatty(fd)) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		own = open(path, access_mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (own >= 0) {
			end.io_fd = own;
			end.kind = END_NONBLOCKING;
		}
	} else if (!S_ISCHR(st.st_mode) || major(st.st_rdev) == MEMORY_MAJOR) {
		end.kind = END_FILE;
	}
	return end;
}

static void close_end(struct end *end)
{
	if (end->io_fd >= 0 && end->io_fd != end->fd)
		close(end->io_fd);
	/* 0, 1 and 2 stay: messages may follow, and /dev/tty may be one of them. */
	if (end->fd > STDERR_FILENO)
		close(end->fd);
	end->fd = end->io_fd = -1;
}

static ssize_t end_read(struct end *end, void *data, size_t size)
{
	if (end->kind == END_SOCKET)
		return recv(end->io_fd, data, size, MSG_DONTWAIT);
	return read(end->io_fd, data, size);
}

static ssize_t end_write(struct end *end, const void *data, size_t size)
{
	struct pollfd ready = {.fd = end->fd, .events = POLLOUT};

	if (end->kind == END_SOCKET)
		return send(end->io_fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (end->kind == END_CAREFUL) {
		if (poll(&ready, 1, 0) <= 0 || !(ready.revents & ~POLLIN)) {
			errno = EAGAIN;
			return -1;
		}
		size = size < PIPE_BUF ? size : PIPE_BUF;
	}
	return write(end->io_fd, data, size);
}

static void remember(struct channel *channel, const char *data, size_t size)
{
	struct bytes *kept = channel->kept;

	bytes_add(kept, data, size);
	/* Cut rarely: a copy per 64 KiB instead of one per line. */
	if (kept->size > 2 * channel->kept_max) {
		memmove(kept->data, kept->data + kept->size - channel->kept_max, channel->kept_max);
		kept->size = channel->kept_max;
	}
}

static size_t add_returns(const char *from, size_t size, char *to)
{
	size_t length = 0;

	for (size_t i = 0; i < size; i++) {
		if (from[i] == '\n')
			to[length++] = '\r';
		to[length++] = from[i];
	}
	return length;
}

/* To the writer at the other end a close with bytes unread would be an error of its own. */
static void hang_up(struct end *end, char *scratch)
{
	if (end->kind == END_SOCKET && end->fd >= 0) {
		shutdown(end->fd, SHUT_RDWR);
		while (recv(end->fd, scratch, BUFFER_SIZE, MSG_DONTWAIT) > 0)
			;
	}
	close_end(end);
}

/* The reader is gone. Closing our end of the port tells the guest, whose next write gives EPIPE. */
static void end_sink(struct run *run, struct channel *channel, int error)
{
	if (error != EPIPE && error != EIO && error != ECONNRESET) {
		warn("writing %s: %s", channel->name, strerror(error));
		run->result.is_output_lost = true;
	}
	channel->size = 0;
	close_end(&channel->sink);
	/* The log, and a terminal's other direction, live on without a reader. */
	if (!channel->is_input && !channel->kept && channel != &channels[CHANNEL_TTY_OUT])
		hang_up(&channel->source, channel->buffer);
}

static bool flush_channel(struct run *run, struct channel *channel)
{
	bool has_moved = false;

	while (channel->size && channel->sink.fd >= 0) {
		ssize_t written =
			end_write(&channel->sink, channel->buffer + channel->offset, channel->size);

		if (written < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (written < 0) {
			end_sink(run, channel, errno);
			break;
		}
		channel->offset += written;
		channel->size -= written;
		has_moved = true;
	}
	if (channel->sink.fd < 0)
		channel->size = 0;
	return has_moved;
}

static void end_source(struct run *run, struct channel *channel, ssize_t size, int error)
{
	/* A terminal that hung up reads as EIO, and one end of a dying QEMU as ECONNRESET. */
	if (size < 0 && error != EIO && error != ECONNRESET)
		warn("reading %s: %s", channel->name, strerror(error));
	if (channel == &channels[CHANNEL_STDIN]) {
		close_end(&channel->source);
		/* Not close(): QEMU reads what is on its way only while the socket is half open. */
		if (channel->sink.fd >= 0)
			shutdown(channel->sink.fd, SHUT_WR);
		return;
	}
	if (channel == &channels[CHANNEL_TTY_IN]) {
		channel->source.fd = -1;
		control_send_signal(run, SIGHUP);
		return;
	}
	if (channel == &channels[CHANNEL_TTY_OUT])
		channel->source.fd = -1; /* shared with the other direction */
	else
		close_end(&channel->source);
}

static bool fill_channel(struct run *run, struct channel *channel)
{
	static char raw[BUFFER_SIZE / 2];
	bool has_returns = channel->adds_returns && terminal_is_raw();
	char *to = has_returns ? raw : channel->buffer;
	ssize_t size = end_read(&channel->source, to, has_returns ? sizeof(raw) : BUFFER_SIZE);

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (size <= 0) {
		end_source(run, channel, size, errno);
		return true;
	}
	/* What the program says may overtake the control line that it has started. */
	if (channel == &channels[CHANNEL_STDOUT] || channel == &channels[CHANNEL_STDERR] ||
	    channel == &channels[CHANNEL_TTY_OUT])
		run->result.is_started = true;
	if (channel->kept)
		remember(channel, to, size);
	if (has_returns)
		size = add_returns(raw, size, channel->buffer);
	channel->offset = 0;
	channel->size = channel->sink.fd >= 0 ? size : 0;
	flush_channel(run, channel);
	return true;
}

static void add_channel(int number, const char *name, struct end source, struct end sink)
{
	channels[number].name = name;
	channels[number].source = source;
	channels[number].sink = sink;
	channels[number].is_input = number == CHANNEL_STDIN || number == CHANNEL_TTY_IN;
}

static struct end port_end(const struct machine *machine, enum port port)
{
	return (struct end){machine->port[port], machine->port[port], END_SOCKET};
}

static void open_channels(struct run *run)
{
	const struct options *options = run->options;
	const struct machine *machine = run->machine;
	const struct terminal *terminal = run->terminal;
	static const char *const names[] = {"standard input", "standard output", "standard error"};
	struct end none = {-1, -1, END_FILE};
	struct channel *channel;

	for (int fd = 0; fd < 3; fd++) {
		struct end port = port_end(machine, PORT_STDIN + fd), ours;

		/* A stream that is the terminal leaves its own port unused. */
		if (terminal->is_tty[fd]) {
			add_channel(CHANNEL_STDIN + fd, names[fd], none, none);
			continue;
		}
		ours = open_end(fd, fd ? O_WRONLY : O_RDONLY);
		add_channel(CHANNEL_STDIN + fd, names[fd], fd ? port : ours, fd ? ours : port);
	}
	add_channel(CHANNEL_TTY_IN, "the terminal", open_end(terminal->input, O_RDONLY),
		    port_end(machine, PORT_TTY));
	add_channel(CHANNEL_TTY_OUT, "the terminal", port_end(machine, PORT_TTY),
		    open_end(terminal->output, O_WRONLY));
	add_channel(CHANNEL_TRACE, "the trace", port_end(machine, PORT_TRACE),
		    open_end(options->output_fd, O_WRONLY));
	channels[CHANNEL_TRACE].adds_returns = !options->output && terminal->is_tty[STDERR_FILENO];

	channel = &channels[CHANNEL_UART];
	add_channel(CHANNEL_UART, "the kernel's log", port_end(machine, PORT_UART),
		    options->has_kernel_log ? open_end(STDERR_FILENO, O_WRONLY) : none);
	channel->adds_returns = terminal->is_tty[STDERR_FILENO];
	channel->kept = &run->result.uart;
	channel->kept_max = UART_KEPT;

	channel = &channels[CHANNEL_ERRORS];
	add_channel(CHANNEL_ERRORS, "QEMU's messages",
		    (struct end){machine->errors, machine->errors, END_NONBLOCKING}, none);
	channel->kept = &run->result.errors;
	channel->kept_max = ERRORS_KEPT;
}

#define POLL_SIGNALS (2 * CHANNEL_COUNT)
#define POLL_CONTROL (POLL_SIGNALS + 1)
#define POLL_COUNT   (POLL_CONTROL + 1)

static bool may_read(const struct run *run, const struct channel *channel)
{
	if (channel->size || channel->source.fd < 0)
		return false;
	if (channel == &channels[CHANNEL_TTY_IN])
		return terminal_is_foreground(run->terminal);
	return true;
}

/* What has no event to wait for is left out: poll reports hang-ups even to those who did not ask.
 */
static void ask(const struct run *run, struct pollfd *polled)
{
	for (int i = 0; i < CHANNEL_COUNT; i++) {
		struct channel *channel = &channels[i];
		struct pollfd *source = &polled[2 * i], *sink = source + 1;
		bool is_pipe = channel->sink.kind == END_NONBLOCKING && !channel->is_input;

		*source = (struct pollfd){-1, POLLIN, 0};
		*sink = (struct pollfd){-1, 0, 0};
		if (may_read(run, channel))
			source->fd = channel->source.fd;
		if (channel->size)
			*sink = (struct pollfd){channel->sink.fd, POLLOUT, 0};
		else if (is_pipe && channel->source.fd >= 0)
			sink->fd = channel->sink.fd; /* only to learn that its reader left */
	}
	polled[POLL_SIGNALS] = (struct pollfd){run->signals, POLLIN, 0};
	polled[POLL_CONTROL] =
		(struct pollfd){run->control.fd, POLLIN | (run->control.out_size ? POLLOUT : 0), 0};
}

static bool serve(struct run *run, const struct pollfd *polled)
{
	bool has_moved = false;

	if (polled[POLL_SIGNALS].revents)
		control_take_signals(run);
	if (polled[POLL_CONTROL].revents & POLLOUT)
		control_flush(run);
	if (polled[POLL_CONTROL].revents & ~POLLOUT) {
		control_read(run);
		has_moved = true;
	}
	for (int i = 0; i < CHANNEL_COUNT; i++) {
		struct channel *channel = &channels[i];
		short source = polled[2 * i].revents, sink = polled[2 * i + 1].revents;

		if (sink && channel->size)
			has_moved |= flush_channel(run, channel);
		else if (sink & POLLERR)
			end_sink(run, channel, EPIPE);
		if (source && !channel->size && channel->source.fd >= 0)
			has_moved |= fill_channel(run, channel);
	}
	return has_moved;
}

static bool is_output_pending(void)
{
	for (int i = 0; i < CHANNEL_COUNT; i++)
		if (!channels[i].is_input && channels[i].size)
			return true;
	return false;
}

static bool is_drained(const struct run *run)
{
	for (int i = 0; i < CHANNEL_COUNT; i++)
		if (!channels[i].is_input && (channels[i].size || channels[i].source.fd >= 0))
			return false;
	return run->control.fd < 0;
}

/* The next moment something must happen without any event, 0: none. */
static int64_t next_deadline(const struct run *run)
{
	const struct result *result = &run->result;
	int64_t next = 0;

	if (result->is_reaped)
		return 0;
	if (run->deadline_ns && !result->is_timed_out && result->verdict == VERDICT_NONE)
		next = run->deadline_ns;
	if (run->kill_at_ns && (!next || run->kill_at_ns < next))
		next = run->kill_at_ns;
	if (result->verdict != VERDICT_NONE && !is_output_pending()) {
		int64_t stuck = run->quiet_since_ns + FINAL_QUIET_NS;

		if (!next || stuck < next)
			next = stuck;
	}
	return next;
}

static void keep_deadlines(struct run *run)
{
	struct result *result = &run->result;
	int64_t now = now_ns(), next = next_deadline(run);

	if (!next || now < next)
		return;
	if (run->deadline_ns && !result->is_timed_out && result->verdict == VERDICT_NONE &&
	    now >= run->deadline_ns) {
		result->is_timed_out = true;
		run->kill_at_ns = now;
		if (result->is_started) {
			control_send_signal(run, SIGTERM);
			run->kill_at_ns = now + TIMEOUT_GRACE_NS;
			return;
		}
	}
	control_kill_machine(run, 0);
	run->kill_at_ns = 0;
}

static int poll_timeout(const struct run *run, bool is_abandoned)
{
	int64_t next = next_deadline(run), left;

	if (is_abandoned)
		return 0;
	if (!next)
		return -1;
	left = (next - now_ns() + NS_PER_MS - 1) / NS_PER_MS;
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : left;
}

void relay(struct run *run)
{
	struct pollfd polled[POLL_COUNT];
	bool is_abandoned, has_moved;

	open_channels(run);
	run->control.fd = run->machine->port[PORT_CONTROL];
	run->quiet_since_ns = now_ns();
	while (!run->result.is_reaped || !is_drained(run)) {
		/* The user is done waiting: deliver what can be delivered at once, no more. */
		is_abandoned = run->result.is_reaped &&
			       (run->result.killed_by || run->result.is_timed_out);
		ask(run, polled);
		if (poll(polled, POLL_COUNT, poll_timeout(run, is_abandoned)) < 0) {
			if (errno == EINTR)
				continue;
			control_kill_machine(run, 0);
			die("poll: %s", strerror(errno));
		}
		has_moved = serve(run, polled);
		if (has_moved)
			run->quiet_since_ns = now_ns();
		else if (is_abandoned)
			break;
		keep_deadlines(run);
	}
}
