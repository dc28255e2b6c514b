/* Names of the machine, prctl(2), random numbers, reboot(2) and other single calls. */
#include "sys/syscall.h"
#include "proc/pid_ns.h"
#include "vfs/tty.h"
#include "sys/trace.h"
#include "core/log.h"
#include "core/param.h"
#include "core/random.h"
#include "core/time.h"
#include "dev/dev.h"
#include "vfs/cred.h"
#include <linux/capability.h>
#include <linux/personality.h>
#include <linux/random.h>
#include <linux/reboot.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>

#define UTS_BYTES 64

/* --- uname(2) --- */

void uname_get(struct new_utsname *u)
{
	unsigned long f = spin_lock_irqsave(&uts_lock);

	*u = current_uts()->name;
	spin_unlock_irqrestore(&uts_lock, f);
	str_copy(u->machine, arch_platform, sizeof(u->machine));
	if ((current->personality & PER_MASK) == PER_LINUX32)
		str_copy(u->machine, "i686", sizeof(u->machine));
	if (current->personality & UNAME26)
		str_copy(u->release, "2.6.72-lstar", sizeof(u->release));
}

long sys_uname(uaddr_t buf)
{
	struct new_utsname u;

	uname_get(&u);
	return copy_to_user(buf, &u, sizeof(u));
}

static long set_name(char *to, uaddr_t name, unsigned int len)
{
	char buf[UTS_BYTES + 1] = {0};
	unsigned long f;

	if (!task_capable_in(current_uts()->ns.owner, CAP_SYS_ADMIN))
		return -EPERM;
	if (len > UTS_BYTES)
		return -EINVAL;
	if (copy_from_user(buf, name, len))
		return -EFAULT;
	f = spin_lock_irqsave(&uts_lock);
	memcpy(to, buf, sizeof(buf));
	spin_unlock_irqrestore(&uts_lock, f);
	return 0;
}

long sys_sethostname(uaddr_t name, unsigned int len)
{
	return set_name(current_uts()->name.nodename, name, len);
}

long sys_setdomainname(uaddr_t name, unsigned int len)
{
	return set_name(current_uts()->name.domainname, name, len);
}

struct sysinfo32 {
	s32 uptime;
	u32 loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	u16 procs, pad;
	u32 totalhigh, freehigh, mem_unit;
	u8 rest[8];
};
_Static_assert(sizeof(struct sysinfo32) == 64, "Linux's layout");

/* More than 32 bits of bytes are told in pages. */
static int put_sysinfo32(uaddr_t to, const struct sysinfo *si)
{
	unsigned shift = (si->totalram | si->totalswap) >> 32 ? PAGE_SHIFT : 0;
	struct sysinfo32 s;

	memset(&s, 0, sizeof(s));
	s.uptime = (s32)si->uptime;
	for (unsigned i = 0; i < 3; i++)
		s.loads[i] = (u32)si->loads[i];
	s.totalram = (u32)(si->totalram >> shift);
	s.freeram = (u32)(si->freeram >> shift);
	s.sharedram = (u32)(si->sharedram >> shift);
	s.bufferram = (u32)(si->bufferram >> shift);
	s.totalswap = (u32)(si->totalswap >> shift);
	s.freeswap = (u32)(si->freeswap >> shift);
	s.procs = si->procs;
	s.mem_unit = 1u << shift;
	return copy_to_user(to, &s, sizeof(s));
}

long sys_sysinfo(uaddr_t info)
{
	struct sysinfo si;
	struct mem_stats m;
	u64 load[3];
	unsigned i;

	memset(&si, 0, sizeof(si));
	mem_stats(&m);
	sched_loadavg(load);
	si.uptime = (long)DIV_ROUND_UP(now_mono_ns(), NSEC_PER_SEC);
	for (i = 0; i < 3; i++)
		si.loads[i] = load[i];
	si.totalram = m.total_pages * PAGE_SIZE;
	si.freeram = m.free_pages * PAGE_SIZE;
	si.sharedram = m.shmem_pages * PAGE_SIZE;
	si.procs = (u16)nr_tasks_total();
	si.mem_unit = 1;
	return arch_in_compat_syscall() ? put_sysinfo32(info, &si)
					: copy_to_user(info, &si, sizeof(si));
}

