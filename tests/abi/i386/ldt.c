/* SPDX-License-Identifier: Apache-2.0 */
/* modify_ldt(2) as 32-bit code uses it, with code, data and stack in segments of its own. */
#include "../../sys/test.h"
#include <asm/ldt.h>
#include <pthread.h>
#include <ucontext.h>

#define LDT_SELECTOR(n) ((n)*8 + 7)

static long modify(int func, void *ptr, unsigned long bytes)
{
	return syscall(SYS_modify_ldt, func, ptr, bytes);
}

static struct user_desc segment(unsigned entry, const void *base, unsigned contents)
{
	return (struct user_desc){
		.entry_number = entry,
		.base_addr = (uint32_t)base,
		.limit = 0xfffff,
		.seg_32bit = 1,
		.contents = contents,
		.limit_in_pages = 1,
		.useable = 1,
	};
}

static uint32_t words[4] = {1, 2, 3, 4}, others[4] = {10, 20, 30, 40};

static uint32_t read_fs(unsigned selector, uint32_t at)
{
	uint32_t v;

	__asm__ volatile("movw %w1, %%fs; movl %%fs:(%2), %0; movw %w3, %%fs"
			 : "=&r"(v)
			 : "r"(selector), "r"(at), "r"(0));
	return v;
}

static void check_errors(void)
{
	struct user_desc d = segment(0, words, 0);
	char buf[256];

	T_EQ(modify(0, buf, sizeof(buf)), 0); /* there is none yet */
	T_ERR(modify(3, &d, sizeof(d)), ENOSYS);
	T_ERR(modify(0x10, &d, sizeof(d)), ENOSYS);
	T_ERR(modify(1, &d, sizeof(d) - 1), EINVAL);
	T_ERR(modify(0x11, &d, 0), EINVAL);
	T_ERR(modify(0x11, NULL, sizeof(d)), EFAULT);
	d.entry_number = 8192;
	T_ERR(modify(0x11, &d, sizeof(d)), EINVAL);
	d.entry_number = 0;
	d.contents = 3;
	T_ERR(modify(1, &d, sizeof(d)), EINVAL);
	T_ERR(modify(0x11, &d, sizeof(d)), EINVAL);
	d.seg_not_present = 1;
	T_ERR(modify(1, &d, sizeof(d)), EINVAL);
	T_OK(modify(0x11, &d, sizeof(d)));
	memset(buf, 'x', sizeof(buf));
	T_EQ(modify(2, buf, sizeof(buf)), 128);
	T_TRUE(!buf[0] && !buf[127] && buf[128] == 'x');
	T_ERR(modify(2, (void *)8, 4), EFAULT);
}

static void check_entries(void)
{
	struct user_desc d = segment(3, words, 0), empty = {.entry_number = 3};
	uint64_t table[6];

	T_OK(modify(0x11, &d, sizeof(d)));
	T_EQ(read_fs(LDT_SELECTOR(3), 8), 3u);
	memset(table, 0xee, sizeof(table));
	T_EQ(modify(0, table, sizeof(table)), (long)sizeof(table)); /* zeroes behind the last */
	T_TRUE(table[4] == 0 && table[5] == 0);
	T_EQ((uint32_t)(table[3] >> 40 & 0xff), 0xf3u);
	T_EQ((uint32_t)(table[3] >> 52 & 0xf), 0xdu); /* granularity, 32 bits, AVL */
	T_EQ(modify(0, table, 16), 16);
	T_ERR(modify(0, (void *)8, 16), EFAULT);
	T_OK(modify(1, &d, sizeof(d))); /* the old function does not set AVL */
	T_EQ(modify(0, table, sizeof(table)), (long)sizeof(table));
	T_EQ((uint32_t)(table[3] >> 52 & 0xf), 0xcu);
	d.base_addr = (uint32_t)others;
	T_OK(modify(0x11, &d, sizeof(d)));
	T_EQ(read_fs(LDT_SELECTOR(3), 4), 20u);
	empty.read_exec_only = 1;
	empty.seg_not_present = 1;
	T_OK(modify(0x11, &empty, sizeof(empty)));
	T_EQ(modify(0, table, sizeof(table)), (long)sizeof(table));
	T_TRUE(table[3] == 0);
	T_CHILD_STATUS(SIGSEGV)
	{
		read_fs(LDT_SELECTOR(3), 0);
	}
	d.entry_number = 8191;
	T_OK(modify(0x11, &d, sizeof(d)));
	T_EQ(read_fs(LDT_SELECTOR(8191), 0), 10u);
	T_OK(modify(0x11,
		    &(struct user_desc){.entry_number = 8191,
					.read_exec_only = 1,
					.seg_not_present = 1},
		    sizeof(d)));
}

