/* devices/system/node: one node with all memory and all CPUs. */
#include "core/cpu.h"
#include "fs/sysfs/sysfs.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/page.h"
#include <linux/stat.h>

#define KIB(pages) ((unsigned long)((pages) * (PAGE_SIZE / 1024)))

static int show_cpulist(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return nr_cpus > 1 ? scnprintf(buf, size, "0-%u\n", nr_cpus - 1)
			   : scnprintf(buf, size, "0\n");
}

static int show_cpumap(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "%0*x\n", (int)DIV_ROUND_UP(MAX_CPUS, 4),
			 (unsigned)BIT(nr_cpus) - 1);
}

static int show_node_zero(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "0\n");
}

static int show_distance(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "10\n"); /* LOCAL_DISTANCE */
}

static int show_meminfo(const struct sysfs_at *at, char *buf, size_t size)
{
	struct mem_stats m;
	struct {
		const char *name;
		u64 pages;
	} lines[11];
	int n = 0;

	(void)at;
	mem_stats(&m);
	lines[0].name = "MemTotal:", lines[0].pages = m.total_pages;
	lines[1].name = "MemFree:", lines[1].pages = m.free_pages;
	lines[2].name = "MemUsed:", lines[2].pages = m.total_pages - m.free_pages;
	lines[3].name = "Mlocked:", lines[3].pages = m.mlocked_pages;
	lines[4].name = "Dirty:", lines[4].pages = m.dirty_pages;
	lines[5].name = "FilePages:", lines[5].pages = m.cached_pages;
	lines[6].name = "AnonPages:", lines[6].pages = m.anon_pages;
	lines[7].name = "Shmem:", lines[7].pages = m.shmem_pages;
	lines[8].name = "KernelStack:", lines[8].pages = m.kstack_pages;
	lines[9].name = "PageTables:", lines[9].pages = m.table_pages;
	lines[10].name = "Slab:", lines[10].pages = m.slab_pages;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		n += scnprintf(buf + n, size - (size_t)n, "Node 0 %-15s%8lu kB\n", lines[i].name,
			       KIB(lines[i].pages));
	return n;
}

static unsigned count_cpus(const struct sysfs_at *at, unsigned k)
{
	(void)at;
	return k ? 0 : nr_cpus;
}

static const struct sysfs_entry entries[] = {SYSFS_RO("online", show_node_zero),
					     SYSFS_RO("possible", show_node_zero),
					     SYSFS_RO("has_cpu", show_node_zero),
					     SYSFS_RO("has_memory", show_node_zero),
					     SYSFS_RO("has_normal_memory", show_node_zero),
					     SYSFS_RO("node0/cpulist", show_cpulist),
					     SYSFS_RO("node0/cpumap", show_cpumap),
					     SYSFS_RO("node0/distance", show_distance),
					     SYSFS_RO("node0/meminfo", show_meminfo),
					     SYSFS_LINK("node0/cpu#", "../../cpu/cpu#"),
					     {0}};
static struct sysfs_table table = {.dir = "devices/system/node",
				   .entries = entries,
				   .count = count_cpus};

void sysfs_node_init(void)
{
	sysfs_register(&table);
}
