/*
 * Calls whose arguments depend on each other, or that strace(1) prints in an order of its own, and
 * what follows a result in parentheses. Called by trace_decode.c.
 */
#include "lib/printf.h"
#include "lib/string.h"
#include "sys/trace_format.h"
#include <asm/ioctls.h>
#include <asm/prctl.h>
#include <asm/termbits.h>
#include <linux/fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <linux/mman.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/stat.h>
#include <linux/termios.h>
#include <linux/time.h>

bool trace_call_is(const struct trace_line *line, const char *name)
{
	return strcmp(line->desc->name, name) == 0;
}

static bool fcntl_has_no_arg(unsigned cmd)
{
	return cmd == F_GETFD || cmd == F_GETFL || cmd == F_GETOWN || cmd == F_GETSIG ||
	       cmd == F_GETLEASE || cmd == F_GETPIPE_SZ || cmd == F_GET_SEALS;
}

static bool prctl_has_arg(unsigned option, unsigned index)
{
	switch (option) {
	case PR_GET_DUMPABLE:
	case PR_GET_KEEPCAPS:
	case PR_GET_SECCOMP:
	case PR_GET_SECUREBITS:
	case PR_GET_TIMERSLACK:
	case PR_GET_TIMING:
		return false;
	case PR_SET_PDEATHSIG:
	case PR_GET_PDEATHSIG:
	case PR_SET_DUMPABLE:
	case PR_SET_KEEPCAPS:
	case PR_SET_NAME:
	case PR_GET_NAME:
	case PR_CAPBSET_READ:
	case PR_CAPBSET_DROP:
	case PR_SET_SECUREBITS:
	case PR_SET_TIMERSLACK:
	case PR_SET_CHILD_SUBREAPER:
	case PR_GET_CHILD_SUBREAPER:
	case PR_GET_TID_ADDRESS:
		return index == 1;
	default:
		return true;
	}
}

bool trace_arg_is_shown(const struct trace_line *line, unsigned index)
{
	const struct arg_desc *arg = &line->desc->args[index];

	if (arg->decoder == DECODE_MODE && index > 0 &&
	    line->desc->args[index - 1].set == &flag_set_open) {
		unsigned long flags = line->args[index - 1];

		return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
	}
	if (arg->decoder == DECODE_DEV && index > 0 &&
	    line->desc->args[index - 1].decoder == DECODE_FILEMODE)
		return S_ISCHR(line->args[index - 1]) || S_ISBLK(line->args[index - 1]);
	if (arg->decoder == DECODE_FCNTL_ARG)
		return !fcntl_has_no_arg((unsigned)line->args[1]);
	if (arg->decoder == DECODE_PRCTL_ARG)
		return prctl_has_arg((unsigned)line->args[0], index);
	if (trace_call_is(line, "membarrier") && index == 2)
		return line->args[1] & MEMBARRIER_CMD_FLAG_CPU;
	if (trace_call_is(line, "mremap") && index == 4)
		return line->args[3] & (MREMAP_FIXED | MREMAP_DONTUNMAP);
	if (trace_call_is(line, "reboot") && index == 3)
		return (unsigned)line->args[2] == LINUX_REBOOT_CMD_RESTART2;
	/* The halves of a file position are one number to strace; the upper one says nothing here.
	 */
	if (index == 4 && strcmp(arg->name, "pos_h") == 0)
		return false;
	return true;
}

bool trace_arg_is_filled(const struct trace_line *line, const struct arg_desc *arg)
{
	unsigned cmd = (unsigned)line->args[arg->decoder == DECODE_FCNTL_ARG ||
					    arg->decoder == DECODE_IOCTL_ARG];

	switch (arg->decoder) {
	case DECODE_FCNTL_ARG:
		return cmd == F_GETLK || cmd == F_OFD_GETLK || cmd == F_GETOWN_EX;
	case DECODE_IOCTL_ARG:
		return cmd != TCSETS && cmd != TCSETSW && cmd != TCSETSF && cmd != TIOCSWINSZ &&
		       cmd != TIOCSPGRP && cmd != TIOCSCTTY && cmd != FIONBIO && cmd != FIOASYNC;
	case DECODE_PRCTL_ARG:
		return cmd == PR_GET_NAME || cmd == PR_GET_PDEATHSIG ||
		       cmd == PR_GET_CHILD_SUBREAPER || cmd == PR_GET_TID_ADDRESS;
	default:
		return cmd == ARCH_GET_FS || cmd == ARCH_GET_GS;
	}
}

