/* SPDX-License-Identifier: Apache-2.0 */
/* The vDSO's getrandom (vdso(7)): asking for the state's size, bytes, errors, fork; and that all of
 * the vDSO's functions do their work without a system call. */
#include "test.h"
#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>

struct params {
	unsigned size_of_opaque_state, mmap_prot, mmap_flags, reserved[13];
};
typedef ssize_t (*getrandom_fn)(void *, size_t, unsigned, void *, size_t);

static getrandom_fn vgetrandom;
static struct params params;
static char *state;

/* A function of the vDSO with version LINUX_2.6, by its own tables. */
static void *find(const char *wanted)
{
	char *base = (char *)getauxval(AT_SYSINFO_EHDR);
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)base;
	Elf64_Phdr *phdr = (Elf64_Phdr *)(base + ehdr->e_phoff);
	Elf64_Dyn *dyn = NULL;
	Elf64_Sym *symbols = NULL;
	Elf64_Half *versions = NULL;
	Elf64_Verdef *defs = NULL;
	Elf64_Word *hash = NULL;
	char *names = NULL;

	for (int i = 0; i < ehdr->e_phnum; i++)
		if (phdr[i].p_type == PT_DYNAMIC)
			dyn = (Elf64_Dyn *)(base + phdr[i].p_vaddr);
	for (; dyn && dyn->d_tag; dyn++) {
		void *at = base + dyn->d_un.d_ptr;

		if (dyn->d_tag == DT_SYMTAB)
			symbols = at;
		else if (dyn->d_tag == DT_STRTAB)
			names = at;
		else if (dyn->d_tag == DT_VERSYM)
			versions = at;
		else if (dyn->d_tag == DT_VERDEF)
			defs = at;
		else if (dyn->d_tag == DT_HASH)
			hash = at;
	}
	for (unsigned i = 0; hash && i < hash[1]; i++) {
		Elf64_Verdef *def = defs;

		if (strcmp(names + symbols[i].st_name, wanted) || !symbols[i].st_shndx)
			continue;
		while (def->vd_ndx != (versions[i] & 0x7fff) && def->vd_next)
			def = (Elf64_Verdef *)((char *)def + def->vd_next);
		if (!strcmp(names + ((Elf64_Verdaux *)((char *)def + def->vd_aux))->vda_name,
			    "LINUX_2.6"))
			return base + symbols[i].st_value;
	}
	return NULL;
}

static long get(void *buf, size_t len, unsigned flags)
{
	return vgetrandom(buf, len, flags, state, params.size_of_opaque_state);
}

static bool is_zero(const char *p, size_t n)
{
	while (n && !*p)
		p++, n--;
	return !n;
}

static void check_bytes(void)
{
	static unsigned char big[1 << 20], twin[1 << 20];
	unsigned counts[256] = {0};
	char a[64] = {0}, b[64] = {0};

	T_EQ(get(a, 0, 0), 0);
	T_TRUE(is_zero(a, sizeof(a)));
	T_EQ(get(a, 1, 0), 1);
	T_TRUE(is_zero(a + 1, sizeof(a) - 1));
	T_EQ(get(a, sizeof(a), 0), sizeof(a));
	T_EQ(get(b, sizeof(b), GRND_NONBLOCK), sizeof(b));
	T_TRUE(memcmp(a, b, sizeof(a)));
	/* Every length around the sizes of a block and a batch, and nothing behind it. */
	for (size_t n = 1; n < 300; n++) {
		memset(big, 0, 400);
		if (get(big, n, 0) != (long)n || !is_zero((char *)big + n, 400 - n))
			T_EQ(n, 0);
	}
	T_EQ(get(big, sizeof(big), 0), sizeof(big));
	T_EQ(get(twin, sizeof(twin), 0), sizeof(twin));
	T_TRUE(memcmp(big, twin, sizeof(big)));
	/* 4096 of each value are expected: 3700 to 4500 is six standard deviations and more. */
	for (size_t i = 0; i < sizeof(big); i++)
		counts[big[i]]++;
	for (unsigned i = 0; i < 256; i++)
		if (counts[i] < 3700 || counts[i] > 4500)
			T_EQ(counts[i], 4096);
	/* What was given out is not in the state any more. */
	T_EQ(get(a, 32, 0), 32);
	T_TRUE(!memmem(state, params.size_of_opaque_state, a, 32));
}

