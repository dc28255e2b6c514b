/* SPDX-License-Identifier: Apache-2.0 */
/* Structures of 32-bit programs, shown as trace_struct.c shows those of 64-bit ones. Which
 * arguments come here is said in abi/emit.py. */
#include "sys/trace_format.h"
#include <asm/signal.h>
#include <linux/stat.h>

#define GET(type, name)                                  \
	type name;                                       \
	(void)arg, (void)count;                          \
	if (!trace_get(line, &name, addr, sizeof(name))) \
	return

struct pair32 {
	s32 sec, frac;
};

static void put_pair(struct trace_line *line, const struct pair32 *t, const char *frac)
{
	trace_put(line, "{tv_sec=%d, tv_%s=%d}", t->sec, frac, t->frac);
}

TRACE_DECODER(timespec32)
{
	if (trace_is_rest(line, arg) && !trace_is_restart(line)) {
		trace_put_addr(line, addr);
		return;
	}
	GET(struct pair32, t);
	put_pair(line, &t, "nsec");
}

TRACE_DECODER(timeval32)
{
	GET(struct pair32, t);
	put_pair(line, &t, "usec");
}

static void put_timer(struct trace_line *line, const struct pair32 t[2], const char *frac)
{
	trace_put(line, "{it_interval=");
	put_pair(line, &t[0], frac);
	trace_put(line, ", it_value=");
	put_pair(line, &t[1], frac);
	trace_put(line, "}");
}

struct timer32 {
	struct pair32 t[2];
};

TRACE_DECODER(itimerval32)
{
	GET(struct timer32, timer);
	put_timer(line, timer.t, "usec");
}

TRACE_DECODER(itimerspec32)
{
	GET(struct timer32, timer);
	put_timer(line, timer.t, "nsec");
}

static void put_limit(struct trace_line *line, u32 limit)
{
	if (limit == ~0u)
		trace_put(line, "RLIM_INFINITY");
	else if (limit > 1024 && limit % 1024 == 0)
		trace_put(line, "%u*1024", limit / 1024);
	else
		trace_put(line, "%u", limit);
}

struct rlimit32 {
	u32 cur, max;
};

TRACE_DECODER(rlimit32)
{
	GET(struct rlimit32, limit);
	trace_put(line, "{rlim_cur=");
	put_limit(line, limit.cur);
	trace_put(line, ", rlim_max=");
	put_limit(line, limit.max);
	trace_put(line, "}");
}

struct sigaction32 {
	u32 handler, flags, restorer, mask[2];
};

TRACE_DECODER(sigaction32)
{
	GET(struct sigaction32, act);
	trace_put(line, "{sa_handler=");
	if (act.handler == (unsigned long)SIG_DFL)
		trace_put(line, "SIG_DFL");
	else if (act.handler == (unsigned long)SIG_IGN)
		trace_put(line, "SIG_IGN");
	else
		trace_put_addr(line, act.handler);
	trace_put(line, ", sa_mask=");
	trace_put_sigset(line, act.mask[0] | (unsigned long)act.mask[1] << 32);
	trace_put(line, ", sa_flags=");
	trace_put_flags(line, &flag_set_sigaction, act.flags);
	if (act.flags & SA_RESTORER) {
		trace_put(line, ", sa_restorer=");
		trace_put_addr(line, act.restorer);
	}
	trace_put(line, "}");
}

/* i386's struct stat64. */
struct stat64_32 {
	u64 dev;
	u32 pad0, ino32, mode, nlink, uid, gid;
	u64 rdev;
	u32 pad3;
	s64 size;
} __attribute__((packed));

TRACE_DECODER(stat64)
{
	GET(struct stat64_32, st);
	unsigned rdev = (unsigned)st.rdev;

	trace_put(line, "{st_mode=");
	trace_put_file_mode(line, st.mode);
	if (S_ISCHR(st.mode) || S_ISBLK(st.mode))
		trace_put(line, ", st_rdev=makedev(%#x, %#x)", rdev >> 8 & 0xfff,
			  (rdev & 0xff) | (rdev >> 12 & 0xfff00));
	else
		trace_put(line, ", st_size=%ld", (long)st.size);
	trace_put(line, ", ...}");
}

TRACE_DECODER(iovec32)
{
	trace_put_iovec(line, addr, arg, count, true);
}
