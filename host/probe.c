/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does KVM really run guests here? There are machines where /dev/kvm opens and makes a VM, and yet
 * no guest ever reaches its first 64-bit instruction. So a guest of a few instructions is run
 * (probe/probe.S), and the verdict is kept in $XDG_CACHE_HOME/lstar for as long as kernel, boot and
 * QEMU stay the same. A cache that cannot be read or written only costs the time of the probe.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lstar.h"

#define PROBE_LIMIT_MS 1000
/* PROBE_EXIT in probe.S, as isa-debug-exit turns it into an exit status. */
#define PROBE_STATUS ((0x2a << 1) | 1)
#define CACHE_FILE   "kvm-probe"

extern const char lstar_probe_start[], lstar_probe_end[];

static void read_line(const char *path, char *line, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, line, size - 1);

	line[length > 0 ? length : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* One line that changes whenever the verdict might. */
static char *cache_key(const char *qemu)
{
	struct utsname names;
	struct stat st;
	char boot[64];

	if (uname(&names) || stat(qemu, &st))
		return NULL;
	read_line("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	return must_format("1 %s %s %s %lld.%lld", boot, names.release, qemu,
			   (long long)st.st_mtime, (long long)st.st_size);
}

/* NULL: there is no place for a cache. Made if missing. */
static char *cache_directory(void)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *parent, *directory;

	if (base && base[0] == '/')
		parent = must_format("%s", base);
	else if (home && home[0] == '/')
		parent = must_format("%s/.cache", home);
	else
		return NULL;
	mkdir(parent, 0700);
	directory = must_format("%s/lstar", parent);
	mkdir(directory, 0700);
	free(parent);
	return directory;
}

/* 1: works, 0: does not, -1: unknown */
static int cache_read(const char *directory, const char *key)
{
	char *path = must_format("%s/" CACHE_FILE, directory);
	size_t length = strlen(key);
	char line[4096];

	read_line(path, line, sizeof(line));
	free(path);
	if (strncmp(line, key, length) != 0)
		return -1;
	if (!strcmp(line + length, " works"))
		return 1;
	return strcmp(line + length, " fails") ? -1 : 0;
}

static void cache_write(const char *directory, const char *key, bool is_usable)
{
	char *path = must_format("%s/" CACHE_FILE, directory);
	char *fresh = must_format("%s.%d", path, (int)getpid());
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd >= 0) {
		bool is_whole = dprintf(fd, "%s %s\n", key, is_usable ? "works" : "fails") > 0;

		/* Renamed into place: two runs at once never see half a line. */
		if (close(fd) || !is_whole || rename(fresh, path))
			unlink(fresh);
	}
	free(fresh);
	free(path);
}

static void exec_probe(const char *qemu, int guest, pid_t parent)
{
	char *kernel = must_format("/proc/self/fd/%d", guest);
	char *args[] = {(char *)qemu,
			"-M",
			"microvm,pic=off,pit=off,rtc=off,acpi=off",
			"-accel",
			"kvm",
			"-cpu",
			"host",
			"-m",
			"16M",
			"-nodefaults",
			"-no-user-config",
			"-display",
			"none",
			"-no-reboot",
			"-device",
			"isa-debug-exit,iobase=0xf4,iosize=4",
			"-kernel",
			kernel,
			NULL};
	struct machine probe = {.qemu = (char *)qemu, .kernel = guest, .initrd = -1};
	struct rlimit no_core = {0, 0};

	for (int port = 0; port < PORT_COUNT; port++)
		probe.peer[port] = -1;
	for (size_t i = 0; args[i]; i++)
		strings_add(&probe.args, args[i]);
	probe.errors_peer = open("/dev/null", O_WRONLY);
	/* A QEMU that aborts over a KVM it cannot use leaves no core file behind. */
	setrlimit(RLIMIT_CORE, &no_core);
	exec_qemu(&probe, parent);
	_exit(STATUS_CANNOT_EXECUTE);
}

static bool run_probe(const char *qemu)
{
	int guest =
		memory_file("lstar-probe", lstar_probe_start, lstar_probe_end - lstar_probe_start);
	pid_t parent = getpid(), child = fork();
	struct pollfd ended = {.events = POLLIN};
	int status;

	if (!child)
		exec_probe(qemu, guest, parent);
	close(guest);
	if (child < 0)
		return false;
	ended.fd = syscall(SYS_pidfd_open, child, 0);
	while (ended.fd >= 0 && poll(&ended, 1, PROBE_LIMIT_MS) < 0 && errno == EINTR)
		;
	/* No effect on one that has ended; without pidfd_open it gets no chance, and TCG runs. */
	if (!(ended.revents & POLLIN))
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (ended.fd >= 0)
		close(ended.fd);
	return WIFEXITED(status) && WEXITSTATUS(status) == PROBE_STATUS;
}

bool is_kvm_usable(const char *qemu)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	char *key, *directory;
	int verdict = -1;

	/* Permission may come and go (a group), so this answer is not kept. */
	if (kvm < 0)
		return false;
	close(kvm);
	key = cache_key(qemu);
	directory = cache_directory();
	if (key && directory)
		verdict = cache_read(directory, key);
	if (verdict < 0) {
		verdict = run_probe(qemu);
		if (key && directory)
			cache_write(directory, key, verdict);
	}
	free(key);
	free(directory);
	return verdict;
}
