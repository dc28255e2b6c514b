/* SPDX-License-Identifier: Apache-2.0 */
/* Vector and floating-point registers over calls, switches, signals, fork and clone. */
#include "x86.h"

#include <sched.h>
#include <time.h>
#include <ucontext.h>

#define XSTATE_MAGIC1 0x46505853
#define XSTATE_MAGIC2 0x46505845

static bool has_avx, has_avx512;

struct vectors {
	uint8_t reg[32][64];
	uint64_t mask[8];
} __attribute__((aligned(64)));

static void look_at_processor(void)
{
	unsigned a, b, c, d, low, high;

	__cpuid(1, a, b, c, d);
	if (!(c & 1U << 27))
		return;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	has_avx = c & 1U << 28 && (low & 6) == 6;
	__cpuid_count(7, 0, a, b, c, d);
	has_avx512 = has_avx && b & 1U << 16 && (low & 0xe6) == 0xe6;
}

#define EACH8(m, a) m(a, 0) m(a, 1) m(a, 2) m(a, 3) m(a, 4) m(a, 5) m(a, 6) m(a, 7)
#define EACH16(m, a) \
	EACH8(m, a) m(a, 8) m(a, 9) m(a, 10) m(a, 11) m(a, 12) m(a, 13) m(a, 14) m(a, 15)
#define EACH32(m, a)                                                                              \
	EACH16(m, a)                                                                              \
	m(a, 16) m(a, 17) m(a, 18) m(a, 19) m(a, 20) m(a, 21) m(a, 22) m(a, 23) m(a, 24) m(a, 25) \
		m(a, 26) m(a, 27) m(a, 28) m(a, 29) m(a, 30) m(a, 31)
#define LOAD(kind, n)  kind##_LOAD(n)
#define STORE(kind, n) kind##_STORE(n)
#define SSE_LOAD(n)    "movaps " #n "*64(%0), %%xmm" #n "\n"
#define SSE_STORE(n)   "movaps %%xmm" #n ", " #n "*64(%0)\n"
#define AVX_LOAD(n)    "vmovaps " #n "*64(%0), %%ymm" #n "\n"
#define AVX_STORE(n)   "vmovaps %%ymm" #n ", " #n "*64(%0)\n"
#define ZMM_LOAD(n)    "vmovaps " #n "*64(%0), %%zmm" #n "\n"
#define ZMM_STORE(n)   "vmovaps %%zmm" #n ", " #n "*64(%0)\n"
#define MASK_LOAD(n)   "kmovw 2048+" #n "*8(%0), %%k" #n "\n"
#define MASK_STORE(n)  "kmovw %%k" #n ", 2048+" #n "*8(%0)\n"
#define CLOBBERS                                                                                  \
	"memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", \
		"xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

static void load(const struct vectors *v)
{
	if (has_avx512)
		__asm__ volatile(EACH32(LOAD, ZMM) EACH8(LOAD, MASK)::"r"(v) : CLOBBERS);
	else if (has_avx)
		__asm__ volatile(EACH16(LOAD, AVX)::"r"(v) : CLOBBERS);
	else
		__asm__ volatile(EACH16(LOAD, SSE)::"r"(v) : CLOBBERS);
}

static void store(struct vectors *v)
{
	if (has_avx512)
		__asm__ volatile(EACH32(STORE, ZMM) EACH8(STORE, MASK)::"r"(v) : CLOBBERS);
	else if (has_avx)
		__asm__ volatile(EACH16(STORE, AVX)::"r"(v) : CLOBBERS);
	else
		__asm__ volatile(EACH16(STORE, SSE)::"r"(v) : CLOBBERS);
}

static void pattern(struct vectors *v, unsigned seed)
{
	memset(v, 0, sizeof(*v));
	for (int r = 0; r < (has_avx512 ? 32 : 16); r++)
		for (int i = 0; i < (has_avx512 ? 64 : has_avx ? 32 : 16); i++)
			v->reg[r][i] = (uint8_t)(seed * 37 + (unsigned)r * 11 + (unsigned)i);
	for (int k = 0; has_avx512 && k < 8; k++)
		v->mask[k] = (seed * 977 + (unsigned)k * 31) & 0xffff;
}

/* Loads a pattern, makes one call with nothing between, and compares. */
static bool survives(unsigned seed, unsigned long nr, unsigned long a, unsigned long b)
{
	struct vectors before, after = {.mask = {0}};

	pattern(&before, seed);
	load(&before);
	raw_syscall(nr, a, b, 0);
	store(&after);
	return !memcmp(&before, &after, sizeof(before));
}

static uint32_t mxcsr(void)
{
	uint32_t v;

	__asm__ volatile("stmxcsr %0" : "=m"(v));
	return v;
}

static void set_mxcsr(uint32_t v)
{
	__asm__ volatile("ldmxcsr %0" ::"m"(v));
}

static uint16_t control_word(void)
{
	uint16_t v;

	__asm__ volatile("fnstcw %0" : "=m"(v));
	return v;
}

