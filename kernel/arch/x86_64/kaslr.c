/*
 * Kernel address-space layout randomisation: where in its gigabyte the image is seen. Called by
 * boot.S while the image still runs at its physical address, so this file is compiled as
 * position-independent code, calls nothing and knows nothing of the rest. `nokaslr` turns it off.
 *
 * The image stays where the loader put it; tools/kreloc.py made the lists of what holds one of its
 * addresses.
 */
#pragma GCC visibility push(hidden)
#include "internal.h"

#define SIZE_2M	    (1UL << 21)
#define IMAGE_SPACE (1UL << 30) /* what pdpt entry 510 spans */
#define LARGE_PAGE  (PTE_P | PTE_W | PTE_PS)
#define FNV_START   0xcbf29ce484222325ul
#define FNV_PRIME   0x100000001b3ul

extern const u8 kreloc_32[], kreloc_64[];
extern u64 boot_pdpt[512], boot_pd_image[512];

/* A word of the command line: its value, or what follows it; NULL. */
static const char *find_word(const char *line, const char *word)
{
	while (*line) {
		const char *w = word;

		while (*w && *line == *w) {
			line++;
			w++;
		}
		if (!*w)
			return line;
		while (*line && *line != ' ')
			line++;
		while (*line == ' ')
			line++;
	}
	return NULL;
}

static u64 hardware_random(void)
{
	u32 r[4];
	u64 value = 0;
	u8 ok = 0;

	cpuid(1, 0, r);
	for (int i = 0; i < 10 && !ok && (r[2] & BIT(30)); i++)
		__asm__ volatile("rdrand %0; setc %1" : "=r"(value), "=qm"(ok)::"cc");
	return value ^ arch_cycles();
}

/* The host's seed, hashed: it goes on to be the generator's, and must not be told by the offset. */
static u64 early_random(const char *cmdline)
{
	const char *seed = find_word(cmdline, "seed=");
	u64 h = FNV_START;

	for (; seed && *seed && *seed != ' '; seed++)
		h = (h ^ (u8)*seed) * FNV_PRIME;
	h ^= hardware_random();
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdul;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53ul;
	return h ^ h >> 33;
}

static void relocate(const u8 *table, unsigned long delta, bool is_64bit)
{
	u32 left = *(const u32 *)(const void *)table;
	unsigned long at = 0;

	for (table += 4; left; left--) {
		u32 step = *table++;

		if (!step) {
			step = *(const u32 *)(const void *)table;
			table += 4;
		}
		at += step;
		if (is_64bit)
			*(u64 *)at += delta;
		else
			*(u32 *)at += (u32)delta;
	}
}

/*
 * Choose the offset, add it to every address in the image, and map the image there beside the place
 * it was linked for. `cmdline` is physical, 0 for none. Interrupts off, paging on, one to one.
 */
void kaslr_init(unsigned long cmdline);
void kaslr_init(unsigned long cmdline)
{
	unsigned long image_bytes = ALIGN_UP((unsigned long)__kernel_end, SIZE_2M) + SIZE_2M;
	const char *line = cmdline ? (const char *)cmdline : "";
	const char *off = find_word(line, "nokaslr");
	unsigned long slot;

	if (off && (!*off || *off == ' '))
		return;
	slot = early_random(line) % ((IMAGE_SPACE - image_bytes) / SIZE_2M);
	relocate(kreloc_32, slot * SIZE_2M, false);
	relocate(kreloc_64, slot * SIZE_2M, true);
	for (unsigned long i = slot; i < 512; i++)
		boot_pd_image[i] = (i - slot) * SIZE_2M | LARGE_PAGE;
	boot_pdpt[510] = (unsigned long)boot_pd_image | PTE_P | PTE_W;
	write_cr3(read_cr3());
}
#pragma GCC visibility pop
