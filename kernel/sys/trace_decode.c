/*
 * The arguments and the result of a call as strace(1) prints them. Called by sys/trace.c;
 * structures are in trace_struct.c and trace_array.c, calls with their own order in trace_call.c.
 */
#include "lib/printf.h"
#include "lib/string.h"
#include "sys/trace_format.h"
#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/kdev_t.h>
#include <linux/limits.h>
#include <linux/stat.h>

#define RESULT_COLUMN  40
#define RESULT_RESERVE 640
#define FIRST_RT_SIG   32
#define LAST_SIG       64

/* Errors the exit path resolves; user space never sees them (include/linux/errno.h of Linux). */
#define ERESTARTSYS_K		512
#define ERESTARTNOINTR_K	513
#define ERESTARTNOHAND_K	514
#define ERESTART_RESTARTBLOCK_K 516

void trace_put(struct trace_line *line, const char *format, ...)
{
	size_t room = line->size - line->reserve - line->length;
	va_list args;
	int length;

	if (room > line->size) { /* only the reserve is left */
		line->is_cut = true;
		return;
	}
	va_start(args, format);
	length = vsnprintf(line->text + line->length, room, format, args);
	va_end(args);
	if (length <= 0)
		return;
	line->is_cut |= (size_t)length >= room;
	line->length += (size_t)length < room ? (size_t)length : room - 1;
}

/* trace_put("%c") without the format: most of a line is made of these. */
static void put_char(struct trace_line *line, char c)
{
	if (line->length + line->reserve + 1 >= line->size) {
		line->is_cut = true;
		return;
	}
	line->text[line->length++] = c;
	line->text[line->length] = '\0';
}

bool trace_get(struct trace_line *line, void *dst, unsigned long addr, size_t n)
{
	if (line->copy_in(dst, addr, n) == 0)
		return true;
	trace_put_addr(line, addr);
	return false;
}

void trace_put_addr(struct trace_line *line, unsigned long addr)
{
	if (addr)
		trace_put(line, "%#lx", addr);
	else
		trace_put(line, "NULL");
}

static void put_octal(struct trace_line *line, unsigned char c, bool has_zeros)
{
	if (has_zeros || c >= 0100)
		put_char(line, (char)('0' + (c >> 6)));
	if (has_zeros || c >= 010)
		put_char(line, (char)('0' + (c >> 3 & 7)));
	put_char(line, (char)('0' + (c & 7)));
}

/* next decides whether a short octal number would run into the digit behind it. */
static void put_escaped(struct trace_line *line, unsigned char c, unsigned char next)
{
	static const char letters[] = "abtnvfr"; /* from 7 */

	if (c < ' ' || c >= 0x7f || c == '"' || c == '\\')
		put_char(line, '\\');
	if (c >= ' ' && c < 0x7f)
		put_char(line, (char)c);
	else if (c >= '\t' && c <= '\r')
		put_char(line, letters[c - 7]);
	else
		put_octal(line, c, next >= '0' && next <= '7');
}

void trace_put_quoted(struct trace_line *line, const char *text, size_t length, bool is_cut)
{
	size_t i;

	trace_put(line, "\"");
	for (i = 0; i < length; i++)
		put_escaped(line, (unsigned char)text[i],
			    i + 1 < length ? (unsigned char)text[i + 1] : 0);
	trace_put(line, is_cut ? "\"..." : "\"");
}

void trace_put_bytes(struct trace_line *line, unsigned long addr, unsigned long length)
{
	char bytes[TRACE_STRING_MAX];
	size_t shown = length < sizeof(bytes) ? length : sizeof(bytes);

	if (!addr)
		trace_put(line, "NULL");
	else if (trace_get(line, bytes, addr, shown))
		trace_put_quoted(line, bytes, shown, shown < length);
}

/* A piece never crosses a page, so that a string may end right below a hole. */
void trace_put_string(struct trace_line *line, unsigned long addr, size_t max_length)
{
	char piece[64];
	size_t start = line->length, done = 0, size, i;
	int held = -1; /* a byte whose escape depends on the next one */

	if (!addr) {
		trace_put(line, "NULL");
		return;
	}
	trace_put(line, "\"");
	for (;; done += size) {
		size = sizeof(piece) - ((addr + done) & (sizeof(piece) - 1));
		if (line->copy_in(piece, addr + done, size)) {
			line->length = start;
			trace_put_addr(line, addr);
			return;
		}
		for (i = 0; i < size; i++) {
			bool is_end = !piece[i] || done + i == max_length;

			if (held >= 0)
				put_escaped(line, (unsigned char)held,
					    is_end ? 0 : (unsigned char)piece[i]);
			if (is_end) {
				trace_put(line, piece[i] ? "\"..." : "\"");
				return;
			}
			held = (unsigned char)piece[i];
		}
	}
}

