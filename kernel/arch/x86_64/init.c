/* First calls of start_kernel(): what everything else stands on. */
#include "internal.h"

void arch_init_early(void)
{
	cpu_detect();
	desc_init_cpu(&cpus[0], &boot_cpu_entry);
	idt_init();
	cpu_enable();
	fpu_boot_init();
	direct_map_init();
	nr_cpus = smp_count_cpus();
	cpus_online_mask = 1;
}
