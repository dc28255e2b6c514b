/*
 * From the loader's description of the machine to boot_info. Called by boot.S on the boot stack,
 * interrupts off, with the first GiB mapped. Next: start_kernel() in kernel/main.c.
 */
#include "internal.h"
#include "core/log.h"
#include "lib/string.h"

/* What a PVH loader passes; all addresses physical. */
struct hvm_start_info {
	u32 magic; /* 0x336ec578 */
	u32 version, flags, nr_modules;
	u64 modlist, cmdline, rsdp;
	u64 memmap; /* version 1 and later */
	u32 memmap_entries, reserved;
};
struct hvm_module {
	u64 paddr, size, cmdline, reserved;
};
struct hvm_memmap_entry {
	u64 addr, size;
	u32 type, reserved; /* 1 = RAM */
};
_Static_assert(offsetof(struct hvm_start_info, cmdline) == PVH_CMDLINE, "offsets.h");
#define MEMMAP_RAM	 1
#define BOOT_MAPPED_SIZE (1UL << 30)
/* Below: real-mode tables, the firmware's data, the trampoline of the other CPUs. */
#define LOW_RESERVED 0x10000UL

struct boot_info boot_info;
extern u64 boot_start_info;
extern char boot_stack[];
static char cmdline_copy[4096];

void boot_main(void);

static void add_memory(unsigned long start, unsigned long end)
{
	start = ALIGN_UP(MAX(start, LOW_RESERVED), PAGE_SIZE);
	end = ALIGN_DOWN(end, PAGE_SIZE);
	if (start >= end || boot_info.nr_mem == MAX_MEM_REGIONS)
		return;
	boot_info.mem[boot_info.nr_mem].start = start;
	boot_info.mem[boot_info.nr_mem].end = end;
	boot_info.nr_mem++;
}

static void read_memmap(const struct hvm_start_info *si)
{
	const struct hvm_memmap_entry *e = phys_to_virt(si->memmap);

	if (si->version < 1 || !si->memmap_entries)
		return;
	for (u32 i = 0; i < si->memmap_entries; i++)
		if (e[i].type == MEMMAP_RAM)
			add_memory(e[i].addr, e[i].addr + e[i].size);
}

/* RAM size by fw_cfg, for a loader that gives no map: enough to run, the part below 3 GiB. */
static void memory_from_fw_cfg(void)
{
	u64 size = 0;

	outw(0x510, 3); /* FW_CFG_RAM_SIZE */
	for (int i = 0; i < 8; i++)
		size |= (u64)inb(0x511) << (8 * i);
	add_memory(0, 0x9f000);
	add_memory(KERNEL_PHYS_START, MIN(size, 3UL << 30));
}

void boot_main(void)
{
	const struct hvm_start_info *si = phys_to_virt(boot_start_info);
	struct arch_cpu *c = &cpus[0].arch;

	c->self = c;
	wrmsr(MSR_GS_BASE, (u64)c);
	boot_info.cmdline = cmdline_copy;
	boot_info.kernel_start = KERNEL_PHYS_START;
	boot_info.kernel_end = virt_to_phys(__kernel_end);
	if (si->magic == PVH_MAGIC) {
		if (si->cmdline)
			str_copy(cmdline_copy, phys_to_virt(si->cmdline), sizeof(cmdline_copy));
		if (si->nr_modules && si->modlist) {
			const struct hvm_module *m = phys_to_virt(si->modlist);

			boot_info.initrd_start = m->paddr;
			boot_info.initrd_end = m->paddr + m->size;
		}
		read_memmap(si);
	}
	if (!boot_info.nr_mem)
		memory_from_fw_cfg();
	start_kernel();
}

/* The page frames right behind the image; the image then ends behind them. */
unsigned long boot_take_page(void)
{
	unsigned long pa = ALIGN_UP(boot_info.kernel_end, PAGE_SIZE);

	if (boot_info.initrd_start < pa + PAGE_SIZE && pa < boot_info.initrd_end)
		panic("initrd lies right behind the kernel image");
	if (pa + PAGE_SIZE > BOOT_MAPPED_SIZE)
		panic("no memory behind the kernel image");
	boot_info.kernel_end = pa + PAGE_SIZE;
	memset(phys_to_virt(pa), 0, PAGE_SIZE);
	return pa;
}

bool boot_param_is(const char *name, const char *value)
{
	const char *p = boot_info.cmdline;
	size_t nl = strlen(name), vl = strlen(value);

	while (*p) {
		if (!strncmp(p, name, nl) && p[nl] == '=' && !strncmp(p + nl + 1, value, vl) &&
		    (!p[nl + 1 + vl] || p[nl + 1 + vl] == ' '))
			return true;
		while (*p && *p != ' ')
			p++;
		while (*p == ' ')
			p++;
	}
	return false;
}
