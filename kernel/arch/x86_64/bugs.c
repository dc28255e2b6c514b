/*
 * What this CPU's speculation can be made to leak, what is done about it, and
 * /sys/devices/system/cpu/vulnerabilities/, which says so in Linux's words. Kernel parameters with
 * Linux's names: mitigations= pti= nopti nospectre_v1 spectre_v2= nospectre_v2 spectre_v2_user=
 * randomize_kstack_offset=.
 *
 * The image is built with each mitigation off, or with what costs nothing; bugs_patch() turns them
 * on in its text before that is read-only.
 */
#include "bugs.h"
#include "core/log.h"
#include "core/param.h"
#include "lib/printf.h"
#include "lib/string.h"

/* MSR_ARCH_CAPS */
#define ARCH_CAP_RDCL_NO  BIT(0)
#define ARCH_CAP_IBRS_ALL BIT(1)
#define ARCH_CAP_SSB_NO	  BIT(4)
#define ARCH_CAP_MDS_NO	  BIT(5)
#define ARCH_CAP_PSCHANGE BIT(6)
#define ARCH_CAP_TAA_NO	  BIT(8)
#define ARCH_CAP_FBSDP_NO BIT(14)
#define ARCH_CAP_GDS_NO	  BIT(26)
#define ARCH_CAP_RFDS_NO  BIT(27)

struct bugs bugs;

/* --- what the CPU is --- */

static bool has_model(const struct cpu_identity *id, const u8 *models, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (id->family == 6 && id->model == models[i])
			return true;
	return false;
}

/* By vendor and family as Intel's and AMD's lists say; a capability bit overrules. */
static void find_bugs(const struct cpu_identity *id)
{
	/* Skylake to Comet Lake and Rocket Lake: returns that fall back to the branch predictor. */
	static const u8 retbleed_models[] = {0x4e, 0x5e, 0x55, 0x8e, 0x9e, 0x66,
					     0xa5, 0xa6, 0x7e, 0x8a, 0xa7};
	static const u8 srbds_models[] = {0x3a, 0x3c, 0x45, 0x46, 0x3d, 0x47,
					  0x4e, 0x5e, 0x8e, 0x9e, 0xa5, 0xa6};
	u64 caps = id->arch_caps;
	bool is_intel = id->is_intel && id->family == 6;
	struct bugs *b = &bugs;

	b->meltdown = id->is_intel && !(caps & ARCH_CAP_RDCL_NO);
	b->l1tf = is_intel && !(caps & ARCH_CAP_RDCL_NO);
	b->mds = is_intel && !(caps & ARCH_CAP_MDS_NO);
	b->taa = is_intel && id->has_rtm && !(caps & ARCH_CAP_TAA_NO);
	b->mmio_stale = is_intel && !(caps & ARCH_CAP_FBSDP_NO);
	b->itlb_multihit = is_intel && !(caps & ARCH_CAP_PSCHANGE);
	b->swapgs = id->is_intel;
	b->ssb = (id->is_intel && !(caps & ARCH_CAP_SSB_NO)) || (id->is_amd && id->family > 0x12);
	b->srso = id->is_amd && (id->family == 0x17 || id->family == 0x19);
	b->retbleed = (id->is_amd && id->family >= 0x15 && id->family <= 0x17) ||
		      (is_intel && has_model(id, retbleed_models, sizeof(retbleed_models)));
	b->srbds = is_intel && has_model(id, srbds_models, sizeof(srbds_models));
	b->gds = is_intel && id->has_avx && !(caps & ARCH_CAP_GDS_NO) &&
		 has_model(id, retbleed_models, sizeof(retbleed_models));
	b->rfds = is_intel && id->model >= 0x86 && id->model <= 0xbf && !id->has_avx &&
		  !(caps & ARCH_CAP_RFDS_NO);
	b->has_vmx = id->has_vmx;
	b->has_eibrs = id->is_intel && (caps & ARCH_CAP_IBRS_ALL);
	b->has_auto_ibrs = id->has_auto_ibrs;
	b->has_ibpb = id->has_ibpb;
}

/* --- what is done about it --- */

static bool param_says(const char *name, const char *value)
{
	char text[32];

	return param_get(name, text, sizeof(text)) && !strcmp(text, value);
}

static bool choose_pti(bool is_off)
{
	if (param_says("pti", "on"))
		return true;
	if (param_says("pti", "off") || param_is_set("nopti") ||
	    (is_off && !param_says("pti", "auto")))
		return false;
	return bugs.meltdown;
}

/* QEMU's translated code takes every indirect branch of the guest through a table of its own:
 * a thunk in the guest changes nothing there, so `auto` leaves it out. */
static enum spectre_v2 choose_v2(bool is_off)
{
	bool has_ibrs = bugs.has_eibrs || bugs.has_auto_ibrs;