static void check_errors(void)
{
	char a[16] = {0};

	T_EQ(get(a, sizeof(a), 0x100), -EINVAL);
	T_EQ(get(a, sizeof(a), GRND_RANDOM | GRND_INSECURE), sizeof(a));
	T_EQ(get(a, sizeof(a), GRND_RANDOM), sizeof(a));
	/* A state of another size: the system call answers. */
	T_EQ(vgetrandom(a, sizeof(a), 0, state, params.size_of_opaque_state - 1), sizeof(a));
	T_EQ(vgetrandom(a, sizeof(a), 0x100, state, 1), -EINVAL);
	/* Across the end of a page. */
	T_EQ(vgetrandom(a, sizeof(a), 0, state + 4096 - params.size_of_opaque_state + 1,
			params.size_of_opaque_state),
	     -EFAULT);
	/* Not the question for the parameters: there is a buffer. */
	T_EQ(vgetrandom(a, sizeof(a), 0, state, ~0ul), sizeof(a));
}

static void check_fork(void)
{
	char *bytes =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));

	T_EQ(get(bytes + 128, 1, 0), 1);
	T_CHILD
	{
		T_TRUE(is_zero(state, params.size_of_opaque_state));
		T_EQ(get(bytes, 64, 0), 64);
	}
	T_EQ(get(bytes + 64, 64, 0), 64);
	T_TRUE(memcmp(bytes, bytes + 64, 64));
	T_TRUE(!is_zero(bytes, 64));
}

/* From now on each system call but exit ends the process. */
static bool forbid_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Where there is no seccomp, tests/hardening.sh counts the calls from outside. */
static void check_no_calls(void)
{
	int (*clock)(int, struct timespec *) = find("__vdso_clock_gettime");
	int (*tod)(struct timeval *, void *) = find("__vdso_gettimeofday");
	long (*now)(long *) = find("__vdso_time");
	int (*getcpu)(unsigned *, unsigned *, void *) = find("__vdso_getcpu");
	int (*res)(int, struct timespec *) = find("__vdso_clock_getres");
	struct timespec ts;
	struct timeval tv;
	unsigned cpu, node;
	char bytes[300];
	int pid, status;

	T_TRUE(clock && tod && now && getcpu && res);
	get(bytes, 1, 0);
	pid = fork();
	if (!pid) {
		get(bytes, 1, 0); /* the child's key */
		status = forbid_calls() ? 0 : 77;
		for (int i = 0; i < 1000; i++) {
			for (int id = CLOCK_REALTIME; id <= CLOCK_TAI; id++)
				if (id != CLOCK_PROCESS_CPUTIME_ID &&
				    id != CLOCK_THREAD_CPUTIME_ID && id != CLOCK_REALTIME_ALARM &&
				    id != CLOCK_BOOTTIME_ALARM && id != 10)
					clock(id, &ts), res(id, &ts);
			tod(&tv, NULL);
			now(NULL);
			getcpu(&cpu, &node, NULL);
			get(bytes, sizeof(bytes), 0);
		}
		syscall(SYS_exit, status);
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	if (status == T_EXITED(77))
		T_SKIP_ONE("no seccomp");
	else
		T_EQ(status, 0);
}

TEST_MAIN
{
	vgetrandom = (getrandom_fn)find("__vdso_getrandom");
	if (!vgetrandom) {
		T_SKIP("a vDSO from before Linux 6.11");
		return;
	}
	T_TRUE(find("getrandom"));
	T_EQ(vgetrandom(NULL, 0, 0, &params, ~0ul), 0);
	T_CMP(params.size_of_opaque_state, >, 32);
	T_CMP(params.size_of_opaque_state, <=, 4096);
	T_EQ(params.mmap_prot, PROT_READ | PROT_WRITE);
	T_EQ(params.mmap_flags, 0x08 | MAP_ANONYMOUS);
	T_TRUE(is_zero((char *)params.reserved, sizeof(params.reserved)));
	state = T_NEED(mmap(NULL, 8192, (int)params.mmap_prot, (int)params.mmap_flags, -1, 0));
	check_bytes();
	check_errors();
	check_fork();
	check_no_calls();
}
