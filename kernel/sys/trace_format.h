/*
 * One traced call as a line of text, in the form of strace(1). Pure: what it reads of the traced
 * program comes through copy_in, so that tests/unit/trace_test.c can run it on the host.
 */
#ifndef SYS_TRACE_FORMAT_H
#define SYS_TRACE_FORMAT_H

#include "gen/syscall_desc.h"
#include "lib/types.h"

#define TRACE_STRING_MAX 32 /* bytes of a string or buffer that are shown */
#define TRACE_ARRAY_MAX	 32 /* elements of an array */

struct trace_line {
	char *text; /* always NUL-terminated; cut when full */
	size_t size, length;
	size_t reserve; /* at the end of text, for the result: arguments leave it free */
	bool is_cut;	/* an argument did not fit */
	size_t (*copy_in)(void *dst, unsigned long src, size_t n); /* returns bytes not copied */
	const struct syscall_desc *desc;
	unsigned long args[6];
	long result;		      /* as the handler returned it; valid at the exit */
	bool is_exit;		      /* results may be shown */
	unsigned next_arg;	      /* the first argument that waits for the exit */
	const char *interrupted_name; /* what restart_syscall(2) goes on with; NULL: not known */
};

/* "name(" and the arguments up to the first one that the call fills in. */
void trace_format_entry(struct trace_line *line);
/* The other arguments, ")" and the result. No newline. */
void trace_format_exit(struct trace_line *line);
/* Instead of trace_format_exit() for a call that never returns: ")" and "= ?". */
void trace_format_noreturn(struct trace_line *line);
/* "--- SIGCHLD {si_signo=SIGCHLD, ...} ---"; info is a kernel copy of the siginfo_t. */
void trace_format_signal(struct trace_line *line, const void *info);

/* --- for the decoders in trace_*.c --- */

void trace_put(struct trace_line *line, const char *format, ...) __printf(2, 3);
/* Quoted and escaped, cut at TRACE_STRING_MAX bytes. text is a kernel copy. */
void trace_put_quoted(struct trace_line *line, const char *text, size_t length, bool is_cut);
/* The user's bytes at addr; the address when they cannot be read. */
void trace_put_bytes(struct trace_line *line, unsigned long addr, unsigned long length);
/* A user string that ends with a NUL; max_length without the cut mark when there is none. */
void trace_put_string(struct trace_line *line, unsigned long addr, size_t max_length);
void trace_put_addr(struct trace_line *line, unsigned long addr);
void trace_put_flags(struct trace_line *line, const struct flag_set *set, unsigned long value);
void trace_put_enum(struct trace_line *line, const struct flag_set *set, unsigned long value);
void trace_put_signal(struct trace_line *line, unsigned sig);
void trace_put_mode(struct trace_line *line, unsigned mode);
void trace_put_file_mode(struct trace_line *line, unsigned mode);
void trace_put_sigset(struct trace_line *line, unsigned long set);
void trace_put_error(struct trace_line *line, long error);
void trace_put_date(struct trace_line *line, long seconds);
void trace_put_siginfo(struct trace_line *line, const void *info);
const char *trace_name_of(const struct flag_set *set, unsigned long value); /* NULL: none */

/* The result is one of -ERESTARTSYS and its family: a signal interrupted the call. */
bool trace_is_restart(const struct trace_line *line);
/* What a sleep did not sleep: written only when a signal ended it. */
bool trace_is_rest(const struct trace_line *line, const struct arg_desc *arg);

/* Copies n bytes from addr; when that fails, prints the address and returns false. */
bool trace_get(struct trace_line *line, void *dst, unsigned long addr, size_t n);

static inline bool trace_failed(const struct trace_line *line)
{
	return line->is_exit && (unsigned long)line->result >= -4095ul;
}

/* One decoder: value is the argument, count the value of its length argument (or 0). */
typedef void (*trace_decoder)(struct trace_line *line, unsigned long value,
			      const struct arg_desc *arg, unsigned long count);