const char *trace_name_of(const struct flag_set *set, unsigned long value)
{
	unsigned i;

	for (i = 0; i < set->nr_enums; i++) {
		if (set->enums[i].value == value)
			return set->enums[i].name;
	}
	return NULL;
}

void trace_put_enum(struct trace_line *line, const struct flag_set *set, unsigned long value)
{
	const char *name = trace_name_of(set, value);

	if (name)
		trace_put(line, "%s", name);
	else
		trace_put(line, "%#lx /* %s */", value, set->unknown);
}

void trace_put_flags(struct trace_line *line, const struct flag_set *set, unsigned long value)
{
	unsigned long number = value & set->enum_mask, rest = value & ~set->enum_mask;
	bool has_text = false;
	unsigned i;

	if (set->nr_enums && (number || trace_name_of(set, 0))) {
		trace_put_enum(line, set, number);
		has_text = true;
	}
	for (i = 0; i < set->nr_flags; i++) {
		unsigned long bits = set->flags[i].value;

		if (bits ? (rest & bits) == bits : value == 0) {
			trace_put(line, "%s%s", has_text ? "|" : "", set->flags[i].name);
			has_text = true;
			rest &= ~bits;
		}
	}
	if (rest && has_text)
		trace_put(line, "|%#lx", rest);
	else if (rest)
		trace_put(line, "%#lx /* %s */", rest, set->unknown);
	else if (!has_text)
		trace_put(line, "0");
}

void trace_put_signal(struct trace_line *line, unsigned sig)
{
	const char *name = trace_name_of(&flag_set_signal, sig);

	if (name)
		trace_put(line, "%s", name);
	else if (sig == FIRST_RT_SIG)
		trace_put(line, "SIGRTMIN");
	else if (sig > FIRST_RT_SIG && sig <= LAST_SIG)
		trace_put(line, "SIGRT_%u", sig - FIRST_RT_SIG);
	else
		trace_put(line, "%d", (int)sig);
}

static unsigned count_bits(unsigned long bits)
{
	unsigned count = 0;

	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

/* More than two thirds set: the ones that are not, after a tilde. */
void trace_put_sigset(struct trace_line *line, unsigned long set)
{
	bool is_inverted = count_bits(set) >= LAST_SIG * 2 / 3;
	const char *gap = "", *name;
	unsigned sig;

	if (is_inverted)
		set = ~set;
	trace_put(line, is_inverted ? "~[" : "[");
	for (sig = 1; sig <= LAST_SIG; sig++) {
		if (!(set >> (sig - 1) & 1))
			continue;
		name = trace_name_of(&flag_set_signal, sig);
		if (name)
			trace_put(line, "%s%s", gap, name + 3);
		else if (sig == FIRST_RT_SIG)
			trace_put(line, "%sRTMIN", gap);
		else
			trace_put(line, "%sRT_%u", gap, sig - FIRST_RT_SIG);
		gap = " ";
	}
	trace_put(line, "]");
}

void trace_put_mode(struct trace_line *line, unsigned mode)
{
	trace_put(line, "%#03o", mode & 0xffff);
}

void trace_put_file_mode(struct trace_line *line, unsigned mode)
{
	const char *type = trace_name_of(&flag_set_file_type, mode & S_IFMT);

	if (type)
		trace_put(line, "%s|", type);
	else if (mode & S_IFMT)
		trace_put(line, "%#o|", mode & S_IFMT);
	trace_put(line, "%s%s%s%#03o", mode & S_ISUID ? "S_ISUID|" : "",
		  mode & S_ISGID ? "S_ISGID|" : "", mode & S_ISVTX ? "S_ISVTX|" : "", mode & 0777);
}

/* UTC: the kernel knows no time zone. From days to a date as in "chrono-compatible low-level date
 * algorithms": years start in March, so that the leap day is a year's last. */
void trace_put_date(struct trace_line *line, long seconds)
{
	long days = seconds / 86400, rest = seconds % 86400, era, year;
	unsigned long day_of_era, year_of_era, day_of_year, month;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	days += 719468; /* from 0000-03-01 */
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = (unsigned long)(days - era * 146097);
	year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day_of_year + 2) / 153;
	year = (long)year_of_era + era * 400 + (month >= 10);
	trace_put(line, "%04ld-%02lu-%02luT%02ld:%02ld:%02ld", year,
		  month < 10 ? month + 3 : month - 9, day_of_year - (153 * month + 2) / 5 + 1,
		  rest / 3600, rest / 60 % 60, rest % 60);
}

