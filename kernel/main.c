/*
 * What happens at boot, in order. Before: boot_main() in arch/x86_64/boot.c. After: the init thread
 * (proc/exec.c) executes /init; this context becomes CPU 0's idle thread.
 */
#include "arch/arch.h"
#include "core/cpu.h"
#include "core/log.h"
#include "core/param.h"
#include "core/random.h"
#include "core/sched.h"
#include "core/time.h"
#include "core/timer.h"
#include "dev/dev.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "mm/page.h"
#include "net/families.h"
#include "proc/task.h"
#include "sys/anatomy.h"
#include "sys/trace.h"
#include "vfs/memfs.h"
#include "vfs/vfs.h"

#define SEED_BYTES 32

extern const char initramfs_start[], initramfs_end[];

static void must(const char *what, int err)
{
	if (err)
		panic("%s: error %d", what, -err);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* seed=HEX on the command line: up to 32 bytes of the host's randomness. */
static void seed_random(void)
{
	char hex[2 * SEED_BYTES + 1];
	u8 seed[SEED_BYTES];
	size_t n = 0;

	if (!param_get("seed", hex, sizeof(hex)))
		hex[0] = '\0';
	while (n < SEED_BYTES && hex_digit(hex[2 * n]) >= 0 && hex_digit(hex[2 * n + 1]) >= 0) {
		seed[n] = (u8)(hex_digit(hex[2 * n]) << 4 | hex_digit(hex[2 * n + 1]));
		n++;
	}
	random_init(n ? seed : NULL, n);
	memset(seed, 0, sizeof(seed));
	memset(hex, 0, sizeof(hex));
	barrier();
}

/* The archives' memory becomes free on the way: what half of all is, tmpfs(5)'s limit, is known
 * afterwards. */
static void unpack_initramfs(void)
{
	size_t initrd_bytes = boot_info.initrd_end - boot_info.initrd_start;
	struct mem_stats mem;

	must("embedded initramfs",
	     initramfs_unpack(initramfs_start, (size_t)(initramfs_end - initramfs_start)));
	if (initrd_bytes)
		must("initrd",
		     initramfs_unpack(phys_to_virt(boot_info.initrd_start), initrd_bytes));
	mem_stats(&mem);
	(void)memfs_set_limits(vfs_root.mnt->sb, mem.total_pages / 2, mem.total_pages / 2);
}

__noreturn void start_kernel(void)
{
	arch_init_early(); /* console, descriptor tables, CPU features, direct map */
	param_init(boot_info.cmdline);
	log_set_level((int)param_get_u64("loglevel", LOG_WARN));

	pages_init();
	kmalloc_init();
	arch_init_memory();

	arch_init_irq();
	time_init(param_get_u64("epoch_ns", 0));
	timers_init_cpu(0);
	sched_init();
	seed_random();

	vfs_init();
	must("tmpfs", tmpfs_init());
	must("procfs", procfs_init());
	must("devfs", devfs_init());
	must("devpts", devpts_init());
	must("sysfs", sysfs_init());
	must("9p", p9_init());
	must("overlay", overlay_init());
	must("root file system", vfs_mount_root());
	unpack_initramfs();

	must("memory devices", mem_dev_init());
	must("virtio bus", virtio_mmio_init());
	must("virtio console", virtio_console_init());
	must("tty", tty_init());
	net_init();
	trace_init();
	anatomy_init();

	must("init", start_init());
	arch_boot_secondaries();
	sched_idle_loop();
}

/* CPUs 1 and up, from arch_boot_secondaries(). */
__noreturn void start_secondary(unsigned cpu)
{
	timers_init_cpu(cpu);
	sched_init_cpu(cpu);
	sched_idle_loop();
}
