/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lstar command: one program, one kernel, one QEMU.
 *
 *   main.c      which subcommand
 *   options.c   the command line of `lstar run`            -> struct options
 *   plan.c      which host directories appear where        -> struct plan
 *   job.c       the cpio archive that tells init what to do
 *   probe.c     whether KVM really runs guests here
 *   qemu.c      QEMU's command line, and its start         -> struct machine
 *   relay.c     the poll loop: streams, signals, deadlines
 *   control.c   the lines exchanged with init, and what a signal does
 *   terminal.c  raw mode, window size, giving the terminal back
 *   status.c    what happened, as an exit status and at most a few lines on stderr
 *
 * The contract with the kernel and init (ports, job records, kernel words) is docs/wire.md.
 */
#ifndef HOST_LSTAR_H
#define HOST_LSTAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LSTAR_VERSION "0.1"

/* Exit statuses of docker and timeout(1), which scripts already know. */
enum {
	STATUS_TIMEOUT = 124,
	STATUS_FAILURE = 125,
	STATUS_CANNOT_EXECUTE = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL_BASE = 128,
};

/* ---- util.c ---- */

struct strings {
	char **item;
	size_t count;
	size_t capacity;
};

struct bytes {
	char *data;
	size_t size;
	size_t capacity;
};

/* Print `lstar: MESSAGE` as one line on stderr (terminal made sane first for the line's sake). */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* warn(), then exit with STATUS_FAILURE. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void *must_alloc(size_t size);
char *must_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Always NULL-terminated; the strings are borrowed. */
void strings_add(struct strings *list, char *item);
void bytes_add(struct bytes *buffer, const void *data, size_t size);
/* An anonymous file, close-on-exec, holding exactly these bytes. */
int memory_file(const char *name, const void *data, size_t size);
int64_t now_ns(void);
/* Is `path` the directory `directory` or below it? Both absolute, without . and .. */
bool path_is_below(const char *path, const char *directory);
/* Absolute path without . .. and doubled slashes, by text alone; base is used if path is relative.
 */
char *path_normalize(const char *base, const char *path);

/* ---- options.c ---- */

enum accel { ACCEL_AUTO, ACCEL_KVM, ACCEL_TCG };
enum root_kind { ROOT_HOST, ROOT_DIRECTORY, ROOT_NONE };

struct bind {
	char *source;
	char *target;
	bool is_readonly;
};

#define BINDS_MAX 6
#define CPUS_MAX  8

struct options {
	enum root_kind root_kind;
	char *root; /* "/" or the directory */
	struct bind binds[BINDS_MAX];
	size_t bind_count;
	char *cwd; /* absolute */
	bool has_cwd;
	struct strings env;
	uid_t uid;
	gid_t gid;
	bool has_user;
	uint64_t mem_bytes;
	unsigned int cpus;
	int64_t timeout_ns; /* 0: none */
	enum accel accel;
	struct strings kernel_args;
	struct strings qemu_args;
	bool print_qemu;
	char *trace;  /* NULL, "all" or CALL,%CLASS,... */
	char *output; /* NULL: stderr */
	int output_fd;
	bool has_stats;
	bool has_kernel_log;
	struct strings argv;
};

void parse_run_options(struct options *options, int argc, char **argv);
void print_help(const char *topic);

/* ---- parse.c: one value each; die() with a useful line when it is none ---- */
uint64_t parse_size(const char *text);
int64_t parse_duration_ns(const char *text);
unsigned int parse_cpus(const char *text);
void parse_user(struct options *options, const char *text);
void parse_bind(struct options *options, char *text);
void parse_trace(struct options *options, char *text);
#define TRACE_LIST_SIZE 2048 /* as in kernel/sys/trace.c */
void parse_root(struct options *options, char *text);

/* ---- terminal.c ---- */

struct terminal {
	bool is_tty[3]; /* which of our own 0, 1, 2 belong to the guest's terminal */
	bool is_used;	/* any of them */
	int input;	/* -1: none */
	int output;	/* -1: none */
	unsigned short rows, columns;
};

void terminal_find(struct terminal *terminal);
/* Raw mode if we are in the foreground; may be called again after SIGCONT. */
void terminal_enter(struct terminal *terminal);
/* Async-signal-safe; harmless when nothing is to be done. */
void terminal_restore(void);
bool terminal_is_raw(void);
bool terminal_is_foreground(const struct terminal *terminal);
void terminal_read_size(struct terminal *terminal);

