/* The CPU's speculation bugs and what is done about them: bugs.c. */
#ifndef ARCH_X86_64_BUGS_H
#define ARCH_X86_64_BUGS_H

#include "internal.h"

/* spectre_v2=: how indirect branches are kept from being steered. */
enum spectre_v2 { V2_OFF, V2_RETPOLINE, V2_LFENCE, V2_EIBRS, V2_EIBRS_RETPOLINE };

/* Files of vulnerabilities/. */
enum bug {
	BUG_MELTDOWN,
	BUG_SPECTRE_V1,
	BUG_SPECTRE_V2,
	BUG_SSB,
	BUG_L1TF,
	BUG_MDS,
	BUG_TAA,
	BUG_ITLB_MULTIHIT,
	BUG_SRBDS,
	BUG_MMIO_STALE,
	BUG_RETBLEED,
	BUG_GDS,
	BUG_SRSO,
	BUG_RFDS,
};

/* Set by bugs_init(), constant afterwards. */
struct bugs {
	bool meltdown, l1tf, mds, taa, mmio_stale, itlb_multihit, swapgs, ssb, srso, retbleed,
		srbds, gds, rfds; /* the CPU has the bug */
	bool has_vmx, has_eibrs, has_auto_ibrs, has_ibpb;
	enum spectre_v2 v2;
	bool has_swapgs_fences, fills_rsb, uses_ibpb, moves_stack;
	bool mm_switch_is_plain; /* a table is loaded, and that is all */
};
extern struct bugs bugs;

/* What of CPUID and MSR_ARCH_CAPS decides: cpu.c. */
struct cpu_identity {
	bool is_intel, is_amd, has_rtm, has_avx, has_vmx, has_ibpb, has_auto_ibrs;
	unsigned family, model;
	u64 arch_caps;
};
void cpu_identify(struct cpu_identity *id);
bool cpu_is_tcg(void);
u32 cpu_cache_leaf(void); /* of CPUID, to ask for caches; 0: none */

size_t bugs_names(char *buf, size_t size); /* " a b": /proc/cpuinfo's bugs */
int bugs_show(enum bug which, char *buf, size_t size);

#endif
