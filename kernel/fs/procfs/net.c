/* /proc/net and /proc/sys/net. What is shown registers itself in vfs/netinfo.h. */
#include "vfs/netinfo.h"
#include "fs/procfs/procfs.h"
#include "lib/string.h"

static void emit_line(void *arg, const char *line)
{
	proc_write(arg, line, strlen(line));
}

static int show_unix(struct proc_buf *b, const struct proc_who *who)
{
	(void)who;
	proc_printf(b, "Num       RefCount Protocol Flags    Type St Inode Path\n");
	if (net_show_unix)
		net_show_unix(emit_line, b);
	return 0;
}

/* The loopback interface, which carries nothing. */
static int show_dev(struct proc_buf *b, const struct proc_who *who)
{
	(void)who;
	proc_printf(b, "Inter-|   Receive                                                |  "
		       "Transmit\n face |bytes    packets errs drop fifo frame compressed "
		       "multicast|bytes    packets errs drop fifo colls carrier compressed\n"
		       "    lo:       0       0    0    0    0     0          0         0        0"
		       "       0    0    0    0     0       0          0\n");
	return 0;
}

const struct proc_entry proc_net[] = {{.name = "unix", .mode = S_IFREG | 0444, .show = show_unix},
				      {.name = "dev", .mode = S_IFREG | 0444, .show = show_dev},
				      {0}};

#define LIMIT(field, lowest)                                                            \
	{                                                                               \
		.name = #field, .mode = S_IFREG | 0644, .ctl = &(const struct proc_ctl) \
		{                                                                       \
			.kind = CTL_INT, .data = &net_limits.field, .min = lowest,      \
			.max = INT32_MAX                                                \
		}                                                                       \
	}

static const struct proc_entry sys_net_core[] = {LIMIT(wmem_default, 4608),
						 LIMIT(wmem_max, 4608),
						 LIMIT(rmem_default, 2304),
						 LIMIT(rmem_max, 2304),
						 LIMIT(optmem_max, 0),
						 LIMIT(somaxconn, 0),
						 {0}};
static const struct proc_entry sys_net_unix[] = {LIMIT(max_dgram_qlen, 0), {0}};

const struct proc_entry proc_sys_net[] = {
	{.name = "core", .mode = S_IFDIR | 0555, .children = sys_net_core},
	{.name = "unix", .mode = S_IFDIR | 0555, .children = sys_net_unix},
	{0}};
