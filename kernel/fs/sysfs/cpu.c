/*
 * devices/system/cpu: which CPUs there are and how they are arranged: each is a package of its own,
 * as /proc/cpuinfo says. Caches and vulnerabilities are the port's to tell.
 */
#include "core/cpu.h"
#include "fs/sysfs/sysfs.h"
#include "lib/printf.h"
#include "lib/string.h"
#include <linux/stat.h>

/* "0-3", or "0" */
static int put_range(char *buf, size_t size, unsigned n)
{
	return n > 1 ? scnprintf(buf, size, "0-%u\n", n - 1) : scnprintf(buf, size, "0\n");
}

static int show_all(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return put_range(buf, size, nr_cpus);
}

static int show_online(const struct sysfs_at *at, char *buf, size_t size)
{
	unsigned i, start = 0;
	bool in_range = false;
	int n = 0;

	(void)at;
	for (i = 0; i <= nr_cpus; i++) {
		bool is_online = i < nr_cpus && READ_ONCE(cpus[i].is_online);

		if (is_online && !in_range) {
			start = i;
			n += scnprintf(buf + n, size - (size_t)n, "%s%u", n ? "," : "", i);
		} else if (!is_online && in_range && i - 1 > start) {
			n += scnprintf(buf + n, size - (size_t)n, "-%u", i - 1);
		}
		in_range = is_online;
	}
	return n + scnprintf(buf + n, size - (size_t)n, "\n");
}

static int show_empty(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "\n");
}

static int show_kernel_max(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "%u\n", MAX_CPUS - 1);
}

static int show_is_online(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%d\n", READ_ONCE(cpus[at->index[0]].is_online));
}

static int show_own_number(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%u\n", at->index[0]);
}

static int show_zero(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "0\n");
}

/* The CPUs of the same core, die, package: itself. */
static int show_own_mask(const struct sysfs_at *at, char *buf, size_t size)
{
	return scnprintf(buf, size, "%0*x\n", (int)DIV_ROUND_UP(MAX_CPUS, 4), 1u << at->index[0]);
}

static unsigned count_cpus(const struct sysfs_at *at, unsigned k)
{
	(void)at;
	return k ? 0 : nr_cpus;
}

#define TOPOLOGY "cpu#/topology/"

static const struct sysfs_entry cpu_entries[] = {
	SYSFS_RO("online", show_online),
	SYSFS_RO("offline", show_empty),
	SYSFS_RO("possible", show_all),
	SYSFS_RO("present", show_all),
	SYSFS_RO("isolated", show_empty),
	SYSFS_RO("kernel_max", show_kernel_max),
	SYSFS_RO("cpu#/online", show_is_online),
	SYSFS_RO(TOPOLOGY "physical_package_id", show_own_number),
	SYSFS_RO(TOPOLOGY "die_id", show_zero),
	SYSFS_RO(TOPOLOGY "core_id", show_zero),
	SYSFS_RO(TOPOLOGY "thread_siblings", show_own_mask),
	SYSFS_RO(TOPOLOGY "thread_siblings_list", show_own_number),
	SYSFS_RO(TOPOLOGY "core_siblings", show_own_mask),
	SYSFS_RO(TOPOLOGY "core_siblings_list", show_own_number),
	SYSFS_RO(TOPOLOGY "core_cpus", show_own_mask),
	SYSFS_RO(TOPOLOGY "core_cpus_list", show_own_number),
	SYSFS_RO(TOPOLOGY "die_cpus", show_own_mask),
	SYSFS_RO(TOPOLOGY "die_cpus_list", show_own_number),
	SYSFS_RO(TOPOLOGY "package_cpus", show_own_mask),
	SYSFS_RO(TOPOLOGY "package_cpus_list", show_own_number),
	SYSFS_LINK("cpu#/node0", "../../node/node0"),
	SYSFS_LINK("cpu#/subsystem", "../../../../bus/cpu"),
	{0}};
static struct sysfs_table cpu_table = {.dir = "devices/system/cpu",
				       .entries = cpu_entries,
				       .count = count_cpus};

static const struct sysfs_entry bus_entries[] = {
	SYSFS_LINK("devices/cpu#", "../../../devices/system/cpu/cpu#"), SYSFS_DIR("drivers"), {0}};
static struct sysfs_table bus_table = {.dir = "bus/cpu",
				       .entries = bus_entries,
				       .count = count_cpus};

void sysfs_cpu_init(void)
{
	sysfs_register(&cpu_table);
	sysfs_register(&bus_table);
}
