/* Structures as strace(1) prints them, one function each. Called by trace_put_arg() in
 * trace_decode.c. */
#include "lib/printf.h"
#include "lib/string.h"
#include "sys/trace_format.h"
#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <linux/magic.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/signal.h>
#include <linux/stat.h>
#include <linux/sysinfo.h>
#include <linux/time.h>
#include <linux/times.h>
#include <linux/utime.h>
#include <linux/utsname.h>
#include <linux/wait.h>

#define UTIME_NOW_K  0x3fffffff
#define UTIME_OMIT_K 0x3ffffffe

/* What is shared by all: bring the structure in, or print its address. */
#define GET(type, name)                                  \
	type name;                                       \
	(void)arg, (void)count;                          \
	if (!trace_get(line, &name, addr, sizeof(name))) \
	return

static void put_dev(struct trace_line *line, unsigned major, unsigned minor)
{
	trace_put(line, "makedev(%#x, %#x)", major, minor);
}

TRACE_DECODER(stat)
{
	GET(struct stat, st);
	unsigned rdev = (unsigned)st.st_rdev;

	trace_put(line, "{st_mode=");
	trace_put_file_mode(line, st.st_mode);
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) {
		trace_put(line, ", st_rdev=");
		put_dev(line, rdev >> 8 & 0xfff, (rdev & 0xff) | (rdev >> 12 & 0xfff00));
	} else {
		trace_put(line, ", st_size=%ld", (long)st.st_size);
	}
	trace_put(line, ", ...}");
}

TRACE_DECODER(statx)
{
	GET(struct statx, st);

	trace_put(line, "{stx_mask=");
	trace_put_flags(line, &flag_set_statx_mask, st.stx_mask);
	trace_put(line, ", stx_attributes=");
	trace_put_flags(line, &flag_set_statx_attr, st.stx_attributes);
	trace_put(line, ", stx_mode=");
	trace_put_file_mode(line, st.stx_mode);
	trace_put(line, ", stx_size=%llu, ...}", (unsigned long long)st.stx_size);
}

static const char *magic_name(unsigned long type)
{
	static const struct flag_name names[] = {
		{TMPFS_MAGIC, "TMPFS_MAGIC"},
		{PROC_SUPER_MAGIC, "PROC_SUPER_MAGIC"},
		{SYSFS_MAGIC, "SYSFS_MAGIC"},
		{V9FS_MAGIC, "V9FS_MAGIC"},
		{DEVPTS_SUPER_MAGIC, "DEVPTS_SUPER_MAGIC"},
		{PIPEFS_MAGIC, "PIPEFS_MAGIC"},
		{SOCKFS_MAGIC, "SOCKFS_MAGIC"},
		{RAMFS_MAGIC, "RAMFS_MAGIC"},
		{EXT4_SUPER_MAGIC, "EXT2_SUPER_MAGIC"},
		{OVERLAYFS_SUPER_MAGIC, "OVERLAYFS_SUPER_MAGIC"},
		{ANON_INODE_FS_MAGIC, "ANON_INODE_FS_MAGIC"},
		{BTRFS_SUPER_MAGIC, "BTRFS_SUPER_MAGIC"},
		{0x58465342, "XFS_SUPER_MAGIC"},
	};
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].value == type)
			return names[i].name;
	}
	return NULL;
}

TRACE_DECODER(statfs)
{
	GET(struct statfs, st);
	const char *name = magic_name((unsigned long)st.f_type);

	if (name)
		trace_put(line, "{f_type=%s", name);
	else
		trace_put(line, "{f_type=%#lx", (unsigned long)st.f_type);
	trace_put(line, ", f_bsize=%lu, f_blocks=%lu, f_bfree=%lu, f_bavail=%lu", (long)st.f_bsize,
		  (long)st.f_blocks, (long)st.f_bfree, (long)st.f_bavail);
	trace_put(line, ", f_files=%lu, f_ffree=%lu, f_fsid={val=[%#x, %#x]}", (long)st.f_files,
		  (long)st.f_ffree, (unsigned)st.f_fsid.val[0], (unsigned)st.f_fsid.val[1]);
	trace_put(line, ", f_namelen=%lu, f_frsize=%lu, f_flags=", (long)st.f_namelen,
		  (long)st.f_frsize);
	trace_put_flags(line, &flag_set_statfs, (unsigned long)st.f_flags);
	trace_put(line, "}");
}