/* --- personality(2), arch_prctl(2), set_tid_address(2) --- */

long sys_personality(unsigned int persona)
{
	unsigned old = (unsigned)current->personality;

	if (persona != 0xffffffff)
		current->personality = persona;
	return old;
}

long sys_arch_prctl(int option, unsigned long addr)
{
	unsigned long out = 0;
	bool has_out = false;
	long ret;

	if (arch_in_compat_syscall() &&
	    (option == 0x1001 || option == 0x1002 || option == 0x1003 || option == 0x1004))
		return -EINVAL; /* the bases are segments' there */
	ret = arch_prctl(this_thread(), option, addr, &out, &has_out);

	if (!ret && has_out && arch_put_user64(uaddr(addr), out))
		return -EFAULT;
	return ret;
}

long sys_set_tid_address(uaddr_t tidptr)
{
	current->clear_child_tid = tidptr;
	return current->vtid;
}

/* --- getrandom(2) --- */

long sys_getrandom(uaddr_t buf, size_t count, unsigned int flags)
{
	u8 chunk[256];
	size_t done = 0;

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	if ((flags & (GRND_INSECURE | GRND_RANDOM)) == (GRND_INSECURE | GRND_RANDOM))
		return -EINVAL;
	count = MIN(count, (size_t)INT32_MAX & PAGE_MASK);
	while (done < count) {
		size_t n = MIN(count - done, sizeof(chunk)), left;

		random_bytes(chunk, n);
		left = arch_copy_out(uaddr_add(buf, done), chunk, n);
		done += n - left;
		if (left) {
			memset(chunk, 0, sizeof(chunk));
			return done ? (long)done : -EFAULT;
		}
		if (done % PAGE_SIZE == 0) {
			if (thread_signal_pending())
				break;
			cond_resched();
		}
	}
	memset(chunk, 0, sizeof(chunk));
	return (long)done;
}

/* --- reboot(2) --- */

static __noreturn void leave_machine(void)
{
	trace_finish();
	vfs_sync_all();
	vport_drain();
	arch_power_off(0);
}

/* reboot(2), "Behavior inside PID namespaces": its process 1 ends, by a signal that says why. */
static long leave_namespace(struct pid_ns *ns, unsigned int cmd)
{
	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
	case LINUX_REBOOT_CMD_RESTART2:
		pid_ns_reboot(ns, SIGHUP);
		break;
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		pid_ns_reboot(ns, SIGINT);
		break;
	default:
		return -EINVAL;
	}
	do_exit(0);
}

long sys_reboot(int magic1, int magic2, unsigned int cmd, uaddr_t arg)
{
	struct pid_ns *ns = current_pid_ns();
	char buf[256];

	if (!task_capable_in(ns->ns.owner, CAP_SYS_BOOT))
		return -EPERM;
	if ((u32)magic1 != LINUX_REBOOT_MAGIC1 ||
	    (magic2 != LINUX_REBOOT_MAGIC2 && magic2 != LINUX_REBOOT_MAGIC2A &&
	     magic2 != LINUX_REBOOT_MAGIC2B && magic2 != LINUX_REBOOT_MAGIC2C))
		return -EINVAL;
	if (ns->level)
		return leave_namespace(ns, cmd);
	switch (cmd) {
	case LINUX_REBOOT_CMD_CAD_ON:
	case LINUX_REBOOT_CMD_CAD_OFF:
		return 0; /* no keyboard has the three keys */
	case LINUX_REBOOT_CMD_RESTART2:
		if (arch_strncpy_in(buf, arg, sizeof(buf) - 1) < 0)
			return -EFAULT;
		leave_machine();
	case LINUX_REBOOT_CMD_RESTART:
	case LINUX_REBOOT_CMD_HALT:
	case LINUX_REBOOT_CMD_POWER_OFF:
		/* The machine is one run long: each of these ends it. */
		leave_machine();
	}
	return -EINVAL;
}

/* vhangup(2): what is open of the caller's terminal is at its end. */
long sys_vhangup(void)
{
	struct tty *tty = READ_ONCE(current->process->tty);

	if (!task_capable(CAP_SYS_TTY_CONFIG))
		return -EPERM;
	if (tty && tty_driver_ops)
		tty_driver_ops->vhangup(tty);
	return 0;
}