	if (param_says("spectre_v2", "off") || param_is_set("nospectre_v2"))
		return V2_OFF;
	if (param_says("spectre_v2", "retpoline") || param_says("spectre_v2", "retpoline,generic"))
		return V2_RETPOLINE;
	if (param_says("spectre_v2", "retpoline,lfence") ||
	    param_says("spectre_v2", "retpoline,amd"))
		return V2_LFENCE;
	if (param_says("spectre_v2", "eibrs,retpoline") && has_ibrs)
		return V2_EIBRS_RETPOLINE;
	if (param_says("spectre_v2", "eibrs") && has_ibrs)
		return V2_EIBRS;
	if (param_says("spectre_v2", "on"))
		return has_ibrs ? V2_EIBRS : V2_RETPOLINE;
	if (is_off || cpu_is_tcg())
		return V2_OFF;
	return has_ibrs ? V2_EIBRS : V2_RETPOLINE;
}

void bugs_init(void)
{
	struct cpu_identity id;
	bool is_off = param_says("mitigations", "off");
	char text[8];

	cpu_identify(&id);
	find_bugs(&id);
	pti_on = choose_pti(is_off);
	pcid_on = pti_on && cpu_features.has_pcid && !param_is_set("nopcid");
	bugs.v2 = choose_v2(is_off);
	bugs.has_swapgs_fences =
		bugs.swapgs && !is_off && !param_is_set("nospectre_v1") && !cpu_is_tcg();
	bugs.fills_rsb = bugs.v2 != V2_OFF;
	bugs.uses_ibpb = bugs.has_ibpb && bugs.v2 != V2_OFF && !is_off &&
			 !param_says("spectre_v2_user", "off");
	bugs.mm_switch_is_plain = !bugs.fills_rsb && !bugs.uses_ibpb && !pti_on;
	if (param_get("randomize_kstack_offset", text, sizeof(text)))
		bugs.moves_stack = !strcmp(text, "on") || !strcmp(text, "1") || !strcmp(text, "y");
}

/* This CPU's control registers, once the choice is made. */
void bugs_enable_cpu(void)
{
	if (pcid_on) /* CR3's low bits are 0 still, as they must be */
		write_cr4(read_cr4() | CR4_PCIDE);
	if (bugs.v2 != V2_EIBRS && bugs.v2 != V2_EIBRS_RETPOLINE)
		return;
	if (bugs.has_eibrs)
		wrmsr(MSR_SPEC_CTRL, rdmsr(MSR_SPEC_CTRL) | SPEC_CTRL_IBRS);
	else
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_AUTOIBRS);
}

/* --- changing the text --- */

extern const u64 __fence_patch_start[], __fence_patch_end[];
extern const u8 kreloc_calls[];
extern u8 __x86_indirect_thunks[];
extern const u64 kstack_patch[2];

/* tools/kreloc.py made of each `call __x86_indirect_thunk_REG` a `call *REG` with prefixes in
 * front; here it becomes the call of the thunk again. */
static void patch_call(u8 *at)
{
	unsigned reg = (at[4] & 7u) | (at[2] == 0x41 ? 8 : 0);
	s32 distance = (s32)(__x86_indirect_thunks + reg * THUNK_BYTES - (at + 5));

	at[0] = at[4] & 0x20 ? 0xe9 : 0xe8;
	memcpy(at + 1, &distance, sizeof(distance));
}

static void patch_calls(void)
{
	const u8 *table = kreloc_calls;
	u8 *at = (u8 *)kernel_base;
	u32 left, step;

	memcpy(&left, table, sizeof(left));
	for (table += sizeof(left); left; left--) {
		step = *table++;
		if (!step) {
			memcpy(&step, table, sizeof(step));
			table += sizeof(step);
		}
		at += step;
		patch_call(at);
	}
}

/* The thunks are retpolines. As they are now they only jump: `jmp *REG`, or with `lfence` first.
 * REG is in the thunk's last instruction but one: movq REG, (%rsp). */
static void patch_thunks(bool has_lfence)
{
	for (unsigned reg = 0; reg < 16; reg++) {
		u8 *at = __x86_indirect_thunks + reg * THUNK_BYTES;
		static const u8 lfence[3] = {0x0f, 0xae, 0xe8};

		if (reg == 4) /* rsp */
			continue;
		if (has_lfence) {
			memcpy(at, lfence, sizeof(lfence));
			at += sizeof(lfence);
		}
		if (reg & 8)
			*at++ = 0x41;
		*at++ = 0xff;
		*at = (u8)(0xe0 | (reg & 7));
	}
}

