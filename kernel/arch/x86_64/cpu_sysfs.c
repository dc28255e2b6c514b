/* What the port shows in /sys/devices/system/cpu: its bugs, and the caches that CPUID tells of. */
#include "bugs.h"
#include "core/sysfs.h"
#include "lib/printf.h"
#include "lib/string.h"
#include <linux/stat.h>

/* --- vulnerabilities/ --- */

#define SHOW_BUG(name, bug)                                                       \
	static int show_##name(const struct sysfs_at *at, char *buf, size_t size) \
	{                                                                         \
		(void)at;                                                         \
		return bugs_show(bug, buf, size);                                 \
	}

SHOW_BUG(gather_data_sampling, BUG_GDS)
SHOW_BUG(itlb_multihit, BUG_ITLB_MULTIHIT)
SHOW_BUG(l1tf, BUG_L1TF)
SHOW_BUG(mds, BUG_MDS)
SHOW_BUG(meltdown, BUG_MELTDOWN)
SHOW_BUG(mmio_stale_data, BUG_MMIO_STALE)
SHOW_BUG(reg_file_data_sampling, BUG_RFDS)
SHOW_BUG(retbleed, BUG_RETBLEED)
SHOW_BUG(spec_rstack_overflow, BUG_SRSO)
SHOW_BUG(spec_store_bypass, BUG_SSB)
SHOW_BUG(spectre_v1, BUG_SPECTRE_V1)
SHOW_BUG(spectre_v2, BUG_SPECTRE_V2)
SHOW_BUG(srbds, BUG_SRBDS)
SHOW_BUG(tsx_async_abort, BUG_TAA)

#define BUG_FILE(name) SYSFS_RO(#name, show_##name)

static const struct sysfs_entry bug_entries[] = {BUG_FILE(gather_data_sampling),
						 BUG_FILE(itlb_multihit),
						 BUG_FILE(l1tf),
						 BUG_FILE(mds),
						 BUG_FILE(meltdown),
						 BUG_FILE(mmio_stale_data),
						 BUG_FILE(reg_file_data_sampling),
						 BUG_FILE(retbleed),
						 BUG_FILE(spec_rstack_overflow),
						 BUG_FILE(spec_store_bypass),
						 BUG_FILE(spectre_v1),
						 BUG_FILE(spectre_v2),
						 BUG_FILE(srbds),
						 BUG_FILE(tsx_async_abort),
						 {0}};
static struct sysfs_table bug_table = {.dir = "devices/system/cpu/vulnerabilities",
				       .entries = bug_entries};

/* --- cpu#/cache/index#/: CPUID's leaf 4, or AMD's twin of it --- */

struct cache {
	unsigned type; /* 0 none, 1 data, 2 instructions, 3 unified */
	unsigned level, line_bytes, partitions, ways, sets;
};

static struct cache read_cache(unsigned index)
{
	u32 r[4] = {0};
	u32 leaf = cpu_cache_leaf();

	if (leaf)
		cpuid(leaf, index, r);
	return (struct cache){.type = r[0] & 31,
			      .level = r[0] >> 5 & 7,
			      .line_bytes = (r[1] & 0xfff) + 1,
			      .partitions = (r[1] >> 12 & 0x3ff) + 1,
			      .ways = (r[1] >> 22) + 1,
			      .sets = r[2] + 1};
}

static unsigned count_caches(const struct sysfs_at *at, unsigned k)
{
	unsigned n = 0;

	(void)at;
	if (k == 0)
		return nr_cpus;
	while (n < 8 && read_cache(n).type)
		n++;
	return n;
}

static int show_type(const struct sysfs_at *at, char *buf, size_t size)
{
	static const char *const names[] = {"None", "Data", "Instruction", "Unified"};

	return scnprintf(buf, size, "%s\n", names[read_cache(at->index[1]).type & 3]);
}
static int show_level(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%u\n", read_cache(at->index[1]).level);
}
static int show_size(const struct sysfs_at *at, char *buf, size_t size)
{
	struct cache c = read_cache(at->index[1]);

	return scnprintf(buf, size, "%uK\n",
			 (unsigned)((u64)c.line_bytes * c.partitions * c.ways * c.sets / 1024));
}
static int show_line(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%u\n", read_cache(at->index[1]).line_bytes);
}
static int show_partition(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%u\n", read_cache(at->index[1]).partitions);
}
static int show_ways(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%u\n", read_cache(at->index[1]).ways);
}
static int show_sets(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%u\n", read_cache(at->index[1]).sets);
}
/* Each CPU is a package of its own: nothing is shared. */
static int show_shared_map(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%0*x\n", (int)DIV_ROUND_UP(MAX_CPUS, 4), 1u << at->index[0]);
}
static int show_shared_list(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%u\n", at->index[0]);
}

static const struct sysfs_entry cache_entries[] = {SYSFS_RO("coherency_line_size", show_line),
						   SYSFS_RO("id", show_shared_list),
						   SYSFS_RO("level", show_level),
						   SYSFS_RO("number_of_sets", show_sets),
						   SYSFS_RO("physical_line_partition",
							    show_partition),
						   SYSFS_RO("shared_cpu_list", show_shared_list),
						   SYSFS_RO("shared_cpu_map", show_shared_map),
						   SYSFS_RO("size", show_size),
						   SYSFS_RO("type", show_type),
						   SYSFS_RO("ways_of_associativity", show_ways),
						   {0}};
static struct sysfs_table cache_table = {.dir = "devices/system/cpu/cpu#/cache/index#",
					 .entries = cache_entries,
					 .count = count_caches};

void cpu_sysfs_init(void)
{
	sysfs_register(&bug_table);
	sysfs_register(&cache_table);
}