static void put_flock(struct trace_line *line, unsigned long addr)
{
	struct flock lock;

	if (!trace_get(line, &lock, addr, sizeof(lock)))
		return;
	trace_put(line, "{l_type=");
	trace_put_enum(line, &flag_set_lock_type, (unsigned short)lock.l_type);
	trace_put(line, ", l_whence=");
	trace_put_enum(line, &flag_set_seek, (unsigned short)lock.l_whence);
	trace_put(line, ", l_start=%ld, l_len=%ld", (long)lock.l_start, (long)lock.l_len);
	if (line->is_exit && (line->args[1] == F_GETLK || line->args[1] == F_OFD_GETLK))
		trace_put(line, ", l_pid=%d", lock.l_pid);
	trace_put(line, "}");
}

TRACE_DECODER(fcntl_arg)
{
	(void)arg, (void)count;
	switch (line->args[1]) {
	case F_SETFD:
		trace_put_flags(line, &flag_set_fd_flags, addr);
		break;
	case F_SETFL:
		trace_put_flags(line, &flag_set_open, addr);
		break;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		put_flock(line, addr);
		break;
	case F_SETSIG:
		trace_put_signal(line, (unsigned)addr);
		break;
	case F_ADD_SEALS:
		trace_put_flags(line, &flag_set_seals, addr);
		break;
	case F_SETLEASE:
		trace_put_enum(line, &flag_set_lock_type, addr);
		break;
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
	case F_SETOWN:
	case F_SETPIPE_SZ:
		trace_put(line, "%d", (int)addr);
		break;
	default:
		trace_put(line, "%#lx", addr);
	}
}

TRACE_DECODER(ioctl_cmd)
{
	static const char *const directions[] = {"_IOC_NONE", "_IOC_WRITE", "_IOC_READ",
						 "_IOC_READ|_IOC_WRITE"};
	const char *name = trace_name_of(&flag_set_ioctl, (unsigned)addr);

	(void)arg, (void)count;
	if (name)
		trace_put(line, "%s", name);
	else
		trace_put(line, "_IOC(%s, %#lx, %#lx, %#lx)", directions[addr >> 30 & 3],
			  addr >> 8 & 0xff, addr & 0xff, addr >> 16 & 0x3fff);
}

static void put_termios(struct trace_line *line, unsigned long addr)
{
	static const unsigned short speeds[] = {0,   50,   75,	 110,  134,  150,  200,	  300,
						600, 1200, 1800, 2400, 4800, 9600, 19200, 38400};
	struct termios tio;
	unsigned long speed;

	if (!trace_get(line, &tio, addr, sizeof(tio)))
		return;
	speed = tio.c_cflag & CBAUD;
	if (speed < ARRAY_SIZE(speeds))
		trace_put(line, "{B%u", speeds[speed]);
	else
		trace_put(line, "{%#lo", speed);
	trace_put(line, " %sopost %sisig %sicanon %secho ...}", tio.c_oflag & OPOST ? "" : "-",
		  tio.c_lflag & ISIG ? "" : "-", tio.c_lflag & ICANON ? "" : "-",
		  tio.c_lflag & ECHO ? "" : "-");
}