void trace_put_arg(struct trace_line *line, unsigned index);

/* trace_struct.c: called with a pointer that is not NULL. */
#define TRACE_DECODER(name)                                                   \
	void trace_decode_##name(struct trace_line *line, unsigned long addr, \
				 const struct arg_desc *arg, unsigned long count)
TRACE_DECODER(stat);
TRACE_DECODER(statx);
TRACE_DECODER(statfs);
TRACE_DECODER(timespec);
TRACE_DECODER(timespec2);
TRACE_DECODER(timeval);
TRACE_DECODER(timeval2);
TRACE_DECODER(timezone);
TRACE_DECODER(itimerval);
TRACE_DECODER(itimerspec);
TRACE_DECODER(tms);
TRACE_DECODER(utimbuf);
TRACE_DECODER(rusage);
TRACE_DECODER(rlimit);
TRACE_DECODER(sysinfo);
TRACE_DECODER(utsname);
TRACE_DECODER(sigaction);
TRACE_DECODER(siginfo);
TRACE_DECODER(sigset);
TRACE_DECODER(sigset_arg);
TRACE_DECODER(stack);
TRACE_DECODER(sched_param);
TRACE_DECODER(clone_args);
TRACE_DECODER(open_how);
TRACE_DECODER(cap_header);
TRACE_DECODER(cap_data);
TRACE_DECODER(wait_status);
TRACE_DECODER(int_ptr);
TRACE_DECODER(uint_ptr);
TRACE_DECODER(long_ptr);
TRACE_DECODER(time_ptr);
TRACE_DECODER(addr_ptr);
TRACE_DECODER(fdpair);
/* trace_array.c: likewise. */
TRACE_DECODER(pollfd);
TRACE_DECODER(iovec);
TRACE_DECODER(fd_set);
TRACE_DECODER(gid_list);
TRACE_DECODER(cpumask);
TRACE_DECODER(dirent);
TRACE_DECODER(dirent64);
TRACE_DECODER(mincore_vec);
TRACE_DECODER(epoll_event);
TRACE_DECODER(strv);
TRACE_DECODER(envv);

/* The arrays of both ABIs. */
void trace_put_iovec(struct trace_line *line, unsigned long addr, const struct arg_desc *arg,
		     unsigned long count, bool is_32bit);

/* trace_compat.c: likewise. */
TRACE_DECODER(timespec32);
TRACE_DECODER(timeval32);
TRACE_DECODER(itimerval32);
TRACE_DECODER(itimerspec32);
TRACE_DECODER(rlimit32);
TRACE_DECODER(sigaction32);
TRACE_DECODER(stat64);
TRACE_DECODER(iovec32);
/* trace_net.c: likewise. */
TRACE_DECODER(sockaddr);
TRACE_DECODER(msghdr);

/* trace_call.c: calls whose arguments depend on each other. */
TRACE_DECODER(fcntl_arg);
TRACE_DECODER(ioctl_cmd);
TRACE_DECODER(ioctl_arg);
TRACE_DECODER(prctl_arg);
TRACE_DECODER(arch_prctl_arg);
/* Whether the argument is shown at all: the mode of an open() without O_CREAT is not. */
bool trace_arg_is_shown(const struct trace_line *line, unsigned index);
/* Whether the call writes what this argument points to, so that it is shown at the exit: for the
 * kinds whose direction depends on another argument. */
bool trace_arg_is_filled(const struct trace_line *line, const struct arg_desc *arg);
/* Prints all arguments and returns true for the calls that strace orders in its own way. */
bool trace_put_special(struct trace_line *line);
/* What follows the result in parentheses: "(in [3])", "(flags O_RDONLY)". */
void trace_put_auxiliary(struct trace_line *line);
/* Whether the result is printed by trace_put_auxiliary() itself. */
bool trace_call_is(const struct trace_line *line, const char *name);

#endif