static void put_integer(struct trace_line *line, unsigned long value, const struct arg_desc *arg)
{
	if (arg->ctype == ARG_INT)
		trace_put(line, "%d", (int)value);
	else if (arg->ctype == ARG_UINT)
		trace_put(line, "%u", (unsigned)value);
	else if (arg->ctype == ARG_LONG)
		trace_put(line, "%ld", (long)value);
	else
		trace_put(line, "%lu", value);
}

/* The argument without what its C type drops. */
static unsigned long narrow(unsigned long value, const struct arg_desc *arg)
{
	return arg->ctype == ARG_INT || arg->ctype == ARG_UINT ? (unsigned int)value : value;
}

static void put_dev(struct trace_line *line, unsigned dev)
{
	trace_put(line, "makedev(%#x, %#x)", dev >> 8 & 0xfff,
		  (dev & 0xff) | (dev >> 12 & 0xfff00));
}

static void put_value(struct trace_line *line, unsigned long value, const struct arg_desc *arg)
{
	value = narrow(value, arg);
	switch (arg->decoder) {
	case DECODE_DIRFD:
		if ((int)value == AT_FDCWD)
			trace_put(line, "AT_FDCWD");
		else
			trace_put(line, "%d", (int)value);
		break;
	case DECODE_HEX:
		trace_put(line, "%#lx", value);
		break;
	case DECODE_OFF:
		trace_put(line, "%ld", (long)value);
		break;
	case DECODE_SIG:
		trace_put_signal(line, (unsigned)value);
		break;
	case DECODE_ID:
		if ((int)value == -1)
			trace_put(line, "-1");
		else
			trace_put(line, "%u", (unsigned)value);
		break;
	case DECODE_MODE:
		trace_put_mode(line, (unsigned)value);
		break;
	case DECODE_FILEMODE:
		trace_put_file_mode(line, (unsigned)value);
		break;
	case DECODE_DEV:
		put_dev(line, (unsigned)value);
		break;
	case DECODE_FLAGS:
		if (arg->set == &flag_set_personality && value == 0xffffffff)
			trace_put(line, "%#lx", value); /* asks what it is */
		else
			trace_put_flags(line, arg->set, value);
		break;
	case DECODE_ENUM:
		trace_put_enum(line, arg->set, value);
		break;
	default:
		put_integer(line, value, arg);
	}
}