TRACE_DECODER(ioctl_arg)
{
	struct winsize ws;
	bool is_known = !trace_failed(line);

	switch ((unsigned)line->args[1]) {
	case TCGETS:
		if (!is_known || !addr)
			break;
		put_termios(line, addr);
		return;
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		if (!addr)
			break;
		put_termios(line, addr);
		return;
	case TIOCGWINSZ:
		if (!is_known || !addr)
			break;
		/* fallthrough */
	case TIOCSWINSZ:
		if (addr && trace_get(line, &ws, addr, sizeof(ws)))
			trace_put(line, "{ws_row=%u, ws_col=%u, ws_xpixel=%u, ws_ypixel=%u}",
				  ws.ws_row, ws.ws_col, ws.ws_xpixel, ws.ws_ypixel);
		return;
	case FIONREAD:
	case TIOCOUTQ:
	case TIOCGPGRP:
	case TIOCGSID:
	case TIOCGPTN:
		if (!is_known || !addr)
			break;
		/* fallthrough */
	case TIOCSPGRP:
	case FIONBIO:
	case FIOASYNC:
	case TIOCSPTLCK:
		if (!addr)
			break;
		trace_decode_int_ptr(line, addr, arg, count);
		return;
	case TIOCSCTTY:
		trace_put(line, "%d", (int)addr);
		return;
	case TCFLSH:
	case TCXONC:
	case TCSBRK:
		trace_put(line, "%d", (int)addr);
		return;
	}
	if (trace_name_of(&flag_set_ioctl, (unsigned)line->args[1]))
		trace_put_addr(line, addr);
	else
		trace_put(line, "%#lx", addr);
}

TRACE_DECODER(prctl_arg)
{
	bool is_first = arg == &line->desc->args[1];

	switch (is_first ? line->args[0] : 0) {
	case PR_SET_NAME:
	case PR_GET_NAME:
		if (line->args[0] == PR_GET_NAME && trace_failed(line))
			trace_put_addr(line, addr);
		else
			trace_put_string(line, addr, 15);
		return;
	case PR_SET_PDEATHSIG:
		trace_put_signal(line, (unsigned)addr);
		return;
	case PR_GET_PDEATHSIG:
		if (!addr || trace_failed(line)) {
			trace_put_addr(line, addr);
		} else {
			int sig = 0;

			trace_put(line, "[");
			if (trace_get(line, &sig, addr, sizeof(sig)))
				trace_put_signal(line, (unsigned)sig);
			trace_put(line, "]");
		}
		return;
	case PR_GET_CHILD_SUBREAPER:
		if (!addr || trace_failed(line))
			trace_put_addr(line, addr);
		else
			trace_decode_int_ptr(line, addr, arg, count);
		return;
	case PR_CAPBSET_READ:
	case PR_CAPBSET_DROP:
		trace_put_enum(line, &flag_set_capability, addr);
		return;
	case PR_SET_DUMPABLE:
		trace_put_enum(line, &flag_set_dumpable, addr);
		return;
	case PR_SET_KEEPCAPS:
	case PR_SET_CHILD_SUBREAPER:
	case PR_SET_NO_NEW_PRIVS:
	case PR_SET_TIMERSLACK:
		trace_put(line, "%lu", addr);
		return;
	default:
		trace_put(line, "%#lx", addr);
	}
}

TRACE_DECODER(arch_prctl_arg)
{
	bool is_get = line->args[0] == ARCH_GET_FS || line->args[0] == ARCH_GET_GS;

	if (is_get && addr && !trace_failed(line))
		trace_decode_addr_ptr(line, addr, arg, count);
	else
		trace_put_addr(line, addr);
}

static void put_clone_flags(struct trace_line *line, unsigned long flags)
{
	unsigned sig = flags & CSIGNAL;

	flags &= ~(unsigned long)CSIGNAL & 0xffffffffu;
	if (flags || !sig)
		trace_put_flags(line, &flag_set_clone, flags);
	if (sig) {
		trace_put(line, flags ? "|" : "");
		trace_put_signal(line, sig);
	}
}

/* clone(child_stack=NULL, flags=..., parent_tid=[1], tls=0x.., child_tidptr=0x..) */
static void put_clone(struct trace_line *line)
{
	unsigned long flags = line->args[0];

	if (!line->is_exit) {
		trace_put(line, "child_stack=");
		trace_put_addr(line, line->args[1]);
		trace_put(line, ", flags=");
		put_clone_flags(line, flags);
		if (!(flags & (CLONE_PARENT_SETTID | CLONE_PIDFD | CLONE_CHILD_SETTID |
			       CLONE_CHILD_CLEARTID | CLONE_SETTLS)))
			line->next_arg = line->desc->nargs;
		return;
	}
	if (flags & CLONE_PARENT_SETTID) {
		trace_put(line, ", parent_tid=");
		if (trace_failed(line) || !line->args[2])
			trace_put_addr(line, line->args[2]);
		else
			trace_decode_int_ptr(line, line->args[2], NULL, 0);
	}
	if (flags & CLONE_SETTLS) {
		trace_put(line, ", tls=");
		trace_put_addr(line, line->args[4]);
	}
	if (flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)) {
		trace_put(line, ", child_tidptr=");
		trace_put_addr(line, line->args[3]);
	}
}

