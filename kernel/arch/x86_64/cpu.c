/* What this CPU can do, switching it on, and telling programs about it. */
#include "bugs.h"
#include "internal.h"
#include "core/log.h"
#include "lib/string.h"
#include "lib/printf.h"

struct cpu_features cpu_features;
const char *const arch_platform = "x86_64";

static struct {
	u32 eax1, ebx1, ecx1, edx1, ebx7, ecx7, edx7, eaxd1, ecx81, edx81, ebx88, edx87;
	char vendor[13], model_name[49];
	unsigned family, model, stepping, phys_bits, virt_bits;
} info;

static void read_leaves(void)
{
	u32 r[4];

	cpuid(0, 0, r);
	cpu_features.max_leaf = r[0];
	memcpy(info.vendor, &r[1], 4);
	memcpy(info.vendor + 4, &r[3], 4);
	memcpy(info.vendor + 8, &r[2], 4);
	cpuid(1, 0, r);
	info.eax1 = r[0];
	info.ebx1 = r[1];
	info.ecx1 = r[2];
	info.edx1 = r[3];
	if (cpu_features.max_leaf >= 7) {
		cpuid(7, 0, r);
		info.ebx7 = r[1];
		info.ecx7 = r[2];
		info.edx7 = r[3];
	}
	cpuid(0x80000000, 0, r);
	cpu_features.max_ext_leaf = r[0];
	if (r[0] >= 0x80000001) {
		cpuid(0x80000001, 0, r);
		info.ecx81 = r[2];
		info.edx81 = r[3];
	}
	if (cpu_features.max_ext_leaf >= 0x80000004)
		for (u32 i = 0; i < 3; i++)
			cpuid(0x80000002 + i, 0, (u32 *)(void *)(info.model_name + 16 * i));
	if (cpu_features.max_ext_leaf >= 0x80000007) {
		cpuid(0x80000007, 0, r);
		info.edx87 = r[3];
	}
	info.phys_bits = 36;
	info.virt_bits = 48;
	if (cpu_features.max_ext_leaf >= 0x80000008) {
		cpuid(0x80000008, 0, r);
		info.phys_bits = r[0] & 0xff;
		info.virt_bits = (r[0] >> 8) & 0xff;
		info.ebx88 = r[1];
	}
}

void cpu_detect(void)
{
	struct cpu_features *f = &cpu_features;

	read_leaves();
	info.family = (info.eax1 >> 8) & 15;
	info.model = (info.eax1 >> 4) & 15;
	info.stepping = info.eax1 & 15;
	if (info.family >= 6)
		info.model |= (info.eax1 >> 12) & 0xf0;
	if (info.family == 15)
		info.family += (info.eax1 >> 20) & 0xff;
	f->is_amd = !strcmp(info.vendor, "AuthenticAMD") || !strcmp(info.vendor, "HygonGenuine");
	f->is_hypervisor = info.ecx1 & BIT(31);
	f->has_nx = info.edx81 & BIT(20);
	f->has_1g_pages = info.edx81 & BIT(26);
	f->has_rdtscp = info.edx81 & BIT(27);
	f->has_pge = info.edx1 & BIT(13);
	f->has_pcid = info.ecx1 & BIT(17);
	f->has_x2apic = info.ecx1 & BIT(21);
	f->has_tsc_deadline = info.ecx1 & BIT(24);
	f->has_xsave = info.ecx1 & BIT(26);
	f->has_rdrand = info.ecx1 & BIT(30);
	f->has_fsgsbase = info.ebx7 & BIT(0);
	f->has_smep = info.ebx7 & BIT(7);
	f->has_rdseed = info.ebx7 & BIT(18);
	f->has_invpcid = info.ebx7 & BIT(10);
	f->has_smap = info.ebx7 & BIT(20);
	f->has_umip = info.ecx7 & BIT(2);
	if (f->has_xsave && f->max_leaf >= 0xd) {
		u32 r[4];

		cpuid(0xd, 1, r);
		info.eaxd1 = r[0];
		f->has_xsaveopt = r[0] & BIT(0);
	} else {
		f->has_xsave = false;
	}
}

/* x87, SSE, AVX, and the three parts of AVX-512 together or not at all. */
static u64 choose_xfeatures(void)
{
	u32 r[4];
	u64 want = BIT(0) | BIT(1) | BIT(2);

	cpuid(0xd, 0, r);
	if ((r[0] & 0xe0) == 0xe0)
		want |= 0xe0;
	return want & ((u64)r[3] << 32 | r[0]);
}

static void xsetbv(u64 v)
{
	__asm__ volatile("xsetbv" ::"c"(0), "a"((u32)v), "d"((u32)(v >> 32)));
}