static const trace_decoder pointer_decoders[] = {
	[DECODE_STAT] = trace_decode_stat,
	[DECODE_STATX] = trace_decode_statx,
	[DECODE_STATFS] = trace_decode_statfs,
	[DECODE_TIMESPEC] = trace_decode_timespec,
	[DECODE_TIMESPEC2] = trace_decode_timespec2,
	[DECODE_TIMEVAL] = trace_decode_timeval,
	[DECODE_TIMEVAL2] = trace_decode_timeval2,
	[DECODE_TIMEZONE] = trace_decode_timezone,
	[DECODE_ITIMERVAL] = trace_decode_itimerval,
	[DECODE_ITIMERSPEC] = trace_decode_itimerspec,
	[DECODE_TMS] = trace_decode_tms,
	[DECODE_UTIMBUF] = trace_decode_utimbuf,
	[DECODE_RUSAGE] = trace_decode_rusage,
	[DECODE_RLIMIT] = trace_decode_rlimit,
	[DECODE_SYSINFO] = trace_decode_sysinfo,
	[DECODE_UTSNAME] = trace_decode_utsname,
	[DECODE_SIGACTION] = trace_decode_sigaction,
	[DECODE_SIGINFO] = trace_decode_siginfo,
	[DECODE_SIGSET] = trace_decode_sigset,
	[DECODE_SIGSET_ARG] = trace_decode_sigset_arg,
	[DECODE_STACK] = trace_decode_stack,
	[DECODE_SCHED_PARAM] = trace_decode_sched_param,
	[DECODE_CLONE_ARGS] = trace_decode_clone_args,
	[DECODE_OPEN_HOW] = trace_decode_open_how,
	[DECODE_CAP_HEADER] = trace_decode_cap_header,
	[DECODE_CAP_DATA] = trace_decode_cap_data,
	[DECODE_WAIT_STATUS] = trace_decode_wait_status,
	[DECODE_INT_PTR] = trace_decode_int_ptr,
	[DECODE_UINT_PTR] = trace_decode_uint_ptr,
	[DECODE_LONG_PTR] = trace_decode_long_ptr,
	[DECODE_TIME_PTR] = trace_decode_time_ptr,
	[DECODE_ADDR_PTR] = trace_decode_addr_ptr,
	[DECODE_FDPAIR] = trace_decode_fdpair,
	[DECODE_POLLFD] = trace_decode_pollfd,
	[DECODE_IOVEC] = trace_decode_iovec,
	[DECODE_FD_SET] = trace_decode_fd_set,
	[DECODE_GID_LIST] = trace_decode_gid_list,
	[DECODE_CPUMASK] = trace_decode_cpumask,
	[DECODE_DIRENT] = trace_decode_dirent,
	[DECODE_DIRENT64] = trace_decode_dirent64,
	[DECODE_MINCORE_VEC] = trace_decode_mincore_vec,
	[DECODE_EPOLL_EVENT] = trace_decode_epoll_event,
	[DECODE_SOCKADDR] = trace_decode_sockaddr,
	[DECODE_MSGHDR] = trace_decode_msghdr,
	[DECODE_STRV] = trace_decode_strv,
	[DECODE_ENVV] = trace_decode_envv,
	[DECODE_TIMESPEC32] = trace_decode_timespec32,
	[DECODE_TIMEVAL32] = trace_decode_timeval32,
	[DECODE_ITIMERVAL32] = trace_decode_itimerval32,
	[DECODE_ITIMERSPEC32] = trace_decode_itimerspec32,
	[DECODE_RLIMIT32] = trace_decode_rlimit32,
	[DECODE_SIGACTION32] = trace_decode_sigaction32,
	[DECODE_STAT64] = trace_decode_stat64,
	[DECODE_IOVEC32] = trace_decode_iovec32,
};

static void put_pointer(struct trace_line *line, unsigned long value, const struct arg_desc *arg,
			unsigned long count)
{
	trace_decoder decoder =
		arg->decoder < ARRAY_SIZE(pointer_decoders) ? pointer_decoders[arg->decoder] : NULL;

	if (!value)
		trace_put(line, "NULL");
	else if (trace_failed(line) && !(arg->direction & ARG_IN) && arg->decoder != DECODE_IOVEC &&
		 !(trace_is_rest(line, arg) && trace_is_restart(line)))
		trace_put_addr(line, value);
	else if (decoder)
		decoder(line, value, arg, count);
	else
		trace_put_addr(line, value);
}

void trace_put_arg(struct trace_line *line, unsigned index)
{
	const struct arg_desc *arg = &line->desc->args[index];
	unsigned long value = line->args[index];
	unsigned long count = arg->count_arg >= 0 ? line->args[(int)arg->count_arg] : 0;

	switch (arg->decoder) {
	case DECODE_PATH:
		trace_put_string(line, value, PATH_MAX);
		break;
	case DECODE_STR:
		trace_put_string(line, value, TRACE_STRING_MAX);
		break;
	case DECODE_BYTES_IN:
		trace_put_bytes(line, value, narrow(count, &line->desc->args[(int)arg->count_arg]));
		break;
	case DECODE_BYTES_OUT:
		if (trace_failed(line))
			trace_put_addr(line, value);
		else
			trace_put_bytes(line, value, (unsigned long)line->result);
		break;
	case DECODE_CSTR_OUT:
		if (trace_failed(line))
			trace_put_addr(line, value);
		else
			trace_put_string(line, value, PATH_MAX);
		break;
	case DECODE_FCNTL_ARG:
		trace_decode_fcntl_arg(line, value, arg, count);
		break;
	case DECODE_IOCTL_CMD:
		trace_decode_ioctl_cmd(line, value, arg, count);
		break;
	case DECODE_IOCTL_ARG:
		trace_decode_ioctl_arg(line, value, arg, count);
		break;
	case DECODE_PRCTL_ARG:
		trace_decode_prctl_arg(line, value, arg, count);
		break;
	case DECODE_ARCH_PRCTL_ARG:
		trace_decode_arch_prctl_arg(line, value, arg, count);
		break;
	case DECODE_ADDR:
		trace_put_addr(line, value);
		break;
	default:
		if (arg->ctype == ARG_PTR)
			put_pointer(line, value, arg, count);
		else
			put_value(line, value, arg);
	}
}