/* clone3({flags=...} => {parent_tid=[7]}, 88): what was written stands behind what was read. */
static void put_clone3(struct trace_line *line)
{
	struct clone_args args = {0};
	size_t size = MIN(line->args[1], sizeof(args));

	if (!line->is_exit) {
		if (line->args[0])
			trace_decode_clone_args(line, line->args[0], NULL, line->args[1]);
		else
			trace_put(line, "NULL");
		return;
	}
	if (!trace_failed(line) && !line->copy_in(&args, line->args[0], size)) {
		const char *gap = " => {";
		int value;

		if ((args.flags & CLONE_PIDFD) &&
		    !line->copy_in(&value, args.pidfd, sizeof(value))) {
			trace_put(line, "%spidfd=[%d]", gap, value);
			gap = ", ";
		}
		if ((args.flags & CLONE_PARENT_SETTID) &&
		    !line->copy_in(&value, args.parent_tid, sizeof(value))) {
			trace_put(line, "%sparent_tid=[%d]", gap, value);
			gap = ", ";
		}
		trace_put(line, *gap == ',' ? "}" : "");
	}
	trace_put(line, ", %lu", line->args[1]);
}

static void put_futex_timeout(struct trace_line *line)
{
	trace_put(line, ", ");
	if (line->args[3])
		trace_decode_timespec(line, line->args[3], &line->desc->args[3], 0);
	else
		trace_put(line, "NULL");
}

static void put_bitset(struct trace_line *line, unsigned long bits)
{
	if ((unsigned)bits == FUTEX_BITSET_MATCH_ANY)
		trace_put(line, ", FUTEX_BITSET_MATCH_ANY");
	else
		trace_put(line, ", %#x", (unsigned)bits);
}

static void put_futex_pair(struct trace_line *line)
{
	trace_put(line, ", %u, %u, ", (unsigned)line->args[2], (unsigned)line->args[3]);
	trace_put_addr(line, line->args[4]);
}

static void put_futex_wake_op(struct trace_line *line)
{
	static const char *const ops[] = {"FUTEX_OP_SET", "FUTEX_OP_ADD", "FUTEX_OP_OR",
					  "FUTEX_OP_ANDN", "FUTEX_OP_XOR"};
	static const char *const cmps[] = {"FUTEX_OP_CMP_EQ", "FUTEX_OP_CMP_NE", "FUTEX_OP_CMP_LT",
					   "FUTEX_OP_CMP_LE", "FUTEX_OP_CMP_GT", "FUTEX_OP_CMP_GE"};
	unsigned op = line->args[5] >> 28 & 7, cmp = line->args[5] >> 24 & 0xf;

	put_futex_pair(line);
	trace_put(line, ", %s", line->args[5] >> 31 & 1 ? "FUTEX_OP_OPARG_SHIFT<<28|" : "");
	if (op < ARRAY_SIZE(ops))
		trace_put(line, "%s<<28", ops[op]);
	else
		trace_put(line, "%#x<<28 /* FUTEX_OP_??? */", op);
	trace_put(line, "|%#lx<<12|", line->args[5] >> 12 & 0xfff);
	if (cmp < ARRAY_SIZE(cmps))
		trace_put(line, "%s<<24", cmps[cmp]);
	else
		trace_put(line, "%#x<<24 /* FUTEX_OP_CMP_??? */", cmp);
	trace_put(line, "|%#lx", line->args[5] & 0xfff);
}

