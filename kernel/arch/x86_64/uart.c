/* The log's way out: COM1, polled. Leaving the machine. Backtraces. */
#include "internal.h"
#include "core/ksym.h"
#include "lib/printf.h"

#define UART	      0x3f8
#define UART_LSR      (UART + 5)
#define LSR_THR_EMPTY 0x20
#define MAX_POLLS     1000000 /* a dead UART must not stop the kernel */
#define EXIT_PORT     0xf4

static void put(char ch)
{
	for (int i = 0; i < MAX_POLLS && !(inb(UART_LSR) & LSR_THR_EMPTY); i++)
		arch_cpu_relax();
	outb(UART, (u8)ch);
}

void arch_console_write(const char *s, size_t n)
{
	while (n--) {
		if (*s == '\n')
			put('\r');
		put(*s++);
	}
}

void arch_halt_forever(void)
{
	for (;;)
		__asm__ volatile("cli; hlt" ::: "memory");
}

/* QEMU's isa-debug-exit; then ACPI's sleep registers where QEMU's machines have them, the reset pin
 * of the keyboard controller, and a triple fault. */
void arch_power_off(unsigned status)
{
	struct {
		u16 limit;
		u64 base;
	} __packed no_idt = {0, 0};

	arch_irq_disable();
	outb(EXIT_PORT, (u8)status);
	outw(0x604, 0x2000);
	outw(0xb004, 0x2000);
	outb(0x64, 0xfe);
	__asm__ volatile("lidt %0; int3" ::"m"(no_idt));
	arch_halt_forever();
}

/* A frame may lie in the image (boot stack), in the direct map, or on a mapped stack. */
static bool is_readable(unsigned long p)
{
	pte_t *pte;

	if ((p & 7) || p < DIRECT_MAP_BASE)
		return false;
	if (p >= KERNEL_IMAGE_BASE)
		return p >= (unsigned long)__data_start && p + 16 <= (unsigned long)__kernel_end;
	if (p < KERNEL_VMAP_START)
		return virt_to_phys((void *)p) < boot_info.mem[boot_info.nr_mem - 1].end;
	pte = kernel_pte(p, false);
	return pte && (*pte & PTE_P);
}

static void backtrace_line(char *line, size_t size, unsigned long addr)
{
	unsigned long offset;
	/* A call that does not return may be the last instruction of its function. */
	const char *name = ksym_find(addr - 1, &offset);

	if (name)
		snprintf(line, size, "  [<%016lx>] %.50s+0x%lx\n", addr, name, offset + 1);
	else
		snprintf(line, size, "  [<%016lx>]\n", addr);
}

/* Follow the frame pointers from `frame` (NULL: the caller's). One line per return address,
 * newline included. */
void arch_backtrace(void (*emit)(const char *line), const void *frame)
{
	unsigned long fp = (unsigned long)(frame ? frame : __builtin_frame_address(0));
	unsigned long offset = (unsigned long)kernel_base - KERNEL_IMAGE_BASE;
	char line[96];

	if (offset) { /* what a reader with the symbols has to subtract */
		snprintf(line, sizeof(line), "Kernel Offset: 0x%lx from 0x%lx\n", offset,
			 KERNEL_IMAGE_BASE);
		emit(line);
	}
	for (int i = 0; i < 32 && is_readable(fp); i++) {
		const unsigned long *f = (const unsigned long *)fp;

		if (f[1] < (unsigned long)__text_start || f[1] >= (unsigned long)__text_end)
			break;
		backtrace_line(line, sizeof(line), f[1]);
		emit(line);
		if (f[0] <= fp)
			break;
		fp = f[0];
	}
}