static void put_timespec(struct trace_line *line, const struct timespec *ts)
{
	trace_put(line, "{tv_sec=%ld, tv_nsec=%ld}", (long)ts->tv_sec, ts->tv_nsec);
}

static void put_timeval(struct trace_line *line, const struct timeval *tv)
{
	trace_put(line, "{tv_sec=%ld, tv_usec=%ld}", (long)tv->tv_sec, (long)tv->tv_usec);
}

bool trace_is_rest(const struct trace_line *line, const struct arg_desc *arg)
{
	return arg->direction == ARG_OUT &&
	       (trace_call_is(line, "nanosleep") || trace_call_is(line, "clock_nanosleep"));
}

TRACE_DECODER(timespec)
{
	if (trace_is_rest(line, arg) && !trace_is_restart(line)) {
		trace_put_addr(line, addr);
		return;
	}
	GET(struct timespec, ts);
	put_timespec(line, &ts);
}

TRACE_DECODER(timeval)
{
	GET(struct timeval, tv);
	put_timeval(line, &tv);
}

static void put_comment_date(struct trace_line *line, long seconds, long nsec)
{
	trace_put(line, " /* ");
	trace_put_date(line, seconds);
	if (nsec)
		trace_put(line, ".%09ld", nsec);
	trace_put(line, "+0000 */");
}

TRACE_DECODER(timespec2)
{
	struct timespec ts[2];
	unsigned i;

	(void)arg, (void)count;
	if (!trace_get(line, ts, addr, sizeof(ts)))
		return;
	trace_put(line, "[");
	for (i = 0; i < 2; i++) {
		trace_put(line, i ? ", " : "");
		if (ts[i].tv_nsec == UTIME_NOW_K) {
			trace_put(line, "UTIME_NOW");
		} else if (ts[i].tv_nsec == UTIME_OMIT_K) {
			trace_put(line, "UTIME_OMIT");
		} else {
			put_timespec(line, &ts[i]);
			put_comment_date(line, ts[i].tv_sec, ts[i].tv_nsec);
		}
	}
	trace_put(line, "]");
}

TRACE_DECODER(timeval2)
{
	struct timeval tv[2];
	unsigned i;

	(void)arg, (void)count;
	if (!trace_get(line, tv, addr, sizeof(tv)))
		return;
	trace_put(line, "[");
	for (i = 0; i < 2; i++) {
		trace_put(line, i ? ", " : "");
		put_timeval(line, &tv[i]);
		trace_put(line, " /* ");
		trace_put_date(line, tv[i].tv_sec);
		if (tv[i].tv_usec)
			trace_put(line, ".%06ld", (long)tv[i].tv_usec);
		trace_put(line, "+0000 */");
	}
	trace_put(line, "]");
}

TRACE_DECODER(timezone)
{
	GET(struct timezone, tz);
	trace_put(line, "{tz_minuteswest=%d, tz_dsttime=%d}", tz.tz_minuteswest, tz.tz_dsttime);
}

TRACE_DECODER(itimerval)
{
	GET(struct itimerval, it);
	trace_put(line, "{it_interval=");
	put_timeval(line, &it.it_interval);
	trace_put(line, ", it_value=");
	put_timeval(line, &it.it_value);
	trace_put(line, "}");
}

TRACE_DECODER(itimerspec)
{
	GET(struct itimerspec, it);
	trace_put(line, "{it_interval=");
	put_timespec(line, &it.it_interval);
	trace_put(line, ", it_value=");
	put_timespec(line, &it.it_value);
	trace_put(line, "}");
}

TRACE_DECODER(tms)
{
	GET(struct tms, tms);
	trace_put(line, "{tms_utime=%ld, tms_stime=%ld, tms_cutime=%ld, tms_cstime=%ld}",
		  (long)tms.tms_utime, (long)tms.tms_stime, (long)tms.tms_cutime,
		  (long)tms.tms_cstime);
}

TRACE_DECODER(utimbuf)
{
	GET(struct utimbuf, times);
	trace_put(line, "{actime=%ld", (long)times.actime);
	put_comment_date(line, times.actime, 0);
	trace_put(line, ", modtime=%ld", (long)times.modtime);
	put_comment_date(line, times.modtime, 0);
	trace_put(line, "}");
}

