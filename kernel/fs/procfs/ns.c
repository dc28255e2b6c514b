/* /proc/PID/ns: links to the files that stand for a task's namespaces. namespaces(7). */
#include "proc/pid_ns.h"
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "lib/printf.h"

static struct ns_common *ns_of(const struct proc_who *who, enum ns_kind kind)
{
	struct task *t = proc_task(who);
	struct ns_common *ns = t ? task_get_ns(t, kind) : NULL;

	if (t)
		task_put(t);
	/* Nobody has been born in it yet. */
	if (ns && kind == NS_PID && pid_ns_of(ns)->level && !pid_ns_of(ns)->init) {
		ns_put(ns);
		ns = NULL;
	}
	return ns;
}

static int read_ns(const struct proc_who *who, enum ns_kind kind, char *buf, size_t size)
{
	struct ns_common *ns = ns_of(who, kind);
	int n;

	if (!ns)
		return -ENOENT;
	n = scnprintf(buf, size, "%s:[%u]", ns->type->name, ns->ino);
	ns_put(ns);
	return n;
}

static int follow_ns(const struct proc_who *who, enum ns_kind kind, struct path *out)
{
	struct ns_common *ns = ns_of(who, kind);

	return ns ? ns_path(ns, out) : -ENOENT;
}

#define NS(link, kind)                                                             \
	static int read_##link(const struct proc_who *who, char *buf, size_t size) \
	{                                                                          \
		return read_ns(who, kind, buf, size);                              \
	}                                                                          \
	static int follow_##link(const struct proc_who *who, struct path *out)     \
	{                                                                          \
		return follow_ns(who, kind, out);                                  \
	}
NS(cgroup, NS_CGROUP)
NS(ipc, NS_IPC)
NS(mnt, NS_MNT)
NS(net, NS_NET)
NS(pid, NS_PID_OWN)
NS(pid_for_children, NS_PID)
NS(user, NS_USER)
NS(uts, NS_UTS)

/* Of these kinds there is one. */
#define ONE(link, kind, number)                                                    \
	static int read_##link(const struct proc_who *who, char *buf, size_t size) \
	{                                                                          \
		return scnprintf(buf, size, kind ":[%u]", number);                 \
	}
ONE(time, "time", 4026531834u)

#define NS_LINK(n, r, f)                                                                           \
	{                                                                                          \
		.name = n, .mode = S_IFLNK | 0777, .readlink = r, .follow = f, .needs_owner = true \
	}

const struct proc_entry proc_ns_entries[] = {NS_LINK("cgroup", read_cgroup, follow_cgroup),
					     NS_LINK("ipc", read_ipc, follow_ipc),
					     NS_LINK("mnt", read_mnt, follow_mnt),
					     NS_LINK("net", read_net, follow_net),
					     NS_LINK("pid", read_pid, follow_pid),
					     NS_LINK("pid_for_children", read_pid_for_children,
						     follow_pid_for_children),
					     NS_LINK("time", read_time, NULL),
					     NS_LINK("time_for_children", read_time, NULL),
					     NS_LINK("user", read_user, follow_user),
					     NS_LINK("uts", read_uts, follow_uts),
					     {0}};
