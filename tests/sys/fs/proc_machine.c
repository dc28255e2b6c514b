/* SPDX-License-Identifier: Apache-2.0 */
/* Machine-wide files of /proc, as programs read them; proc(5). */
#include "test.h"
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>

static char text[1 << 20];

static const char *read_text(const char *path)
{
	ssize_t n = T_OK(t_read_file(path, text, sizeof(text) - 1));

	text[n > 0 ? n : 0] = 0;
	return text;
}

/* The number behind a name at the start of a line; -1. */
static long number(const char *path, const char *name)
{
	char line[64], *at;

	read_text(path);
	snprintf(line, sizeof(line), "\n%s", name);
	at = strncmp(text, name, strlen(name)) ? strstr(text, line) : text - 1;
	return at ? atol(at + 1 + strlen(name)) : -1;
}

static void test_memory(void)
{
	static const char *const lines[] = {
		"MemTotal:", "MemFree:",   "MemAvailable:", "Buffers:", "Cached:", "Active:",
		"Inactive:", "SwapTotal:", "AnonPages:",    "Shmem:",	"Slab:",   "PageTables:"};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		T_CMP(number("/proc/meminfo", lines[i]), >=, 0);
	T_CMP(number("/proc/meminfo", "MemTotal:"), >, number("/proc/meminfo", "MemFree:"));
	T_CMP(number("/proc/meminfo", "CommitLimit:"), >, 0);
	T_CMP(number("/proc/meminfo", "Committed_AS:"), >, 0);
	T_CMP(number("/proc/vmstat", "nr_free_pages "), >, 0);
	T_CMP(number("/proc/vmstat", "pgfault "), >, 0);
	T_TRUE(strstr(read_text("/proc/buddyinfo"), "Node 0, zone ") != NULL);
	T_TRUE(strstr(read_text("/proc/zoneinfo"), "managed ") != NULL);
	T_EQ(strncmp(read_text("/proc/swaps"), "Filename\t\t\t\tType\t\tSize", 22), 0);
}

static void test_tasks(void)
{
	long made = number("/proc/stat", "processes "), switches = number("/proc/stat", "ctxt ");

	T_CMP(made, >, 0);
	T_CHILD
	{
	}
	T_CMP(number("/proc/stat", "processes "), >, made);
	T_CMP(number("/proc/stat", "ctxt "), >, switches);
	T_CMP(number("/proc/stat", "procs_running "), >=, 1);
	T_CMP(number("/proc/stat", "procs_blocked "), >=, 0);
	T_CMP(number("/proc/stat", "btime "), >, 1500000000);
	T_EQ(strncmp(read_text("/proc/stat"), "cpu  ", 5), 0);
	T_TRUE(strstr(text, "\ncpu0 ") != NULL);
}

static void test_lists(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_start = 10, .l_len = 5};
	int fd = T_NEED(open("f", O_RDWR | O_CREAT, 0600));
	struct stat st;
	char entry[64];

	T_TRUE(strstr(read_text("/proc/interrupts"), "CPU0") != NULL);
	T_TRUE(strstr(read_text("/proc/softirqs"), "TIMER:") != NULL);
	T_TRUE(strstr(read_text("/proc/devices"), "Character devices:\n  1 mem\n") != NULL);
	T_TRUE(strstr(text, "\nBlock devices:\n") != NULL);
	T_TRUE(strstr(read_text("/proc/filesystems"), "nodev\tproc\n") != NULL);
	T_EQ(strncmp(read_text("/proc/partitions"), "major minor  #blocks  name\n", 27), 0);
	read_text("/proc/execdomains");
	read_text("/proc/diskstats");
	T_OK(fcntl(fd, F_SETLK, &lock));
	T_OK(fstat(fd, &st));
	snprintf(entry, sizeof(entry), ":%lu 10 14\n", (unsigned long)st.st_ino);
	T_TRUE(strstr(read_text("/proc/locks"), entry) != NULL);
	T_TRUE(strstr(text, "POSIX  ADVISORY  WRITE") != NULL);
	T_OK(close(fd));
	T_TRUE(strstr(read_text("/proc/locks"), entry) == NULL);
	if (!access("/proc/kallsyms", R_OK)) {
		T_TRUE(strstr(read_text("/proc/kallsyms"), " t ") != NULL);
		T_AS_USER
		{
			T_EQ(strncmp(read_text("/proc/kallsyms"), "0000000000000000 ", 17), 0);
		}
	}
}