static volatile int is_thread_ready, may_thread_read;
static uint32_t thread_read[2];

static void *reader(void *arg)
{
	(void)arg;
	thread_read[0] = read_fs(LDT_SELECTOR(3), 0);
	is_thread_ready = 1;
	while (!may_thread_read)
		sched_yield();
	thread_read[1] = read_fs(LDT_SELECTOR(3), 0);
	return NULL;
}

/* Threads share the table, a child has a copy, a new program has none. */
static void check_sharing(void)
{
	struct user_desc d = segment(3, words, 0);
	pthread_t t;

	T_OK(modify(0x11, &d, sizeof(d)));
	pthread_create(&t, NULL, reader, NULL);
	while (!is_thread_ready)
		sched_yield();
	d.base_addr = (uint32_t)others;
	T_OK(modify(0x11, &d, sizeof(d)));
	may_thread_read = 1;
	pthread_join(t, NULL);
	T_EQ(thread_read[0], 1u);
	T_EQ(thread_read[1], 10u);
	T_CHILD
	{
		struct user_desc mine = segment(3, words, 0);

		T_EQ(read_fs(LDT_SELECTOR(3), 0), 10u);
		T_OK(modify(0x11, &mine, sizeof(mine)));
		T_EQ(read_fs(LDT_SELECTOR(3), 0), 1u);
	}
	T_EQ(read_fs(LDT_SELECTOR(3), 0), 10u);
	T_CHILD_STATUS(T_EXITED(0))
	{
		execl("/proc/self/exe", "ldt", "no-ldt", (char *)NULL);
	}
}

/* A register that has a selector keeps it over calls, switches and handlers. */
static volatile uint32_t in_handler;

static void handler(int sig)
{
	(void)sig;
	__asm__ volatile("movw %%fs, %w0" : "=r"(in_handler));
	in_handler &= 0xffff;
}

static void check_register(void)
{
	uint32_t v, sel;

	signal(SIGUSR1, handler);
	__asm__ volatile("movw %w0, %%fs" ::"r"(LDT_SELECTOR(3)));
	usleep(1000);
	raise(SIGUSR1);
	__asm__ volatile("movl %%fs:12, %0; movw %%fs, %w1" : "=r"(v), "=r"(sel));
	T_EQ(v, 40u);
	T_EQ(sel & 0xffff, (unsigned)LDT_SELECTOR(3));
	T_EQ(in_handler, (unsigned)LDT_SELECTOR(3));
	__asm__ volatile("movw %w0, %%fs" ::"r"(0));
}

/* Code in a segment of its own: calls, handlers and faults keep cs, ss. */
static volatile uint32_t seen_cs, seen_ss, seen_ip;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)si;
	seen_cs = (uint32_t)uc->uc_mcontext.gregs[REG_CS];
	seen_ss = (uint32_t)uc->uc_mcontext.gregs[REG_SS];
	seen_ip = (uint32_t)uc->uc_mcontext.gregs[REG_EIP];
	if (sig == SIGSEGV)
		uc->uc_mcontext.gregs[REG_EIP] += 2;
}