TRACE_DECODER(rusage)
{
	if (!line->result && trace_call_is(line, "wait4")) {
		trace_put_addr(line, addr);
		return;
	}
	GET(struct rusage, ru);
	trace_put(line,
		  "{ru_utime={tv_sec=%ld, tv_usec=%ld}, ru_stime={tv_sec=%ld, tv_usec=%ld}, ...}",
		  (long)ru.ru_utime.tv_sec, (long)ru.ru_utime.tv_usec, (long)ru.ru_stime.tv_sec,
		  (long)ru.ru_stime.tv_usec);
}

static void put_limit(struct trace_line *line, unsigned long limit)
{
	if (limit == ~0ul)
		trace_put(line, "RLIM64_INFINITY");
	else if (limit > 1024 && limit % 1024 == 0)
		trace_put(line, "%lu*1024", limit / 1024);
	else
		trace_put(line, "%lu", limit);
}

TRACE_DECODER(rlimit)
{
	GET(struct rlimit, limit);
	trace_put(line, "{rlim_cur=");
	put_limit(line, limit.rlim_cur);
	trace_put(line, ", rlim_max=");
	put_limit(line, limit.rlim_max);
	trace_put(line, "}");
}

TRACE_DECODER(sysinfo)
{
	GET(struct sysinfo, si);
	trace_put(line, "{uptime=%lu, loads=[%lu, %lu, %lu]", (unsigned long)si.uptime, si.loads[0],
		  si.loads[1], si.loads[2]);
	trace_put(line, ", totalram=%lu, freeram=%lu, sharedram=%lu, bufferram=%lu", si.totalram,
		  si.freeram, si.sharedram, si.bufferram);
	trace_put(line, ", totalswap=%lu, freeswap=%lu, procs=%u, totalhigh=%lu, freehigh=%lu",
		  si.totalswap, si.freeswap, si.procs, si.totalhigh, si.freehigh);
	trace_put(line, ", mem_unit=%u}", si.mem_unit);
}

TRACE_DECODER(utsname)
{
	char name[65];

	(void)arg, (void)count;
	if (!trace_get(line, name, addr, sizeof(name)))
		return;
	trace_put(line, "{sysname=");
	trace_put_quoted(line, name, strnlen(name, sizeof(name)), false);
	trace_put(line, ", nodename=");
	if (!trace_get(line, name, addr + sizeof(name), sizeof(name)))
		return;
	trace_put_quoted(line, name, strnlen(name, sizeof(name)), false);
	trace_put(line, ", ...}");
}

TRACE_DECODER(sigaction)
{
	GET(struct sigaction, act);
	unsigned long handler = (unsigned long)act.sa_handler;

	trace_put(line, "{sa_handler=");
	if (handler == (unsigned long)SIG_DFL)
		trace_put(line, "SIG_DFL");
	else if (handler == (unsigned long)SIG_IGN)
		trace_put(line, "SIG_IGN");
	else
		trace_put_addr(line, handler);
	trace_put(line, ", sa_mask=");
	trace_put_sigset(line, act.sa_mask);
	trace_put(line, ", sa_flags=");
	trace_put_flags(line, &flag_set_sigaction, act.sa_flags);
	if (act.sa_flags & SA_RESTORER) {
		trace_put(line, ", sa_restorer=");
		trace_put_addr(line, (unsigned long)act.sa_restorer);
	}
	trace_put(line, "}");
}

TRACE_DECODER(sigset)
{
	unsigned long set = 0;

	(void)arg;
	if (count != sizeof(set))
		trace_put_addr(line, addr);
	else if (trace_get(line, &set, addr, sizeof(set)))
		trace_put_sigset(line, set);
}

TRACE_DECODER(sigset_arg)
{
	unsigned long pack[2];

	(void)arg, (void)count;
	if (!trace_get(line, pack, addr, sizeof(pack)))
		return;
	trace_put(line, "{sigmask=");
	if (pack[0])
		trace_decode_sigset(line, pack[0], arg, pack[1]);
	else
		trace_put(line, "NULL");
	trace_put(line, ", sigsetsize=%lu}", pack[1]);
}