void cpu_enable(void)
{
	const struct cpu_features *f = &cpu_features;
	unsigned long cr0, cr4 = read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT;
	u32 r[4];

	__asm__ volatile("movq %%cr0, %0" : "=r"(cr0));
	cr0 &= ~(CR0_EM | CR0_TS | CR0_NW | CR0_CD);
	cr0 |= CR0_MP | CR0_NE | CR0_WP | CR0_AM;
	__asm__ volatile("movq %0, %%cr0" ::"r"(cr0) : "memory");
	cr4 |= f->has_pge ? CR4_PGE : 0;
	cr4 |= f->has_smep ? CR4_SMEP : 0;
	cr4 |= f->has_smap ? CR4_SMAP : 0;
	cr4 |= f->has_umip ? CR4_UMIP : 0;
	cr4 |= f->has_fsgsbase ? CR4_FSGSBASE : 0;
	cr4 |= f->has_xsave ? CR4_OSXSAVE : 0;
	write_cr4(cr4);
	arch_this_cpu()->has_fsgsbase = f->has_fsgsbase;
	if (f->has_xsave) {
		if (!cpu_features.xfeatures)
			cpu_features.xfeatures = choose_xfeatures();
		xsetbv(cpu_features.xfeatures);
		cpuid(0xd, 0, r);
		cpu_features.fpu_size = r[1]; /* standard format, features now in XCR0 */
	} else {
		cpu_features.fpu_size = 512;
	}
	if (f->has_rdtscp)
		wrmsr(MSR_TSC_AUX, container_of(arch_this_cpu(), struct cpu, arch)->id);
}

void cpu_identify(struct cpu_identity *id)
{
	*id = (struct cpu_identity){
		.is_intel = !strcmp(info.vendor, "GenuineIntel"),
		.is_amd = cpu_features.is_amd,
		.has_rtm = info.ebx7 & BIT(11),
		.has_avx = info.ecx1 & BIT(28),
		.has_vmx = info.ecx1 & BIT(5),
		.has_ibpb = (info.edx7 & BIT(26)) || (info.ebx88 & BIT(12)),
		.family = info.family,
		.model = info.model,
	};
	if (info.edx7 & BIT(29))
		id->arch_caps = rdmsr(MSR_ARCH_CAPS);
	if (cpu_features.is_amd && cpu_features.max_ext_leaf >= 0x80000021) {
		u32 r[4];

		cpuid(0x80000021, 0, r);
		id->has_auto_ibrs = r[0] & BIT(8);
	}
}

u32 cpu_cache_leaf(void)
{
	if (cpu_features.is_amd && (info.ecx81 & BIT(22)) &&
	    cpu_features.max_ext_leaf >= 0x8000001d)
		return 0x8000001d;
	return cpu_features.max_leaf >= 4 ? 4 : 0;
}

bool cpu_is_tcg(void)
{
	u32 r[4];

	if (!cpu_features.is_hypervisor)
		return false;
	cpuid(0x40000000, 0, r);
	return !memcmp(&r[1], "TCGTCGTCGTCG", 12);
}

extern const u64 __smap_patch_start[], __smap_patch_end[];
extern const u64 __pause_patch_start[], __pause_patch_end[];

void cpu_patch_smap(void)
{
	static const u8 nop3[3] = {0x0f, 0x1f, 0x00};

	if (cpu_features.has_smap)
		return;
	for (const u64 *p = __smap_patch_start; p < __smap_patch_end; p++)
		memcpy((void *)*p, nop3, sizeof(nop3));
}

/*
 * QEMU's TCG leaves its translated code at each `pause` and takes its one big lock; a CPU that
 * waits that way keeps the others from taking the very interrupt it waits for, for milliseconds.
 * There it becomes a no-op. Not with `pause=keep`: where the CPUs take turns, as under -icount, it
 * is what lets another one go on.
 */
void cpu_patch_pause(void)
{
	static const u8 nop2[2] = {0x66, 0x90};

	if (!cpu_is_tcg() || boot_param_is("pause", "keep"))
		return;
	for (const u64 *p = __pause_patch_start; p < __pause_patch_end; p++)
		memcpy((void *)*p, nop2, sizeof(nop2));
}

const char *arch_cpu_model(void)
{
	const char *s = info.model_name;

	while (*s == ' ')
		s++;
	return *s ? s : info.vendor;
}

u64 arch_hwcap(unsigned which)
{
	if (which == 1)
		return info.edx1;
	return cpu_features.has_fsgsbase ? BIT(1) : 0; /* HWCAP2_FSGSBASE */
}

bool arch_random_u64(u64 *out)
{
	u8 ok = 0;

	for (int i = 0; i < 10 && !ok; i++) {
		if (cpu_features.has_rdseed)
			__asm__ volatile("rdseed %0; setc %1" : "=r"(*out), "=qm"(ok)::"cc");
		if (!ok && cpu_features.has_rdrand)
			__asm__ volatile("rdrand %0; setc %1" : "=r"(*out), "=qm"(ok)::"cc");
	}
	return ok;
}

