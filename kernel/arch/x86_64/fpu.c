/*
 * The FPU's registers: saved with XSAVE in its standard format, which is also what a signal frame
 * holds, or FXSAVE on CPUs without. The kernel itself never uses them.
 */
#include "internal.h"
#include "lib/err.h"
#include "lib/string.h"

#define MXCSR_DEFAULT 0x1f80
#define FCW_DEFAULT   0x37f
#define MXCSR_OFFSET  24
#define MASK_OFFSET   28
#define LEGACY_BYTES  512u
#define HEADER_BYTES  64u

struct fpu_bytes {
	u8 b[4096];
};

/* The header says that no part is there: nothing behind it is read. */
u8 fpu_initial_state[LEGACY_BYTES + HEADER_BYTES] __aligned(64);

void fpu_init_area(void *area)
{
	memset(area, 0, cpu_features.fpu_size);
	fpu_reset_area(area);
}

/* An area that has been initialised before: with the header clear, what lies behind it counts for
 * nothing. */
void fpu_reset_area(void *area)
{
	u8 *p = area;

	memset(area, 0, MIN(cpu_features.fpu_size, LEGACY_BYTES + HEADER_BYTES));
	p[0] = FCW_DEFAULT & 0xff;
	p[1] = FCW_DEFAULT >> 8;
	memcpy(p + MXCSR_OFFSET, &(u32){MXCSR_DEFAULT}, 4);
}

/* XSAVEOPT leaves out parts that have not changed since fpu_restore() from the same area: correct
 * because the area is written by nobody else without a restore following. */
void fpu_save(void *area)
{
	struct fpu_bytes *p = area;
	u64 mask = cpu_features.xfeatures;

	if (cpu_features.has_xsaveopt)
		__asm__ volatile("xsaveopt64 %0"
				 : "+m"(*p)
				 : "a"((u32)mask), "d"((u32)(mask >> 32))
				 : "memory");
	else
		fpu_save_full(area);
}

/* Every part is written, also those in their initial state. */
void fpu_save_full(void *area)
{
	struct fpu_bytes *p = area;
	u64 mask = cpu_features.xfeatures;

	if (cpu_features.has_xsave)
		__asm__ volatile("xsave64 %0"
				 : "+m"(*p)
				 : "a"((u32)mask), "d"((u32)(mask >> 32))
				 : "memory");
	else
		__asm__ volatile("fxsave64 %0" : "+m"(*p)::"memory");
}

/* On a fault (reserved bits in a program's image): err = -EINVAL. */
#define RESTORE_ASM(insn)                     \
	"1: " insn "\n"                       \
	"2:\n"                                \
	".pushsection .text.fixup, \"ax\"\n"  \
	"3: movl %[einval], %[err]; jmp 2b\n" \
	".popsection\n"                       \
	".pushsection __ex_table, \"a\"; .balign 4; .long 1b - ., 3b - .; .popsection\n"

int fpu_restore(const void *area)
{
	const struct fpu_bytes *p = area;
	u64 mask = cpu_features.xfeatures;
	int err = 0;

	if (cpu_features.has_xsave)
		__asm__ volatile(RESTORE_ASM("xrstor64 %[p]")
				 : [err] "+r"(err)
				 : [p] "m"(*p), "a"((u32)mask),
				   "d"((u32)(mask >> 32)), [einval] "i"(-EINVAL)
				 : "memory");
	else
		__asm__ volatile(RESTORE_ASM("fxrstor64 %[p]")
				 : [err] "+r"(err)
				 : [p] "m"(*p), [einval] "i"(-EINVAL)
				 : "memory");
	return err;
}

/* Which MXCSR bits exist: a program's image with others would fault on restore. */
void fpu_boot_init(void)
{
	static u8 area[4096] __aligned(64);
	u32 mask;

	__asm__ volatile("fninit");
	__asm__ volatile("fxsave64 %0" : "+m"(*(struct fpu_bytes *)(void *)area)::"memory");
	memcpy(&mask, area + MASK_OFFSET, sizeof(mask));
	fpu_reset_area(fpu_initial_state);
	cpu_features.mxcsr_mask = mask ? mask : 0xffbf;
}