TRACE_DECODER(stack)
{
	GET(struct sigaltstack, ss);
	trace_put(line, "{ss_sp=");
	trace_put_addr(line, (unsigned long)ss.ss_sp);
	trace_put(line, ", ss_flags=");
	trace_put_flags(line, &flag_set_sigaltstack, (unsigned)ss.ss_flags);
	trace_put(line, ", ss_size=%lu}", (unsigned long)ss.ss_size);
}

TRACE_DECODER(sched_param)
{
	GET(struct sched_param, param);
	trace_put(line, "[%d]", param.sched_priority);
}

TRACE_DECODER(clone_args)
{
	struct clone_args args = {0};

	(void)arg;
	if (!trace_get(line, &args, addr, count < sizeof(args) ? count : sizeof(args)))
		return;
	trace_put(line, "{flags=");
	trace_put_flags(line, &flag_set_clone3, args.flags);
	if (args.flags & CLONE_PIDFD)
		trace_put(line, ", pidfd=%#lx", (unsigned long)args.pidfd);
	if (args.flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID))
		trace_put(line, ", child_tid=%#lx", (unsigned long)args.child_tid);
	if (args.flags & CLONE_PARENT_SETTID)
		trace_put(line, ", parent_tid=%#lx", (unsigned long)args.parent_tid);
	trace_put(line, ", exit_signal=");
	trace_put_signal(line, (unsigned)args.exit_signal);
	trace_put(line, ", stack=");
	trace_put_addr(line, args.stack);
	trace_put(line, ", stack_size=%#lx", (unsigned long)args.stack_size);
	if (args.flags & CLONE_SETTLS)
		trace_put(line, ", tls=%#lx", (unsigned long)args.tls);
	trace_put(line, "}");
}

TRACE_DECODER(open_how)
{
	struct open_how how = {0};

	(void)arg;
	if (!trace_get(line, &how, addr, count < sizeof(how) ? count : sizeof(how)))
		return;
	trace_put(line, "{flags=");
	trace_put_flags(line, &flag_set_open, how.flags);
	trace_put(line, ", resolve=%#lx}", (unsigned long)how.resolve);
}

TRACE_DECODER(cap_header)
{
	GET(struct __user_cap_header_struct, header);
	trace_put(line, "{version=");
	trace_put_enum(line, &flag_set_cap_version, header.version);
	trace_put(line, ", pid=%d}", header.pid);
}

static void put_caps(struct trace_line *line, const char *name, u64 caps)
{
	const char *gap = "";
	unsigned cap;

	trace_put(line, "%s=", name);
	if (!caps)
		trace_put(line, "0");
	for (cap = 0; cap < 64; cap++) {
		const char *text = trace_name_of(&flag_set_capability, cap);

		if (!(caps >> cap & 1))
			continue;
		if (text)
			trace_put(line, "%s1<<%s", gap, text);
		else
			trace_put(line, "%s1<<%u", gap, cap);
		gap = "|";
	}
}

/* Two structures: the lower and the upper 32 capabilities. */
TRACE_DECODER(cap_data)
{
	struct __user_cap_data_struct data[2];

	(void)arg, (void)count;
	if (!trace_get(line, data, addr, sizeof(data)))
		return;
	put_caps(line, "{effective", data[0].effective | (u64)data[1].effective << 32);
	put_caps(line, ", permitted", data[0].permitted | (u64)data[1].permitted << 32);
	put_caps(line, ", inheritable", data[0].inheritable | (u64)data[1].inheritable << 32);
	trace_put(line, "}");
}

/* Nothing was written when no child was waiting. */
TRACE_DECODER(wait_status)
{
	int status;

	(void)arg, (void)count;
	if (line->result == 0) {
		trace_put_addr(line, addr);
		return;
	}
	if (!trace_get(line, &status, addr, sizeof(status)))
		return;
	if ((status & 0x7f) == 0) {
		trace_put(line, "[{WIFEXITED(s) && WEXITSTATUS(s) == %d}]", status >> 8 & 0xff);
	} else if (status == 0xffff) {
		trace_put(line, "[{WIFCONTINUED(s)}]");
	} else if ((status & 0xff) == 0x7f) {
		trace_put(line, "[{WIFSTOPPED(s) && WSTOPSIG(s) == ");
		trace_put_signal(line, (unsigned)status >> 8 & 0xff);
		trace_put(line, "}]");
	} else {
		trace_put(line, "[{WIFSIGNALED(s) && WTERMSIG(s) == ");
		trace_put_signal(line, (unsigned)status & 0x7f);
		trace_put(line, status & 0x80 ? " && WCOREDUMP(s)}]" : "}]");
	}
}

