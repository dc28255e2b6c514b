/*
 * The tracer's formatter as a host program under ASan and UBSan: known lines, lines that are broken
 * in two, buffers that are too small, and every row of the table with random arguments and random
 * memory.
 */
#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <linux/wait.h>
#include "gen/sysnr_x86_64.h"
#include "lib/string.h"
#include "sys/trace_format.h"

/* The C library is there at run time; its headers and the kernel's do not go together. */
int printf(const char *format, ...) __printf(1, 2);

#define MEMORY_BASE 0x10000ul
#define MEMORY_SIZE 8192

static unsigned char memory[MEMORY_SIZE]; /* the traced program's, at MEMORY_BASE */
static int failures, test_nr;

static size_t copy_in(void *dst, unsigned long src, size_t n)
{
	if (src < MEMORY_BASE || src - MEMORY_BASE > MEMORY_SIZE ||
	    n > MEMORY_SIZE - (src - MEMORY_BASE))
		return n;
	memcpy(dst, memory + (src - MEMORY_BASE), n);
	return 0;
}

static unsigned long put(unsigned offset, const void *data, size_t size)
{
	memcpy(memory + offset, data, size);
	return MEMORY_BASE + offset;
}

static void check_text(const char *got, const char *want)
{
	bool is_good = strcmp(got, want) == 0;

	printf("%sok %d - %s\n", is_good ? "" : "not ", ++test_nr, want);
	if (!is_good)
		printf("# got %s\n", got);
	failures += !is_good;
}

static struct trace_line make(char *text, size_t size, long nr, const unsigned long *args)
{
	struct trace_line line = {.text = text,
				  .size = size,
				  .copy_in = copy_in,
				  .desc = &syscall_descs[nr]};

	memcpy(line.args, args, sizeof(line.args));
	return line;
}

static void check(const char *want, long nr, long result, const unsigned long args[6])
{
	char text[4096] = "";
	struct trace_line line = make(text, sizeof(text), nr, args);

	trace_format_entry(&line);
	line.result = result;
	trace_format_exit(&line);
	check_text(text, want);
}

#define ARGS(...) ((const unsigned long[6]){__VA_ARGS__})

static void test_lines(void)
{
	unsigned long name = put(0, "/etc/passwd", 12), argv;
	unsigned long data = put(32, "0123456789012345678901234567890123\n\0017", 38);
	struct timespec ts = {1, 5};
	int status = 7 << 8;

	check("close(3)                                = 0", __NR_close, 0, ARGS(3));
	check("openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC) = 3", __NR_openat, 3,
	      ARGS(-100ul, name, O_CLOEXEC, 0777));
	check("open(\"/etc/passwd\", O_WRONLY|O_CREAT, 0644) = -1 EACCES (Permission denied)",
	      __NR_open, -EACCES, ARGS(name, O_WRONLY | O_CREAT, 0644));
	check("read(0, \"0123456789\", 100)              = 10", __NR_read, 10, ARGS(0, data, 100));
	check("read(0, \"01234567890123456789012345678901\"..., 100) = 38", __NR_read, 38,
	      ARGS(0, data, 100));
	check("read(0, 0x10020, 100)                   = -1 EBADF (Bad file descriptor)", __NR_read,
	      -EBADF, ARGS(0, data, 100));
	check("write(1, \"\\n\\0017\", 3)                  = 3", __NR_write, 3,
	      ARGS(1, data + 34, 3));
	check("write(1, 0x5, 3)                        = -1 EFAULT (Bad address)", __NR_write,
	      -EFAULT, ARGS(1, 5, 3));
	check("brk(NULL)                               = 0x5000", __NR_brk, 0x5000, ARGS(0));
	check("mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7000",
	      __NR_mmap, 0x7000, ARGS(0, 4096, 3, 0x22, 0xffffffff, 0));
	check("nanosleep({tv_sec=1, tv_nsec=5}, NULL)  = ? ERESTART_RESTARTBLOCK (Interrupted by "
	      "signal)",
	      __NR_nanosleep, -516, ARGS(put(128, &ts, sizeof(ts)), 0));
	check("wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 7}], 0, NULL) = 5", __NR_wait4, 5,
	      ARGS(-1ul, put(160, &status, sizeof(status)), 0, 0));
	check("clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x99) = 6",
	      __NR_clone, 6, ARGS(CLONE_CHILD_SETTID | 17, 0, 0, 0x99, 0));
	argv = put(192, (unsigned long[]){name, 0}, 16);
	check("execve(\"/etc/passwd\", [\"/etc/passwd\"], 0x100c0 /* 1 var */) = 0", __NR_execve, 0,
	      ARGS(name, argv, argv));
	check("umask(022)                              = 002", __NR_umask, 2, ARGS(022));
}