/* What the call fills in is shown when it has. */
static bool waits_for_exit(const struct trace_line *line, const struct arg_desc *arg)
{
	switch (arg->decoder) {
	case DECODE_BYTES_OUT:
	case DECODE_CSTR_OUT:
		return true;
	case DECODE_FCNTL_ARG:
	case DECODE_IOCTL_ARG:
	case DECODE_PRCTL_ARG:
	case DECODE_ARCH_PRCTL_ARG:
		return trace_arg_is_filled(line, arg);
	default:
		return arg->direction == ARG_OUT;
	}
}

static void put_args(struct trace_line *line)
{
	unsigned i;

	for (i = line->next_arg; i < line->desc->nargs; i++) {
		if (!trace_arg_is_shown(line, i))
			continue;
		/* The comma before the first argument of the second half was put by the first. */
		if (i > 0 && !(line->is_exit && i == line->next_arg))
			trace_put(line, ", ");
		if (!line->is_exit && waits_for_exit(line, &line->desc->args[i]))
			break;
		trace_put_arg(line, i);
	}
	line->next_arg = i;
}

void trace_format_entry(struct trace_line *line)
{
	line->is_exit = false;
	line->next_arg = 0;
	line->is_cut = false;
	line->reserve = line->size > 4 * RESULT_RESERVE ? RESULT_RESERVE : 0;
	trace_put(line, "%s(", line->desc->name);
	if (!trace_put_special(line))
		put_args(line);
}

bool trace_is_restart(const struct trace_line *line)
{
	return line->is_exit && line->result <= -ERESTARTSYS_K &&
	       line->result >= -ERESTART_RESTARTBLOCK_K;
}

void trace_put_error(struct trace_line *line, long error)
{
	static const struct {
		long error;
		const char *text;
	} restarts[] = {
		{ERESTARTSYS_K, "ERESTARTSYS (To be restarted if SA_RESTART is set)"},
		{ERESTARTNOINTR_K, "ERESTARTNOINTR (To be restarted)"},
		{ERESTARTNOHAND_K, "ERESTARTNOHAND (To be restarted if no handler)"},
		{ERESTART_RESTARTBLOCK_K, "ERESTART_RESTARTBLOCK (Interrupted by signal)"},
	};
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(restarts); i++) {
		if (restarts[i].error == error) {
			trace_put(line, "? %s", restarts[i].text);
			return;
		}
	}
	if (error < (long)nr_errno_names && errno_names[error].name)
		trace_put(line, "-1 %s (%s)", errno_names[error].name, errno_names[error].message);
	else
		trace_put(line, "-1 (errno %ld)", error);
}

static void put_result_column(struct trace_line *line)
{
	line->reserve = 0;
	trace_put(line, line->is_cut ? "...) " : ") ");
	while (line->length < RESULT_COLUMN && line->length + 1 < line->size)
		put_char(line, ' ');
	trace_put(line, "= ");
}

static void put_result(struct trace_line *line)
{
	switch (line->desc->returns) {
	case RETURNS_ADDR:
	case RETURNS_HEX:
		trace_put(line, "%#lx", (unsigned long)line->result);
		break;
	case RETURNS_OCTAL:
		trace_put(line, "%#03lo", (unsigned long)line->result);
		break;
	case RETURNS_UID:
	case RETURNS_GID:
	case RETURNS_UINT:
		trace_put(line, "%u", (unsigned)line->result);
		break;
	default:
		trace_put(line, "%ld", line->result);
	}
}

void trace_format_exit(struct trace_line *line)
{
	line->is_exit = true;
	if (!trace_put_special(line))
		put_args(line);
	put_result_column(line);
	if (trace_failed(line)) {
		trace_put_error(line, -line->result);
		return;
	}
	if (!trace_call_is(line, "fcntl"))
		put_result(line);
	trace_put_auxiliary(line);
}

void trace_format_noreturn(struct trace_line *line)
{
	if (line->next_arg < line->desc->nargs)
		trace_put(line, " <unfinished ...>");
	put_result_column(line);
	trace_put(line, "?");
}

void trace_format_signal(struct trace_line *line, const void *info)
{
	trace_put(line, "--- ");
	trace_put_signal(line, *(const unsigned *)info);
	trace_put(line, " ");
	trace_put_siginfo(line, info);
	trace_put(line, " ---");
}