static long write_text(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);
	long n = fd < 0 ? -1 : write(fd, value, strlen(value));
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return n;
}

static void test_settings(void)
{
	static const char *const numbers[] = {"/proc/sys/vm/overcommit_memory",
					      "/proc/sys/vm/overcommit_ratio",
					      "/proc/sys/vm/max_map_count",
					      "/proc/sys/vm/mmap_min_addr",
					      "/proc/sys/vm/admin_reserve_kbytes",
					      "/proc/sys/kernel/pid_max",
					      "/proc/sys/kernel/threads-max",
					      "/proc/sys/kernel/randomize_va_space",
					      "/proc/sys/fs/nr_open",
					      "/proc/sys/fs/pipe-max-size",
					      "/proc/sys/kernel/cap_last_cap",
					      "/proc/sys/kernel/ngroups_max",
					      "/proc/sys/vm/swappiness",
					      "/proc/sys/kernel/overflowuid"};
	char uuid[40], value[16];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		read_text(numbers[i]);
		T_TRUE(text[0] >= '0' && text[0] <= '9');
		T_TRUE(strchr(text, '\n') != NULL);
	}
	T_STR(read_text("/proc/sys/kernel/ostype"), "Linux\n");
	snprintf(uuid, sizeof(uuid), "%.36s", read_text("/proc/sys/kernel/random/uuid"));
	T_EQ(strlen(uuid), 36);
	T_TRUE(strncmp(uuid, read_text("/proc/sys/kernel/random/uuid"), 36) != 0);
	snprintf(uuid, sizeof(uuid), "%.36s", read_text("/proc/sys/kernel/random/boot_id"));
	T_EQ(strncmp(uuid, read_text("/proc/sys/kernel/random/boot_id"), 36), 0);
	T_AS_USER
	{
		T_ERR(open("/proc/sys/vm/overcommit_memory", O_WRONLY), EACCES);
		T_ERR(open("/proc/sys/kernel/hostname", O_WRONLY), EACCES);
	}
	if (access("/proc/sys/vm/overcommit_memory", W_OK))
		return;
	/* What is not good is refused; what is there already may be written. */
	T_ERR(write_text("/proc/sys/vm/overcommit_memory", "3"), EINVAL);
	T_ERR(write_text("/proc/sys/vm/overcommit_memory", "-1"), EINVAL);
	T_ERR(write_text("/proc/sys/vm/overcommit_memory", "x"), EINVAL);
	T_ERR(write_text("/proc/sys/kernel/pid_max", "1"), EINVAL);
	snprintf(value, sizeof(value), "%.8s", read_text("/proc/sys/vm/overcommit_memory"));
	T_EQ(write_text("/proc/sys/vm/overcommit_memory", value), strlen(value));
	T_STR(read_text("/proc/sys/vm/overcommit_memory"), value);
}

/* hidepid, on a mount of its own. */
static void test_hidepid(void)
{
	if (!t_is_root() || unshare(CLONE_NEWNS) == 0)
		(void)mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	T_OK(mkdir("proc", 0755));
	if (mount("proc", "proc", "proc", 0, "hidepid=2"))
		return;
	T_TRUE(!access("proc/1/stat", R_OK));
	T_AS_USER
	{
		T_ERR(open("proc/1/stat", O_RDONLY), ENOENT);
		T_ERR(open("proc/1", O_RDONLY), ENOENT);
		T_OK(open("proc/self/stat", O_RDONLY));
	}
	T_OK(umount("proc"));
	T_ERR(mount("proc", "proc", "proc", 0, "hidepid=9"), EINVAL);
	T_ERR(mount("proc", "proc", "proc", 0, "nonsense"), EINVAL);
}

TEST_MAIN
{
	test_memory();
	test_tasks();
	test_lists();
	test_settings();
	test_hidepid();
}
