/* The directories that are always there, and kernel/: what programs ask about this kernel. */
#include "fs/sysfs/sysfs.h"
#include "lib/printf.h"
#include "lib/string.h"
#include <linux/stat.h>

/* No device announces itself and no other kernel is loaded. */
static int show_zero(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "0\n");
}

static int show_byte_order(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "%s\n",
			 __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "little" : "big");
}

static int show_address_bits(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "0x%zx\n", sizeof(void *) * 8);
}

/* There are no huge pages: nothing to choose from, so nothing can be written. */
static int show_thp(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "always madvise [never]\n");
}

static int show_thp_defrag(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "always defer defer+madvise madvise [never]\n");
}

static int show_thp_shmem(const struct sysfs_at *at, char *buf, size_t size)
{
	(void)at;
	return scnprintf(buf, size, "always within_size advise [never] deny force\n");
}

static const struct sysfs_entry entries[] = {
	SYSFS_DIR("block"),
	SYSFS_DIR("bus"),
	SYSFS_DIR("class/block"),
	SYSFS_DIR("class/mem"),
	SYSFS_DIR("class/misc"),
	SYSFS_DIR("class/net"),
	SYSFS_DIR("class/tty"),
	SYSFS_DIR("dev/block"),
	SYSFS_DIR("dev/char"),
	SYSFS_DIR("devices/platform"),
	SYSFS_DIR("devices/system"),
	SYSFS_DIR("devices/virtual"),
	SYSFS_DIR("firmware"),
	SYSFS_DIR("fs/cgroup"),
	SYSFS_RO("kernel/address_bits", show_address_bits),
	SYSFS_RO("kernel/cpu_byteorder", show_byte_order),
	SYSFS_DIR("kernel/debug"),
	SYSFS_RO("kernel/kexec_crash_loaded", show_zero),
	SYSFS_RO("kernel/kexec_loaded", show_zero),
	SYSFS_RO("kernel/mm/transparent_hugepage/enabled", show_thp),
	SYSFS_RO("kernel/mm/transparent_hugepage/defrag", show_thp_defrag),
	SYSFS_RO("kernel/mm/transparent_hugepage/shmem_enabled", show_thp_shmem),
	SYSFS_RO("kernel/profiling", show_zero),
	SYSFS_DIR("kernel/security"),
	SYSFS_RO("kernel/uevent_seqnum", show_zero),
	SYSFS_DIR("module"),
	SYSFS_DIR("power"),
	{0}};
static struct sysfs_table table = {.dir = "", .entries = entries};

void sysfs_system_init(void)
{
	sysfs_register(&table);
}