/* ---- main.c ---- */
/* `run OPTION... PROGRAM ARG...`: the exit status. Errors of ours are reported. */
int run_program(int argc, char **argv);

/* ---- plan.c ---- */

struct export
{
	char tag[16];
	char *path;
	bool is_readonly;
};

struct mount {
	const char *type;
	const char *source;
	char *target;
	const char *options;
};

#define MOUNTS_MAX 24

struct plan {
	struct export exports[BINDS_MAX + 2];
	size_t export_count;
	struct mount mounts[MOUNTS_MAX];
	size_t mount_count;
};

void make_plan(struct plan *plan, const struct options *options);

/* ---- job.c ---- */
/* The initrd: a newc archive with /lstar/job. */
void make_job(struct bytes *archive, const struct options *options, const struct plan *plan,
	      const struct terminal *terminal);

/* ---- probe.c ---- */
/* May block for PROBE_LIMIT_NS once per boot; the verdict is cached. */
bool is_kvm_usable(const char *qemu);

/* ---- qemu.c ---- */

enum port {
	PORT_UART, /* not a virtio port: the serial line */
	PORT_STDIN,
	PORT_STDOUT,
	PORT_STDERR,
	PORT_CONTROL,
	PORT_TRACE,
	PORT_TTY,
	PORT_COUNT,
};

struct machine {
	char *qemu;
	pid_t pid;
	int port[PORT_COUNT]; /* our ends, non-blocking; -1: none */
	int peer[PORT_COUNT]; /* QEMU's ends, until it has started */
	int errors;	      /* QEMU's stderr */
	int errors_peer;
	int kernel;
	int initrd;
	struct strings args;
};

char *find_qemu(void);
void build_machine(struct machine *machine, const struct options *options, const struct plan *plan,
		   const struct bytes *archive, bool has_tty);
void print_machine(const struct machine *machine);
void start_machine(struct machine *machine);
/* In a forked child: become QEMU. Returns only on failure. */
void exec_qemu(const struct machine *machine, pid_t parent);

/* ---- relay.c, control.c, status.c ---- */

#define UART_KEPT   (64 * 1024)
#define ERRORS_KEPT (8 * 1024)

enum verdict {
	VERDICT_NONE, /* the machine has not said how it ended */
	VERDICT_EXIT,
	VERDICT_SIGNAL,
	VERDICT_NOT_FOUND,
	VERDICT_CANNOT_EXECUTE,
	VERDICT_ERROR,
};

struct result {
	enum verdict verdict;
	int code; /* exit status or signal number */
	char message[512];
	bool is_started;
	bool is_timed_out;
	int killed_by;	     /* the signal that made us end QEMU, or 0 */
	bool is_output_lost; /* a host stream could not be written; already reported */
	bool is_reaped;
	int wait_status;   /* QEMU's */
	struct bytes uart; /* at most the last UART_KEPT bytes */
	struct bytes errors;
};

struct control {
	int fd;
	char line[1024];
	size_t line_size;
	char out[512];
	size_t out_size;
	unsigned int signals_seen;
};

/* What happens in a run, in this order. */
enum moment {
	MOMENT_COMMAND, /* main() */
	MOMENT_MACHINE, /* QEMU's process exists */
	MOMENT_INIT,	/* init's first line */
	MOMENT_PROGRAM, /* the program's execve is done */
	MOMENT_RESULT,	/* its result is known */
	MOMENT_GONE,	/* QEMU has ended */
	MOMENTS
};

struct run {
	const struct options *options;
	struct machine *machine;
	struct terminal *terminal;
	struct control control;
	struct result result;
	int signals;		/* signalfd */
	int64_t deadline_ns;	/* --timeout, 0: none */
	int64_t kill_at_ns;	/* when patience with the guest ends, 0: never */
	int64_t quiet_since_ns; /* last time a byte moved */
	int64_t at_ns[MOMENTS]; /* 0: not seen */
};

/* startup.c: the first time counts; show_moments() writes them to where --stats goes. */
void note_moment(struct run *run, enum moment moment);
void show_moments(const struct run *run);

void relay(struct run *run);

void control_read(struct run *run);
void control_flush(struct run *run);
void control_send_signal(struct run *run, int signal_number);
void control_send_size(struct run *run);
/* Make the signalfd; called before QEMU starts. */
int control_block_signals(void);
void control_unblock_signals(void);
void control_take_signals(struct run *run);
/* End QEMU now. Output already on its way is still delivered. */
void control_kill_machine(struct run *run, int signal_number);

int report(const struct run *run);

#endif