void bugs_patch(void)
{
	static const u8 nop3[3] = {0x0f, 0x1f, 0x00};

	if (!bugs.has_swapgs_fences)
		for (const u64 *p = __fence_patch_start; p < __fence_patch_end; p++)
			memcpy((void *)*p, nop3, sizeof(nop3));
	if (bugs.v2 == V2_RETPOLINE || bugs.v2 == V2_LFENCE || bugs.v2 == V2_EIBRS_RETPOLINE)
		patch_calls();
	if (bugs.v2 == V2_LFENCE || bugs.v2 == V2_OFF || bugs.v2 == V2_EIBRS)
		patch_thunks(bugs.v2 == V2_LFENCE);
	if (bugs.moves_stack)
		patch_branch(kstack_patch, 0xe8);
	log_info("mitigations: pti %s%s, spectre_v2 %u, swapgs barriers %s, ibpb %s, kstack offset "
		 "%s\n",
		 pti_on ? "on" : "off", pcid_on ? " with pcid" : "", bugs.v2,
		 bugs.has_swapgs_fences ? "on" : "off", bugs.uses_ibpb ? "on" : "off",
		 bugs.moves_stack ? "on" : "off");
}

/* --- telling --- */

static const struct {
	const char *name;
	const bool *is_there;
} bug_names[] = {
	{"cpu_meltdown", &bugs.meltdown},
	{"spectre_v1", NULL},
	{"spectre_v2", NULL},
	{"spec_store_bypass", &bugs.ssb},
	{"l1tf", &bugs.l1tf},
	{"mds", &bugs.mds},
	{"swapgs", &bugs.swapgs},
	{"taa", &bugs.taa},
	{"itlb_multihit", &bugs.itlb_multihit},
	{"srbds", &bugs.srbds},
	{"mmio_stale_data", &bugs.mmio_stale},
	{"retbleed", &bugs.retbleed},
	{"gds", &bugs.gds},
	{"srso", &bugs.srso},
	{"rfds", &bugs.rfds},
};

size_t bugs_names(char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bug_names); i++)
		if (!bug_names[i].is_there || *bug_names[i].is_there)
			n += (size_t)scnprintf(buf + n, size - n, " %s", bug_names[i].name);
	return n;
}

/* A bug that nothing is done about. */
static int show_plain(char *buf, size_t size, bool is_affected)
{
	return scnprintf(buf, size, "%s\n", is_affected ? "Vulnerable" : "Not affected");
}

int bugs_show(enum bug which, char *buf, size_t size)
{
	static const char *const v2_words[] = {
		[V2_OFF] = "Vulnerable",
		[V2_RETPOLINE] = "Mitigation: Retpolines",
		[V2_LFENCE] = "Vulnerable: LFENCE",
		[V2_EIBRS] = "Mitigation: Enhanced / Automatic IBRS",
		[V2_EIBRS_RETPOLINE] = "Mitigation: Enhanced / Automatic IBRS + Retpolines",
	};
	bool has_fences = bugs.has_swapgs_fences || !bugs.swapgs;

	switch (which) {
	case BUG_MELTDOWN:
		if (bugs.meltdown && pti_on)
			return scnprintf(buf, size, "Mitigation: PTI\n");
		return show_plain(buf, size, bugs.meltdown);
	case BUG_SPECTRE_V1:
		return scnprintf(buf, size, "%s\n",
				 has_fences
					 ? "Mitigation: usercopy/swapgs barriers and __user "
					   "pointer sanitization"
					 : "Vulnerable: __user pointer sanitization and usercopy "
					   "barriers only; no swapgs barriers");
	case BUG_SPECTRE_V2:
		return scnprintf(buf, size, "%s%s; STIBP: disabled%s\n", v2_words[bugs.v2],
				 bugs.uses_ibpb ? "; IBPB: conditional" : "; IBPB: disabled",
				 bugs.fills_rsb ? "; RSB filling" : "");
	case BUG_ITLB_MULTIHIT:
		if (bugs.itlb_multihit)
			return scnprintf(buf, size, "KVM: Mitigation: VMX %s\n",
					 bugs.has_vmx ? "disabled" : "unsupported");
		return show_plain(buf, size, false);
	case BUG_SSB:
		return show_plain(buf, size, bugs.ssb);
	case BUG_L1TF:
		return show_plain(buf, size, bugs.l1tf);
	case BUG_MDS:
		return show_plain(buf, size, bugs.mds);
	case BUG_TAA:
		return show_plain(buf, size, bugs.taa);
	case BUG_SRBDS:
		return show_plain(buf, size, bugs.srbds);
	case BUG_MMIO_STALE:
		return show_plain(buf, size, bugs.mmio_stale);
	case BUG_RETBLEED:
		if (bugs.retbleed && (bugs.v2 == V2_EIBRS || bugs.v2 == V2_EIBRS_RETPOLINE) &&
		    bugs.has_eibrs)
			return scnprintf(buf, size, "Mitigation: Enhanced IBRS\n");
		return show_plain(buf, size, bugs.retbleed);
	case BUG_GDS:
		return show_plain(buf, size, bugs.gds);
	case BUG_SRSO:
		return show_plain(buf, size, bugs.srso);
	case BUG_RFDS:
		return show_plain(buf, size, bugs.rfds);
	}
	return -1;
}
