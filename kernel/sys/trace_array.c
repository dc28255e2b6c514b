/* Arrays as strace(1) prints them: at most TRACE_ARRAY_MAX elements. Called by trace_put_arg() in
 * trace_decode.c. */
#include "lib/printf.h"
#include "lib/string.h"
#include "sys/trace_format.h"
#include <linux/eventpoll.h>
#include <linux/limits.h>
#include <linux/poll.h>
#include <linux/uio.h>

/* Bounds for loops over what the program says: far beyond what any program means. */
#define ENV_MAX 100000
#define FD_MAX	65536

/* Prints "[", the elements by put(line, &element), and "]". Reads one element at a time. */
static void put_array(struct trace_line *line, unsigned long addr, unsigned long count, size_t size,
		      void (*put)(struct trace_line *, const void *))
{
	unsigned long element[8];
	unsigned long i;

	if (count && line->copy_in(element, addr, size)) {
		trace_put_addr(line, addr);
		return;
	}
	trace_put(line, "[");
	for (i = 0; i < count; i++) {
		trace_put(line, i ? ", " : "");
		if (i == TRACE_ARRAY_MAX) {
			trace_put(line, "...");
			break;
		}
		if (line->copy_in(element, addr + i * size, size)) {
			trace_put(line, "... /* %#lx */", addr + i * size);
			break;
		}
		put(line, element);
	}
	trace_put(line, "]");
}

static void put_pollfd(struct trace_line *line, const void *element)
{
	const struct pollfd *pfd = element;

	if (pfd->fd < 0) {
		trace_put(line, "{fd=%d}", pfd->fd);
		return;
	}
	trace_put(line, "{fd=%d, events=", pfd->fd);
	trace_put_flags(line, &flag_set_poll, (unsigned short)pfd->events);
	trace_put(line, "}");
}

TRACE_DECODER(pollfd)
{
	(void)arg;
	put_array(line, addr, count, sizeof(struct pollfd), put_pollfd);
}

static void put_gid(struct trace_line *line, const void *element)
{
	trace_put(line, "%u", *(const unsigned *)element);
}

TRACE_DECODER(gid_list)
{
	if (arg->direction == ARG_OUT)
		count = count ? (unsigned long)line->result : 0;
	if ((arg->direction == ARG_OUT && !count && !line->args[0]) ||
	    (unsigned)count > NGROUPS_MAX) {
		trace_put_addr(line, addr);
		return;
	}
	put_array(line, addr, count, sizeof(unsigned), put_gid);
}

struct iovec32 {
	u32 base, len;
};

/* One struct iovec of the program's ABI. False: it cannot be read. */
static bool get_iovec(struct trace_line *line, unsigned long addr, bool is_32bit, struct iovec *iov)
{
	struct iovec32 iov32;

	if (!is_32bit)
		return !line->copy_in(iov, addr, sizeof(*iov));
	if (line->copy_in(&iov32, addr, sizeof(iov32)))
		return false;
	*iov = (struct iovec){(void *)(unsigned long)iov32.base, iov32.len};
	return true;
}

/* What was read goes into the buffers one after the other; the others show nothing. */
void trace_put_iovec(struct trace_line *line, unsigned long addr, const struct arg_desc *arg,
		     unsigned long count, bool is_32bit)
{
	unsigned long left = line->is_exit ? (unsigned long)line->result : 0, shown, i;
	unsigned long step = is_32bit ? sizeof(struct iovec32) : sizeof(struct iovec);
	struct iovec iov;

	if (count && !get_iovec(line, addr, is_32bit, &iov)) {
		trace_put_addr(line, addr);
		return;
	}
	trace_put(line, "[");
	for (i = 0; i < count; i++) {
		trace_put(line, i ? ", " : "");
		if (i == TRACE_ARRAY_MAX) {
			trace_put(line, "...");
			break;
		}
		if (!get_iovec(line, addr + i * step, is_32bit, &iov)) {
			trace_put(line, "... /* %#lx */", addr + i * step);
			break;
		}
		shown = iov.iov_len;
		if (arg->direction == ARG_OUT && shown > left)
			shown = left;
		left -= arg->direction == ARG_OUT ? shown : 0;
		trace_put(line, "{iov_base=");
		if (trace_failed(line))
			trace_put_addr(line, (unsigned long)iov.iov_base);
		else
			trace_put_bytes(line, (unsigned long)iov.iov_base, shown);
		trace_put(line, ", iov_len=%lu}", (unsigned long)iov.iov_len);
	}
	trace_put(line, "]");
}

TRACE_DECODER(iovec)
{
	trace_put_iovec(line, addr, arg, count, false);
}