static volatile int handled;
static volatile uint32_t handler_mxcsr;
static volatile uint16_t handler_control;
static volatile bool is_frame_good;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;
	struct vectors junk;
	const char *fp = (const char *)uc->uc_mcontext.fpregs;
	const uint32_t *sw = (const uint32_t *)(fp + 464); /* struct _fpx_sw_bytes */

	(void)sig;
	(void)si;
	handled++;
	handler_mxcsr = mxcsr();
	handler_control = control_word();
	is_frame_good = !((uintptr_t)fp & 63);
	if (has_avx) {
		is_frame_good &= sw[0] == XSTATE_MAGIC1;
		is_frame_good &= *(const uint32_t *)(fp + sw[1] - 4) == XSTATE_MAGIC2;
		is_frame_good &= (sw[2] & 3) == 3; /* xfeatures: x87 and SSE */
	}
	pattern(&junk, 255);
	load(&junk);
	set_mxcsr(0x1fa5);
	__asm__ volatile("fninit; fld1; fldpi");
}

static void test_signals(void)
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};
	uint16_t control = 0x27f;
	double top = 0;

	sa.sa_sigaction = on_signal;
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_TRUE(survives(7, SYS_kill, (unsigned long)getpid(), SIGUSR1));
	T_EQ(handled, 1);
	T_TRUE(is_frame_good);

	set_mxcsr(0x7f80);
	__asm__ volatile("fninit; fldcw %0; fldpi" ::"m"(control));
	raw_syscall(SYS_kill, (unsigned long)getpid(), SIGUSR1, 0);
	T_EQ(mxcsr(), 0x7f80);
	T_EQ(control_word(), 0x27f);
	__asm__ volatile("fstpl %0; fninit" : "=m"(top));
	T_TRUE(top > 3.14159 && top < 3.1416);
	/* Handlers start with the state of a fresh program. */
	T_EQ(handler_mxcsr, 0x1f80);
	T_EQ(handler_control, 0x37f);
	set_mxcsr(0x1f80);
}

/* A handler may change the interrupted state. */
static void change_xmm(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)si;
	memset(&uc->uc_mcontext.fpregs->_xmm[5], 0x5a, 16);
	uc->uc_mcontext.fpregs->mxcsr = 0x3f80;
}

static void test_change(void)
{
	struct sigaction sa = {.sa_flags = SA_SIGINFO};
	struct vectors v;

	sa.sa_sigaction = change_xmm;
	T_OK(sigaction(SIGUSR2, &sa, NULL));
	pattern(&v, 9);
	load(&v);
	raw_syscall(SYS_kill, (unsigned long)getpid(), SIGUSR2, 0);
	store(&v);
	T_EQ(v.reg[5][0], 0x5a);
	T_EQ(v.reg[5][15], 0x5a);
	T_EQ(v.reg[4][0], (uint8_t)(9 * 37 + 4 * 11));
	T_EQ(mxcsr(), 0x3f80);
	set_mxcsr(0x1f80);
}

static void bad_mxcsr(int sig, siginfo_t *si, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)si;
	uc->uc_mcontext.fpregs->mxcsr = 0xffff0000;
}

/* Reserved bits in the saved state: the frame is bad. */
static void test_bad_state(void)
{
	if (is_tcg()) {
		T_SKIP_ONE("TCG loads any MXCSR");
		return;
	}
	T_CHILD_STATUS(SIGSEGV)
	{
		struct sigaction sa = {.sa_flags = SA_SIGINFO};

		sa.sa_sigaction = bad_mxcsr;
		sigaction(SIGUSR2, &sa, NULL);
		raise(SIGUSR2);
	}
}

static void test_fork(void)
{
	struct vectors before, after = {.mask = {0}};
	long pid;

	pattern(&before, 3);
	load(&before);
	set_mxcsr(0x5f80);
	pid = raw_syscall(SYS_fork, 0, 0, 0);
	store(&after);
	if (!pid)
		_exit(memcmp(&before, &after, sizeof(before)) ? 1 : mxcsr() != 0x5f80);
	T_MEM(&after, &before, sizeof(before));
	T_WAIT((pid_t)pid, 0);
	set_mxcsr(0x1f80);
}

/* Processes that share a processor and each keep their own values, spinning and yielding. */
static void test_switches(void)
{
	pid_t pids[3];
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	T_OK(sched_setaffinity(0, sizeof(set), &set));
	for (unsigned i = 0; i < 3; i++) {
		pids[i] = T_NEED(fork());
		if (!pids[i]) {
			struct vectors before, after = {.mask = {0}};
			bool ok = true;

			for (long end = t_now_ms() + 300; t_now_ms() < end;)
				ok &= survives(i * 50, SYS_sched_yield, 0, 0);
			pattern(&before, i + 100);
			for (int round = 0; round < 20; round++) {
				load(&before);
				for (int spin = 0; spin < 1000000; spin++)
					__asm__ volatile("");
				store(&after);
				ok &= !memcmp(&before, &after, sizeof(before));
			}
			_exit(!ok);
		}
	}
	for (int i = 0; i < 3; i++)
		T_WAIT(pids[i], 0);
}

TEST_MAIN
{
	static const struct timespec ts = {0, 5000000};

	look_at_processor();
	T_EQ(mxcsr(), 0x1f80);
	T_EQ(control_word(), 0x37f);
	T_TRUE(survives(1, SYS_getppid, 0, 0));
	T_TRUE(survives(2, SYS_nanosleep, (unsigned long)&ts, 0));
	T_TRUE(survives(4, 100000, 0, 0));
	test_signals();
	test_change();
	test_bad_state();
	test_fork();
	test_switches();
}