static void put_futex(struct trace_line *line)
{
	line->next_arg = line->desc->nargs;
	trace_put_addr(line, line->args[0]);
	trace_put(line, ", ");
	trace_put_flags(line, &flag_set_futex, (unsigned)line->args[1]);
	switch (line->args[1] & FUTEX_CMD_MASK & 0xffffffffu) {
	case FUTEX_WAKE:
	case FUTEX_FD:
		trace_put(line, ", %u", (unsigned)line->args[2]);
		break;
	case FUTEX_WAIT:
		trace_put(line, ", %u", (unsigned)line->args[2]);
		put_futex_timeout(line);
		break;
	case FUTEX_WAIT_BITSET:
		trace_put(line, ", %u", (unsigned)line->args[2]);
		put_futex_timeout(line);
		put_bitset(line, line->args[5]);
		break;
	case FUTEX_WAKE_BITSET:
		trace_put(line, ", %u", (unsigned)line->args[2]);
		put_bitset(line, line->args[5]);
		break;
	case FUTEX_REQUEUE:
		put_futex_pair(line);
		break;
	case FUTEX_CMP_REQUEUE:
	case FUTEX_CMP_REQUEUE_PI:
		put_futex_pair(line);
		trace_put(line, ", %u", (unsigned)line->args[5]);
		break;
	case FUTEX_WAKE_OP:
		put_futex_wake_op(line);
		break;
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		put_futex_timeout(line);
		break;
	case FUTEX_UNLOCK_PI:
	case FUTEX_TRYLOCK_PI:
		break;
	case FUTEX_WAIT_REQUEUE_PI:
		trace_put(line, ", %u", (unsigned)line->args[2]);
		put_futex_timeout(line);
		trace_put(line, ", ");
		trace_put_addr(line, line->args[4]);
		break;
	default:
		trace_put(line, ", %u", (unsigned)line->args[2]);
		put_futex_timeout(line);
		trace_put(line, ", ");
		trace_put_addr(line, line->args[4]);
		trace_put(line, ", %u", (unsigned)line->args[5]);
	}
}

bool trace_put_special(struct trace_line *line)
{
	if (trace_call_is(line, "clone")) {
		put_clone(line);
		return true;
	}
	if (trace_call_is(line, "clone3")) {
		put_clone3(line);
		return true;
	}
	if (trace_call_is(line, "futex")) {
		if (!line->is_exit)
			put_futex(line);
		return true;
	}
	if (trace_call_is(line, "restart_syscall")) {
		if (!line->is_exit)
			trace_put(line, "<... resuming interrupted %s ...>",
				  line->interrupted_name ? line->interrupted_name : "system call");
		return true;
	}
	if (trace_call_is(line, "rt_sigreturn")) {
		if (line->is_exit) {
			trace_put(line, "{mask=");
			trace_put_sigset(line, line->args[0]);
			trace_put(line, "}");
		}
		return true;
	}
	return false;
}

static void put_ready_fds(struct trace_line *line)
{
	unsigned long addr = line->args[0], count = (unsigned)line->args[1], i;
	const char *gap = "";
	struct pollfd pfd;

	trace_put(line, " ([");
	for (i = 0; i < count; i++) {
		if (line->copy_in(&pfd, addr + i * sizeof(pfd), sizeof(pfd)))
			break;
		if (pfd.fd < 0 || !pfd.revents)
			continue;
		trace_put(line, "%s{fd=%d, revents=", gap, pfd.fd);
		trace_put_flags(line, &flag_set_poll, (unsigned short)pfd.revents);
		trace_put(line, "}");
		gap = ", ";
	}
	trace_put(line, "]");
}

static bool put_ready_set(struct trace_line *line, const char *name, unsigned long addr,
			  bool is_first)
{
	unsigned long word = 0, fd;
	const char *gap = "";

	for (fd = 0; addr && fd < line->args[0] && fd < 65536; fd++) {
		if (fd % 64 == 0 && line->copy_in(&word, addr + fd / 8, sizeof(word)))
			break;
		if (!(word >> fd % 64 & 1))
			continue;
		if (!*gap)
			trace_put(line, "%s%s [", is_first ? " (" : ", ", name);
		trace_put(line, "%s%lu", gap, fd);
		gap = " ";
	}
	if (*gap)
		trace_put(line, "]");
	return *gap;
}