TRACE_DECODER(int_ptr)
{
	GET(int, value);
	trace_put(line, "[%d]", value);
}

TRACE_DECODER(uint_ptr)
{
	GET(unsigned, value);
	trace_put(line, "[%u]", value);
}

TRACE_DECODER(long_ptr)
{
	GET(long, value);
	trace_put(line, "[%ld]", value);
}

TRACE_DECODER(time_ptr)
{
	GET(long, value);
	trace_put(line, "[%ld /* ", value);
	trace_put_date(line, value);
	trace_put(line, "+0000 */]");
}

TRACE_DECODER(addr_ptr)
{
	GET(unsigned long, value);
	trace_put(line, "[");
	trace_put_addr(line, value);
	trace_put(line, "]");
}

TRACE_DECODER(fdpair)
{
	int fds[2];

	(void)arg, (void)count;
	if (trace_get(line, fds, addr, sizeof(fds)))
		trace_put(line, "[%d, %d]", fds[0], fds[1]);
}

static const struct flag_set *code_names(int sig, int code)
{
	if (code <= 0 || code == SI_KERNEL)
		return &flag_set_si_code;
	switch (sig) {
	case SIGILL:
		return &flag_set_si_code_ill;
	case SIGFPE:
		return &flag_set_si_code_fpe;
	case SIGSEGV:
		return &flag_set_si_code_segv;
	case SIGBUS:
		return &flag_set_si_code_bus;
	case SIGTRAP:
		return &flag_set_si_code_trap;
	case SIGCHLD:
		return &flag_set_si_code_chld;
	case SIGPOLL:
		return &flag_set_si_code_poll;
	default:
		return &flag_set_si_code;
	}
}

static void put_child_info(struct trace_line *line, const struct siginfo *si)
{
	trace_put(line, ", si_pid=%d, si_uid=%u, si_status=", si->si_pid, si->si_uid);
	if (si->si_code == CLD_EXITED)
		trace_put(line, "%d", si->si_status);
	else
		trace_put_signal(line, (unsigned)si->si_status);
	trace_put(line, ", si_utime=%lu, si_stime=%lu", (unsigned long)si->si_utime,
		  (unsigned long)si->si_stime);
}

static void put_value(struct trace_line *line, const struct siginfo *si)
{
	trace_put(line, ", si_int=%d, si_ptr=", si->si_int);
	trace_put_addr(line, (unsigned long)si->si_ptr);
}

static void put_sender_info(struct trace_line *line, const struct siginfo *si)
{
	trace_put(line, ", si_pid=%d, si_uid=%u", si->si_pid, si->si_uid);
	if (si->si_code != SI_USER && si->si_code != SI_TKILL && si->si_ptr)
		put_value(line, si);
}

void trace_put_siginfo(struct trace_line *line, const void *info)
{
	const struct siginfo *si = info;
	bool is_fault = si->si_signo == SIGILL || si->si_signo == SIGFPE ||
			si->si_signo == SIGSEGV || si->si_signo == SIGBUS;

	if (si->si_signo == 0 && si->si_code == 0) {
		trace_put(line, "{}");
		return;
	}
	trace_put(line, "{si_signo=");
	trace_put_signal(line, (unsigned)si->si_signo);
	trace_put(line, ", si_code=");
	trace_put_enum(line, code_names(si->si_signo, si->si_code), (unsigned)si->si_code);
	if (si->si_code > 0 && si->si_code != SI_KERNEL && si->si_signo == SIGCHLD)
		put_child_info(line, si);
	else if (si->si_code > 0 && is_fault) {
		trace_put(line, ", si_addr=");
		trace_put_addr(line, (unsigned long)si->si_addr);
	} else if (si->si_code <= 0 && si->si_code != SI_TIMER)
		put_sender_info(line, si);
	trace_put(line, "}");
}

TRACE_DECODER(siginfo)
{
	GET(struct siginfo, si);
	trace_put_siginfo(line, &si);
}