TRACE_DECODER(fd_set)
{
	unsigned long word = 0, fd;
	const char *gap = "";
	unsigned shown = 0;

	(void)arg;
	if ((int)count < 0)
		count = 0;
	if (count > FD_MAX)
		count = FD_MAX;
	if (count && line->copy_in(&word, addr, sizeof(word))) {
		trace_put_addr(line, addr);
		return;
	}
	trace_put(line, "[");
	for (fd = 0; fd < count; fd++) {
		if (fd % 64 == 0 && line->copy_in(&word, addr + fd / 8, sizeof(word)))
			break;
		if (!(word >> fd % 64 & 1))
			continue;
		if (shown++ == TRACE_ARRAY_MAX) {
			trace_put(line, " ...");
			break;
		}
		trace_put(line, "%s%lu", gap, fd);
		gap = " ";
	}
	trace_put(line, "]");
}

TRACE_DECODER(cpumask)
{
	unsigned long word = 0, size = count, cpu;
	const char *gap = "";

	if (arg->direction == ARG_OUT)
		size = (unsigned long)line->result;
	if (size > 128)
		size = 128;
	if (size >= sizeof(word) && line->copy_in(&word, addr, sizeof(word))) {
		trace_put_addr(line, addr);
		return;
	}
	trace_put(line, "[");
	for (cpu = 0; cpu < size / sizeof(word) * 64; cpu++) {
		if (cpu % 64 == 0 && line->copy_in(&word, addr + cpu / 8, sizeof(word)))
			break;
		if (word >> cpu % 64 & 1) {
			trace_put(line, "%s%lu", gap, cpu);
			gap = " ";
		}
	}
	trace_put(line, "]");
}

/* Records carry their own length, at the same place in both forms. */
TRACE_DECODER(dirent)
{
	unsigned long offset = 0;
	unsigned short length;
	unsigned entries = 0;

	(void)arg, (void)count;
	while (offset + 18 < (unsigned long)line->result) {
		if (line->copy_in(&length, addr + offset + 16, sizeof(length)) || !length)
			break;
		offset += length;
		entries++;
	}
	trace_put(line, "%#lx /* %u entries */", addr, entries);
}

TRACE_DECODER(dirent64)
{
	trace_decode_dirent(line, addr, arg, count);
}

/* One byte per page; only the lowest bit means something. */
TRACE_DECODER(mincore_vec)
{
	unsigned long pages = (count + 4095) / 4096, i;
	unsigned char in_core;

	(void)arg;
	trace_put(line, "[");
	for (i = 0; i < pages; i++) {
		if (i == TRACE_ARRAY_MAX) {
			trace_put(line, "...");
			break;
		}
		if (line->copy_in(&in_core, addr + i, 1))
			break;
		trace_put(line, "%s%u", i ? ", " : "", in_core & 1);
	}
	trace_put(line, "]");
}

static void put_epoll_event(struct trace_line *line, const void *element)
{
	struct epoll_event event;

	memcpy(&event, element, sizeof(event));
	trace_put(line, "{events=");
	trace_put_flags(line, &flag_set_epoll, event.events);
	trace_put(line, ", data={u32=%u, u64=%llu}}", (unsigned)event.data,
		  (unsigned long long)event.data);
}

TRACE_DECODER(epoll_event)
{
	struct epoll_event event;

	if (arg->direction == ARG_OUT)
		put_array(line, addr, (unsigned long)line->result, sizeof(event), put_epoll_event);
	else if (trace_get(line, &event, addr, sizeof(event)))
		put_epoll_event(line, &event);
	(void)count;
}

TRACE_DECODER(strv)
{
	unsigned long string, i;

	(void)arg, (void)count;
	if (!trace_get(line, &string, addr, sizeof(string)))
		return;
	trace_put(line, "[");
	for (i = 0;; i++) {
		if (line->copy_in(&string, addr + i * sizeof(string), sizeof(string))) {
			trace_put(line, ", ... /* %#lx */", addr + i * sizeof(string));
			break;
		}
		if (!string)
			break;
		trace_put(line, i ? ", " : "");
		if (i == TRACE_ARRAY_MAX) {
			trace_put(line, "...");
			break;
		}
		trace_put_string(line, string, TRACE_STRING_MAX);
	}
	trace_put(line, "]");
}

TRACE_DECODER(envv)
{
	unsigned long string, vars = 0;

	(void)arg, (void)count;
	while (vars < ENV_MAX &&
	       !line->copy_in(&string, addr + vars * sizeof(string), sizeof(string)) && string)
		vars++;
	trace_put(line, "%#lx /* %lu var%s */", addr, vars, vars == 1 ? "" : "s");
}