extern char ldt_code[], ldt_code_fault[];
__asm__(".text\n"
	"ldt_code:\n"
	"	movl %ss, %ecx\n"
	"	movl $0x2f, %edx\n" /* LDT entry 5 */
	"	movl %edx, %ss\n"
	"	pushl %ecx\n"
	"	movl $20, %eax\n"
	"	int $0x80\n"
	"	movl %eax, %esi\n"
	"ldt_code_fault:\n"
	"	movb (%edi), %al\n"
	"	popl %ecx\n"
	"	movl %ecx, %ss\n"
	"	ljmp *ldt_way_back\n");
/* Not by lcall and lret: QEMU's translator uses the stack with the kernel's rights there. */
struct far_pointer {
	uint32_t ip;
	uint16_t cs;
} __attribute__((packed));
struct far_pointer ldt_way_back;

static void check_code(void)
{
	struct user_desc code = segment(4, 0, 2), stack = segment(5, 0, 0);
	struct sigaction sa = {.sa_flags = SA_SIGINFO};
	struct far_pointer target = {(uint32_t)ldt_code, LDT_SELECTOR(4)};
	uint32_t pid = 0;

	T_OK(modify(0x11, &code, sizeof(code)));
	T_OK(modify(0x11, &stack, sizeof(stack)));
	sa.sa_sigaction = on_signal;
	sigaction(SIGSEGV, &sa, NULL);
	__asm__ volatile("movl $1f, ldt_way_back; movw %%cs, ldt_way_back + 4\n\t"
			 "ljmp *%1; 1:"
			 : "=S"(pid)
			 : "m"(target), "D"(8)
			 : "eax", "ecx", "edx", "memory", "cc");
	T_EQ((int)pid, getpid());
	T_EQ(seen_cs, (unsigned)LDT_SELECTOR(4));
	T_EQ(seen_ss, (unsigned)LDT_SELECTOR(5));
	T_EQ(seen_ip, (uint32_t)ldt_code_fault);
}

/* A handler returns to segments that are not there. */
static volatile uint32_t new_cs, new_ss;

static void change(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)si;
	if (new_cs)
		uc->uc_mcontext.gregs[REG_CS] = (int)new_cs;
	if (new_ss)
		uc->uc_mcontext.gregs[REG_SS] = (int)new_ss;
}

static void check_bad_return(void)
{
	static const uint16_t bad[] = {LDT_SELECTOR(100), 0x13, 0x43, 0xfffb};
	struct user_desc absent = segment(6, 0, 0);
	struct sigaction sa = {.sa_flags = SA_SIGINFO};

	absent.seg_not_present = 1;
	T_OK(modify(0x11, &absent, sizeof(absent)));
	sa.sa_sigaction = change;
	sigaction(SIGUSR2, &sa, NULL);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		T_CHILD_STATUS(SIGSEGV)
		{
			signal(SIGSEGV, SIG_DFL);
			new_cs = bad[i];
			raise(SIGUSR2);
		}
		T_CHILD_STATUS(SIGSEGV)
		{
			signal(SIGSEGV, SIG_DFL);
			new_ss = bad[i];
			raise(SIGUSR2);
		}
	}
	T_CHILD_STATUS(SIGBUS) /* code, not present: #NP */
	{
		signal(SIGSEGV, SIG_DFL);
		new_cs = LDT_SELECTOR(0);
		raise(SIGUSR2);
	}
	T_CHILD_STATUS(SIGSEGV) /* a stack, not present: not #SS, Linux sees to that */
	{
		signal(SIGSEGV, SIG_DFL);
		new_ss = LDT_SELECTOR(6);
		raise(SIGUSR2);
	}
}

/* check_sharing() starts this program anew. */
__attribute__((constructor)) static void as_new_program(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "no-ldt"))
		_exit(modify(0, argv[1], 4) != 0);
}

TEST_MAIN
{
	check_errors();
	check_entries();
	check_sharing();
	check_register();
	check_code();
	check_bad_return();
}