static void test_halves(void)
{
	char text[256] = "";
	struct trace_line line = make(text, sizeof(text), __NR_read, ARGS(0, put(0, "abc", 4), 10));

	trace_format_entry(&line);
	check_text(text, "read(0, ");
	line.length = 0;
	line.result = 3;
	trace_format_exit(&line);
	check_text(text, "\"abc\", 10)                              = 3");
	line = make(text, sizeof(text), __NR_exit_group, ARGS(1));
	trace_format_entry(&line);
	trace_format_noreturn(&line);
	check_text(text, "exit_group(1)                           = ?");
}

static void test_signal(void)
{
	int info[32] = {17, 0, 1, 0, 42, 1000, 3};
	char text[256] = "";
	struct trace_line line = {.text = text, .size = sizeof(text), .copy_in = copy_in};

	trace_format_signal(&line, info);
	check_text(text,
		   "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=42, si_uid=1000, "
		   "si_status=3, si_utime=0, si_stime=0} ---");
}

static unsigned long random_state = 88172645463325252ul;

static unsigned long next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Pointers into the memory, near its end, small numbers, all ones, anything. */
static unsigned long random_arg(void)
{
	unsigned long r = next_random();

	switch (r >> 60) {
	case 0:
		return r & 0xffffffffffff;
	case 1:
		return ~0ul;
	case 2:
	case 3:
		return r & 0xff;
	case 4:
		return MEMORY_BASE + MEMORY_SIZE - (r & 31);
	case 5:
		return 0;
	case 6:
		return 1ul << (r & 63);
	default:
		return MEMORY_BASE + (r & 0xfff);
	}
}

static void test_random(void)
{
	static const size_t sizes[] = {1, 2, 40, 200, 3584};
	unsigned long i, k, lines = 0;
	char text[3584 + 8];

	for (i = 0; i < 80000; i++) {
		size_t size = sizes[i % ARRAY_SIZE(sizes)];
		unsigned nr = (unsigned)(i % NR_SYSCALL_DESCS);
		struct trace_line line;
		unsigned long args[6];

		if (!syscall_descs[nr].name)
			continue;
		for (k = 0; k < 6; k++)
			args[k] = random_arg();
		for (k = 0; k < 64; k++)
			memory[next_random() % MEMORY_SIZE] = (unsigned char)(next_random() >> 40);
		if (i % 7 == 0)
			put((unsigned)(next_random() & 0xfff), args, sizeof(args));
		memset(text + size, 0x5a, 8);
		line = make(text, size, nr, args);
		trace_format_entry(&line);
		line.result = (long)random_arg();
		trace_format_exit(&line);
		if (line.length >= size || strlen(text) != line.length || text[size] != 0x5a) {
			printf("not ok - %s: buffer of %zu\n", syscall_descs[nr].name, size);
			failures++;
		}
		lines++;
	}
	printf("ok %d - %lu random lines\n", ++test_nr, lines);
}

int main(void)
{
	test_lines();
	test_halves();
	test_signal();
	test_random();
	printf("1..%d\n", test_nr);
	return failures != 0;
}