static void put_select_result(struct trace_line *line, trace_decoder put_timeout)
{
	static const char *const names[] = {"in", "out", "except"};
	bool is_first = true;
	unsigned i;

	if (line->result == 0) {
		trace_put(line, " (Timeout)");
		return;
	}
	for (i = 0; i < 3; i++) {
		if (put_ready_set(line, names[i], line->args[i + 1], is_first))
			is_first = false;
	}
	if (line->args[4]) {
		trace_put(line, "%sleft ", is_first ? " (" : ", ");
		put_timeout(line, line->args[4], &line->desc->args[4], 0);
		is_first = false;
	}
	if (!is_first)
		trace_put(line, ")");
}

static void put_fcntl_result(struct trace_line *line)
{
	unsigned long result = (unsigned long)line->result;

	switch ((unsigned)line->args[1]) {
	case F_GETFD:
		trace_put(line, "%#lx", result);
		if (result) {
			trace_put(line, " (flags ");
			trace_put_flags(line, &flag_set_fd_flags, result);
			trace_put(line, ")");
		}
		break;
	case F_GETFL:
		trace_put(line, "%#lx (flags ", result);
		trace_put_flags(line, &flag_set_open, result);
		trace_put(line, ")");
		break;
	case F_GETSIG:
	case F_GETLEASE:
	case F_GET_SEALS:
		trace_put(line, "%#lx", result);
		break;
	default:
		trace_put(line, "%ld", line->result);
	}
}

static void put_poll_result(struct trace_line *line)
{
	if (line->result == 0) {
		trace_put(line, " (Timeout)");
		return;
	}
	put_ready_fds(line);
	if (trace_call_is(line, "ppoll") && line->args[2]) {
		trace_put(line, ", left ");
		trace_decode_timespec(line, line->args[2], &line->desc->args[2], 0);
	}
	trace_put(line, ")");
}

/* MEMBARRIER_CMD_QUERY: the commands are single bits, and the set names them one by one. */
static void put_membarrier_result(struct trace_line *line)
{
	const char *gap = " (", *name;
	unsigned long bits, bit;

	for (bits = (unsigned long)line->result; bits; bits &= bits - 1) {
		bit = bits & -bits;
		name = trace_name_of(&flag_set_membarrier, bit);
		if (name)
			trace_put(line, "%s%s", gap, name);
		else
			trace_put(line, "%s%#lx", gap, bit);
		gap = "|";
	}
	trace_put(line, line->result ? ")" : "");
}

void trace_put_auxiliary(struct trace_line *line)
{
	if (trace_call_is(line, "fcntl")) {
		put_fcntl_result(line);
	} else if (trace_call_is(line, "poll") || trace_call_is(line, "ppoll")) {
		put_poll_result(line);
	} else if (trace_call_is(line, "select")) {
		put_select_result(line, trace_decode_timeval);
	} else if (trace_call_is(line, "pselect6")) {
		put_select_result(line, trace_decode_timespec);
	} else if (trace_call_is(line, "time")) {
		trace_put(line, " (");
		trace_put_date(line, line->result);
		trace_put(line, "+0000)");
	} else if (trace_call_is(line, "personality")) {
		trace_put(line, " (");
		trace_put_flags(line, &flag_set_personality, (unsigned)line->result);
		trace_put(line, ")");
	} else if (trace_call_is(line, "sched_getscheduler")) {
		trace_put(line, " (");
		trace_put_enum(line, &flag_set_sched_policy, (unsigned long)line->result);
		trace_put(line, ")");
	} else if (trace_call_is(line, "rt_sigtimedwait") && line->result > 0) {
		trace_put(line, " (");
		trace_put_signal(line, (unsigned)line->result);
		trace_put(line, ")");
	} else if (trace_call_is(line, "membarrier") && !line->args[0]) {
		put_membarrier_result(line);
	} else if (trace_call_is(line, "prctl") && line->args[0] == PR_GET_DUMPABLE) {
		trace_put(line, " (");
		trace_put_enum(line, &flag_set_dumpable, (unsigned long)line->result);
		trace_put(line, ")");
	}
}