/* --- /proc/cpuinfo --- */

struct flag_word {
	const u32 *word;
	const char *names; /* 32 words, bit 0 first; "-" = no name */
};

static const struct flag_word flag_words[] = {
	{&info.edx1, "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn "
		     "clflush - dts acpi mmx fxsr sse sse2 ss ht tm ia64 pbe"},
	{&info.edx81, "- - - - - - - - - - - syscall - - - - - - - mp nx - mmxext - - fxsr_opt "
		      "pdpe1gb rdtscp - lm 3dnowext 3dnow"},
	{&info.ecx1, "pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 "
		     "xtpr pdcm - pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer "
		     "aes xsave - avx f16c rdrand hypervisor"},
	{&info.ecx81,
	 "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch "
	 "osvw ibs xop skinit wdt - lwp fma4 tce - nodeid_msr - tbm topoext "
	 "perfctr_core perfctr_nb - bpext ptsc perfctr_llc mwaitx - -"},
	{&info.ebx7, "fsgsbase tsc_adjust - bmi1 hle avx2 - smep bmi2 erms invpcid rtm cqm - mpx "
		     "rdt_a avx512f avx512dq rdseed adx smap avx512ifma - clflushopt clwb intel_pt "
		     "avx512pf avx512er avx512cd sha_ni avx512bw avx512vl"},
	{&info.eaxd1,
	 "xsaveopt xsavec xgetbv1 xsaves - - - - - - - - - - - - - - - - - - - - - - - - "
	 "- - - -"},
	{&info.ebx88,
	 "clzero irperf xsaveerptr - rdpru - - - - wbnoinvd - - - - - - - - - - - - - - "
	 "- - - - - - - -"},
	{&info.ecx7, "- avx512vbmi umip pku - waitpkg avx512_vbmi2 - gfni vaes vpclmulqdq "
		     "avx512_vnni avx512_bitalg - avx512_vpopcntdq - la57 - - - - - rdpid - - "
		     "cldemote - movdiri movdir64b - - -"},
	{&info.edx7, "- - - - fsrm - - - - - md_clear - - - - - - - - - - - - - - - - - - "
		     "arch_capabilities - -"},
};

static size_t put_flags(char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(flag_words); i++) {
		const char *p = flag_words[i].names;

		for (unsigned bit = 0; bit < 32 && *p; bit++) {
			const char *end = strchr(p, ' ');
			size_t len = end ? (size_t)(end - p) : strlen(p);

			if ((*flag_words[i].word & BIT(bit)) && *p != '-')
				n += scnprintf(buf + n, size - n, " %.*s", (int)len, p);
			p += len + (end != NULL);
		}
	}
	if (info.edx87 & BIT(8))
		n += scnprintf(buf + n, size - n, " constant_tsc nonstop_tsc");
	return n;
}

void arch_cpuinfo(unsigned cpu, char *buf, size_t size)
{
	u64 khz = arch_counter_hz() / 1000;
	size_t n;

	n = scnprintf(buf, size,
		      "processor\t: %u\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n"
		      "model name\t: %s\nstepping\t: %u\ncpu MHz\t\t: %llu.%03llu\n",
		      cpu, info.vendor, info.family, info.model, arch_cpu_model(), info.stepping,
		      (unsigned long long)(khz / 1000), (unsigned long long)(khz % 1000));
	n += scnprintf(buf + n, size - n,
		       "physical id\t: %u\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\n"
		       "apicid\t\t: %u\ninitial apicid\t: %u\n",
		       cpu, cpus[cpu].arch.apic_id, cpus[cpu].arch.apic_id);
	n += scnprintf(buf + n, size - n,
		       "fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: %u\nwp\t\t: yes\n"
		       "flags\t\t:",
		       cpu_features.max_leaf);
	n += put_flags(buf + n, size - n);
	n += scnprintf(buf + n, size - n, "\nbugs\t\t:");
	n += bugs_names(buf + n, size - n);
	scnprintf(buf + n, size - n,
		  "\nbogomips\t: %llu.%02llu\nclflush size\t: %u\n"
		  "cache_alignment\t: 64\naddress sizes\t: %u bits physical, %u bits virtual\n"
		  "power management:\n\n",
		  (unsigned long long)(khz / 500), (unsigned long long)(khz / 5 % 100),
		  ((info.ebx1 >> 8) & 0xff) * 8, info.phys_bits, info.virt_bits);
}

/* Component `part` of a standard-format XSAVE area; its place is CPUID's leaf 13 to tell. */
void cpu_clear_xpart(unsigned part, u8 *area, size_t size)
{
	u32 r[4]; /* bytes, offset */

	cpuid(0xd, part, r);
	if (r[1] < size && r[0] <= size - r[1])
		memset(area + r[1], 0, r[0]);
}
