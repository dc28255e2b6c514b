/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's command line and its start. Everything the machine is connected to is an inherited
 * descriptor: the kernel and the job are memory files, each port is one end of a socket pair. So
 * nothing is left on disk, and nothing outlives us: QEMU gets SIGKILL when we die.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lstar.h"

#define QEMU_NAME     "qemu-system-x86_64"
#define SOCKET_BUFFER (512 * 1024)
#define SEED_SIZE     32
#define MACHINE_OPTIONS                                                                  \
	"microvm,pic=off,pit=off,rtc=off,acpi=off,isa-serial=on,auto-kernel-cmdline=on," \
	"x-option-roms=off"

extern const char lstar_kernel_start[], lstar_kernel_end[];

static const char *const port_names[PORT_COUNT] = {
	"uart",	     "lstar.stdin", "lstar.stdout", "lstar.stderr",
	"lstar.ctl", "lstar.trace", "lstar.tty",
};

char *find_qemu(void)
{
	const char *named = getenv("LSTAR_QEMU");
	char *path, *directory, *rest;

	if (named && *named) {
		if (access(named, X_OK))
			die("LSTAR_QEMU=%s: %s; set it to QEMU's path, or unset it", named,
			    strerror(errno));
		return must_format("%s", named);
	}
	path = getenv("PATH");
	rest = path = must_format("%s", path && *path ? path : "/usr/bin:/bin");
	while ((directory = strsep(&rest, ":"))) {
		char *file = must_format("%s/" QEMU_NAME, *directory ? directory : ".");

		if (!access(file, X_OK)) {
			free(path);
			return file;
		}
		free(file);
	}
	die(QEMU_NAME " not found; install it: apt-get install qemu-system-x86");
}

static void add(struct machine *machine, const char *option, char *value)
{
	strings_add(&machine->args, (char *)option);
	if (value)
		strings_add(&machine->args, value);
}

/* QEMU's option parser ends a value at a comma, unless it is doubled. */
static char *double_commas(const char *text)
{
	char *doubled = must_alloc(2 * strlen(text) + 1), *to = doubled;

	for (; *text; text++) {
		*to++ = *text;
		if (*text == ',')
			*to++ = ',';
	}
	return doubled;
}

static int open_kernel(void)
{
	const char *named = getenv("LSTAR_KERNEL");
	int fd;

	if (!named || !*named)
		return memory_file("lstar-kernel", lstar_kernel_start,
				   lstar_kernel_end - lstar_kernel_start);
	fd = open(named, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("LSTAR_KERNEL=%s: %s; set it to a kernel image, or unset it", named,
		    strerror(errno));
	return fd;
}

static char *kernel_words(const struct options *options)
{
	struct timespec now;
	struct bytes words = {0};
	unsigned char seed[SEED_SIZE];
	char text[64];

	clock_gettime(CLOCK_REALTIME, &now);
	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed))
		die("cannot get random bytes: %s", strerror(errno));
	bytes_add(&words, text,
		  snprintf(text, sizeof(text), "epoch_ns=%lld%09ld seed=", (long long)now.tv_sec,
			   now.tv_nsec));
	for (size_t i = 0; i < sizeof(seed); i++)
		bytes_add(&words, text, snprintf(text, sizeof(text), "%02x", seed[i]));
	if (options->trace) {
		bytes_add(&words, " trace=", 7);
		bytes_add(&words, options->trace, strlen(options->trace));
		if (options->output)
			bytes_add(&words, " trace_pids", 11);
	}
	if (options->has_stats)
		bytes_add(&words, " stats", 6);
	if (options->has_kernel_log)
		bytes_add(&words, " loglevel=6", 11);
	for (size_t i = 0; i < options->kernel_args.count; i++) {
		bytes_add(&words, " ", 1);
		bytes_add(&words, options->kernel_args.item[i],
			  strlen(options->kernel_args.item[i]));
	}
	bytes_add(&words, "", 1);
	return words.data;
}

static void open_port(struct machine *machine, enum port port)
{
	int pair[2], size = SOCKET_BUFFER;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("cannot make a socket pair: %s", strerror(errno));
	/* Only the waiting room grows; the limit of the system may keep it smaller. */
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	machine->port[port] = pair[0];
	machine->peer[port] = pair[1];
	add(machine, "-chardev", must_format("socket,id=port%d,fd=%d", port, machine->peer[port]));
}

static void add_ports(struct machine *machine, const struct options *options, bool has_tty)
{
	open_port(machine, PORT_UART);
	add(machine, "-serial", "chardev:port0");
	add(machine, "-global",
	    "virtio-mmio.force-legacy=false"); /* the kernel drives VIRTIO 1 only */
	add(machine, "-device", "virtio-serial-device,max_ports=8");
	for (int port = PORT_STDIN; port < PORT_COUNT; port++) {
		if (port == PORT_TTY && !has_tty)
			continue;
		if (port == PORT_TRACE && !options->trace && !options->has_stats)
			continue;
		open_port(machine, port);
		add(machine, "-device",
		    must_format("virtserialport,nr=%d,chardev=port%d,name=%s", port, port,
				port_names[port]));
	}
}

static void add_exports(struct machine *machine, const struct plan *plan)
{
	for (size_t i = 0; i < plan->export_count; i++) {
		const struct export *export = &plan->exports[i];
		char *path = double_commas(export->path);

		add(machine, "-fsdev",
		    must_format("local,id=%s,path=%s,security_model=none,readonly=%s,"
				"multidevs=remap",
				export->tag, path, export->is_readonly ? "on" : "off"));
		add(machine, "-device",
		    must_format("virtio-9p-device,fsdev=%s,mount_tag=%s", export->tag,
				export->tag));
		free(path);
	}
}

static void add_accel(struct machine *machine, const struct options *options)
{
	bool is_kvm = options->accel == ACCEL_KVM;

	if (options->accel == ACCEL_AUTO)
		is_kvm = is_kvm_usable(machine->qemu);
	if (is_kvm) {
		add(machine, "-accel", "kvm");
		add(machine, "-cpu", "host");
		return;
	}
	add(machine, "-accel", options->cpus > 1 ? "tcg,thread=multi" : "tcg,thread=single");
	/* TCG counts `rep movsb` per byte: plain loops are faster there. */
	add(machine, "-cpu", "max,-erms,-fsrm");
}

void build_machine(struct machine *machine, const struct options *options, const struct plan *plan,
		   const struct bytes *archive, bool has_tty)
{
	int errors[2];

	memset(machine, 0, sizeof(*machine));
	for (int port = 0; port < PORT_COUNT; port++)
		machine->port[port] = machine->peer[port] = -1;
	machine->qemu = find_qemu();
	machine->kernel = open_kernel();
	machine->initrd = memory_file("lstar-job", archive->data, archive->size);
	if (pipe2(errors, O_CLOEXEC))
		die("cannot make a pipe: %s", strerror(errno));
	fcntl(errors[0], F_SETFL, O_NONBLOCK);
	machine->errors = errors[0];
	machine->errors_peer = errors[1];

	add(machine, machine->qemu, NULL);
	add(machine, "-M", MACHINE_OPTIONS);
	add_accel(machine, options);
	add(machine, "-smp", must_format("%u", options->cpus));
	add(machine, "-m", must_format("%lluM", (unsigned long long)options->mem_bytes >> 20));
	add(machine, "-nodefaults", NULL);
	add(machine, "-no-user-config", NULL);
	add(machine, "-display", "none");
	add(machine, "-no-reboot", NULL);
	add(machine, "-device", "isa-debug-exit,iobase=0xf4,iosize=4");
	add(machine, "-kernel", must_format("/proc/self/fd/%d", machine->kernel));
	add(machine, "-initrd", must_format("/proc/self/fd/%d", machine->initrd));
	add(machine, "-append", kernel_words(options));
	add_ports(machine, options, has_tty);
	add_exports(machine, plan);
	for (size_t i = 0; i < options->qemu_args.count; i++)
		add(machine, options->qemu_args.item[i], NULL);
}

void print_machine(const struct machine *machine)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_@%+=:,./-";

	for (size_t i = 0; i < machine->args.count; i++) {
		const char *word = machine->args.item[i];

		if (i)
			putchar(' ');
		if (*word && strspn(word, plain) == strlen(word)) {
			fputs(word, stdout);
			continue;
		}
		putchar('\'');
		for (; *word; word++)
			fputs(*word == '\'' ? "'\\''" : (char[]){*word, 0}, stdout);
		putchar('\'');
	}
	putchar('\n');
	if (fflush(stdout))
		die("cannot write QEMU's command line: %s", strerror(errno));
}

static void inherit(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFD, 0);
}

void exec_qemu(const struct machine *machine, pid_t parent)
{
	int null = open("/dev/null", O_RDWR);

	/* A group of its own: a Ctrl-C meant for the program must not end the machine. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(STATUS_FAILURE);
	control_unblock_signals();
	signal(SIGPIPE, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(machine->errors_peer, STDERR_FILENO);
	inherit(machine->kernel);
	inherit(machine->initrd);
	for (int port = 0; port < PORT_COUNT; port++)
		inherit(machine->peer[port]);
	execv(machine->qemu, machine->args.item);
	dprintf(STDERR_FILENO, "%s: %s\n", machine->qemu, strerror(errno));
}

void start_machine(struct machine *machine)
{
	pid_t parent = getpid();

	machine->pid = fork();
	if (machine->pid < 0)
		die("cannot start QEMU: %s", strerror(errno));
	if (!machine->pid) {
		exec_qemu(machine, parent);
		_exit(STATUS_CANNOT_EXECUTE);
	}
	for (int port = 0; port < PORT_COUNT; port++) {
		if (machine->peer[port] >= 0)
			close(machine->peer[port]);
		machine->peer[port] = -1;
	}
	close(machine->errors_peer);
	close(machine->kernel);
	close(machine->initrd);
}
