/* ptrace(2): the requests. What they mean for the traced task is in proc/ptrace.c and
 * proc/ptrace_stop.c. */
#include "proc/ptrace.h"
#include "proc/ptrace_abi.h"
#include "sys/syscall.h"
#include "vfs/cred.h"
#include <linux/audit.h>
#include <linux/elf.h>

#define REGSET_MAX	4096
#define SYSCALL_GOOD	0x80
#define SYSCALL_STOPPED (SIGTRAP | SYSCALL_GOOD)

struct request {
	long nr;
	unsigned long addr, data;
};

/* --- memory and registers --- */

static long peek_memory(struct task *t, unsigned long addr, uaddr_t data)
{
	struct mm *m = task_get_mm(t);
	u64 word;
	long n;

	if (!m)
		return -EIO;
	n = mm_access_force(m, addr, &word, sizeof(word), false);
	mm_put(m);
	if (n != sizeof(word))
		return -EIO;
	return arch_put_user64(data, word);
}

static long poke_memory(struct task *t, unsigned long addr, u64 word)
{
	struct mm *m = task_get_mm(t);
	long n;

	if (!m)
		return -EIO;
	n = mm_access_force(m, addr, &word, sizeof(word), true);
	mm_put(m);
	return n == sizeof(word) ? 0 : -EIO;
}

static long peek_user(struct task *t, unsigned long offset, uaddr_t data)
{
	u64 word;
	int err = arch_peek_user(&t->thread, offset, &word);

	return err ? err : arch_put_user64(data, word);
}

/* A whole or the beginning of a set; the bytes moved, or an error. */
static long move_regset(struct task *t, unsigned note, uaddr_t data, size_t size, bool is_set)
{
	size_t whole = arch_regset_size(&t->thread, note);
	long err = 0;
	u8 *buf;

	if (!whole || whole > REGSET_MAX)
		return -EINVAL;
	size = MIN(size, whole);
	buf = kzalloc(whole, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	if (is_set) {
		err = copy_from_user(buf, data, size);
		if (!err)
			err = arch_regset_set(&t->thread, note, buf, size);
	} else {
		arch_regset_get(&t->thread, note, buf);
		err = copy_to_user(data, buf, size);
	}
	kfree(buf);
	return err ? err : (long)size;
}

static long regset(struct task *t, const struct request *r)
{
	bool is_set = r->nr == PTRACE_SETREGSET;
	size_t unit =
		r->addr == NT_PRSTATUS || r->addr == NT_X86_XSTATE ? sizeof(u64) : sizeof(u32);
	uaddr_t vec = uaddr(r->data);
	u64 base, len;
	long n;

	if (arch_get_user64(&base, vec) || arch_get_user64(&len, uaddr_add(vec, sizeof(base))))
		return -EFAULT;
	if (!arch_regset_size(&t->thread, (unsigned)r->addr) || len % unit)
		return -EINVAL;
	n = move_regset(t, (unsigned)r->addr, uaddr(base), len, is_set);
	if (n < 0)
		return n;
	return arch_put_user64(uaddr_add(vec, sizeof(base)), (u64)n);
}

static long plain_regs(struct task *t, unsigned note, unsigned long data, bool is_set)
{
	long n = move_regset(t, note, uaddr(data), ~0UL, is_set);

	return n < 0 ? n : 0;
}

/* --- signals --- */

static long get_info(struct task *t, uaddr_t data)
{
	siginfo_t si, *from = t->tracing.info; /* frozen: it stays */

	if (!from)
		return -EINVAL;
	si = *from;
	return copy_to_user(data, &si, sizeof(si));
}

static long set_info(struct task *t, uaddr_t data)
{
	siginfo_t si;

	if (copy_from_user(&si, data, sizeof(si)))
		return -EFAULT;
	if (!t->tracing.info)
		return -EINVAL;
	*t->tracing.info = si;
	return 0;
}

static long signal_mask(struct task *t, const struct request *r)
{
	unsigned long f;
	u64 mask = t->blocked;

	if (r->addr != sizeof(mask))
		return -EINVAL;
	if (r->nr == PTRACE_GETSIGMASK)
		return copy_to_user(uaddr(r->data), &mask, sizeof(mask));
	if (copy_from_user(&mask, uaddr(r->data), sizeof(mask)))
		return -EFAULT;
	f = spin_lock_irqsave(&t->process->sighand_lock);
	t->blocked = mask & ~SIG_KERNEL_ONLY;
	signal_recalc(t);
	spin_unlock_irqrestore(&t->process->sighand_lock, f);
	return 0;
}

/* The n-th queued signal; false: there are fewer. */
static bool nth_signal(struct task *t, bool is_shared, u64 n, siginfo_t *si)
{
	struct sigpending *p = is_shared ? &t->process->pending : &t->pending;
	unsigned long f = spin_lock_irqsave(&t->process->sighand_lock);
	struct sigqueue *q;
	bool found = false;

	list_for_each_entry (q, &p->queue, node)
		if (!n--) {
			*si = q->info;
			found = true;
			break;
		}
	spin_unlock_irqrestore(&t->process->sighand_lock, f);
	return found;
}

static long peek_signals(struct task *t, const struct request *r)
{
	struct ptrace_peeksiginfo_args a;
	siginfo_t si;
	long n;

	if (copy_from_user(&a, uaddr(r->addr), sizeof(a)))
		return -EFAULT;
	if ((a.flags & ~(u32)PTRACE_PEEKSIGINFO_SHARED) || a.nr < 0)
		return -EINVAL;
	for (n = 0; n < a.nr; n++) {
		if (!nth_signal(t, a.flags & PTRACE_PEEKSIGINFO_SHARED, a.off + (u64)n, &si))
			break;
		if (copy_to_user(uaddr(r->data + (u64)n * sizeof(si)), &si, sizeof(si)))
			return n ? n : -EFAULT;
		cond_resched();
	}
	return n;
}

/* --- PTRACE_GET_SYSCALL_INFO --- */

static size_t fill_syscall_info(struct task *t, struct ptrace_syscall_info *s)
{
	const struct pt_regs *regs = arch_thread_regs(&t->thread);
	const siginfo_t *info = t->tracing.info;
	int code = info ? info->si_code : 0;
	unsigned i;

	memset(s, 0, sizeof(*s));
	s->arch = arch_audit_arch(&t->thread);
	s->instruction_pointer = arch_user_pc(regs);
	s->stack_pointer = arch_user_sp(regs);
	if (code == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
		s->op = PTRACE_SYSCALL_INFO_SECCOMP;
		s->seccomp.nr = arch_syscall_nr(regs);
		for (i = 0; i < 6; i++)
			s->seccomp.args[i] = arch_thread_syscall_arg(&t->thread, i);
		s->seccomp.ret_data = (u32)t->tracing.message;
		return offsetof(struct ptrace_syscall_info, seccomp.ret_data) + sizeof(u32);
	}
	if (code != SIGTRAP && code != SYSCALL_STOPPED)
		return offsetof(struct ptrace_syscall_info, entry);
	if (t->tracing.message == PTRACE_EVENTMSG_SYSCALL_ENTRY) {
		s->op = PTRACE_SYSCALL_INFO_ENTRY;
		s->entry.nr = arch_syscall_nr(regs);
		for (i = 0; i < 6; i++)
			s->entry.args[i] = arch_thread_syscall_arg(&t->thread, i);
		return offsetof(struct ptrace_syscall_info, entry) + sizeof(s->entry);
	}
	if (t->tracing.message == PTRACE_EVENTMSG_SYSCALL_EXIT) {
		s->op = PTRACE_SYSCALL_INFO_EXIT;
		s->exit.rval = arch_get_return(regs);
		s->exit.is_error = (u64)s->exit.rval >= (u64)-MAX_ERRNO;
		return offsetof(struct ptrace_syscall_info, exit.is_error) + 1;
	}
	return offsetof(struct ptrace_syscall_info, entry);
}

static long syscall_info(struct task *t, const struct request *r)
{
	struct ptrace_syscall_info s;
	size_t size = fill_syscall_info(t, &s);

	if (copy_to_user(uaddr(r->data), &s, MIN(size, r->addr)))
		return -EFAULT;
	return (long)size;
}

static long rseq_configuration(struct task *t, const struct request *r)
{
	struct ptrace_rseq_configuration c = {
		.rseq_abi_pointer = t->rseq.v,
		.rseq_abi_size = t->rseq_len,
		.signature = t->rseq_sig,
	};

	if (copy_to_user(uaddr(r->data), &c, MIN(sizeof(c), r->addr)))
		return -EFAULT;
	return sizeof(c);
}

/* --- going on --- */

static long set_options(struct task *t, unsigned long options)
{
	if (options & ~(unsigned long)PTRACE_O_MASK)
		return -EINVAL;
	if (options & PTRACE_O_SUSPEND_SECCOMP)
		return fail(EPERM,
			    "no suspending of filters, as without CONFIG_CHECKPOINT_RESTORE");
	t->tracing.options = (u32)options;
	return 0;
}

static long resume(struct task *t, const struct request *r)
{
	struct tracing *g = &t->tracing;

	if (r->data > NSIG_K)
		return -EIO;
	g->has_syscall_stops = r->nr == PTRACE_SYSCALL;
	g->is_emulating = r->nr == PTRACE_SYSEMU || r->nr == PTRACE_SYSEMU_SINGLESTEP;
	g->is_stepping = r->nr == PTRACE_SINGLESTEP || r->nr == PTRACE_SYSEMU_SINGLESTEP;
	arch_set_single_step(&t->thread, g->is_stepping);
	ptrace_resume(t, (int)r->data);
	return 0;
}

static long detach(struct task *t, unsigned long signo)
{
	if (signo > NSIG_K)
		return -EIO;
	ptrace_detach(t, (int)signo);
	return 0;
}

static long kill_it(struct task *t)
{
	siginfo_t si;

	siginfo_kernel(&si, SIGKILL);
	signal_process(t->process, &si);
	return 0;
}

/* Registers. -ENOSYS: another request. */
static long register_request(struct task *t, const struct request *r)
{
	switch (r->nr) {
	case PTRACE_PEEKUSR:
		return peek_user(t, r->addr, uaddr(r->data));
	case PTRACE_POKEUSR:
		return arch_poke_user(&t->thread, r->addr, r->data);
	case PTRACE_GETREGS:
	case PTRACE_SETREGS:
		return plain_regs(t, NT_PRSTATUS, r->data, r->nr == PTRACE_SETREGS);
	case PTRACE_GETFPREGS:
	case PTRACE_SETFPREGS:
		return plain_regs(t, NT_PRFPREG, r->data, r->nr == PTRACE_SETFPREGS);
	case PTRACE_GETREGSET:
	case PTRACE_SETREGSET:
		return regset(t, r);
	}
	return -ENOSYS;
}

/* To a task that is stopped and held. */
static long request_of_stopped(struct task *t, const struct request *r)
{
	long ret = register_request(t, r);

	if (ret != -ENOSYS)
		return ret;
	switch (r->nr) {
	case PTRACE_PEEKTEXT:
	case PTRACE_PEEKDATA:
		return peek_memory(t, r->addr, uaddr(r->data));
	case PTRACE_POKETEXT:
	case PTRACE_POKEDATA:
		return poke_memory(t, r->addr, r->data);
	case PTRACE_OLDSETOPTIONS:
	case PTRACE_SETOPTIONS:
		return set_options(t, r->data);
	case PTRACE_GETEVENTMSG:
		return arch_put_user64(uaddr(r->data), t->tracing.message);
	case PTRACE_GETSIGINFO:
		return get_info(t, uaddr(r->data));
	case PTRACE_SETSIGINFO:
		return set_info(t, uaddr(r->data));
	case PTRACE_GETSIGMASK:
	case PTRACE_SETSIGMASK:
		return signal_mask(t, r);
	case PTRACE_PEEKSIGINFO:
		return peek_signals(t, r);
	case PTRACE_GET_SYSCALL_INFO:
		return syscall_info(t, r);
	case PTRACE_GET_RSEQ_CONFIGURATION:
		return rseq_configuration(t, r);
	case PTRACE_LISTEN:
		return ptrace_listen(t);
	case PTRACE_CONT:
	case PTRACE_SYSCALL:
	case PTRACE_SINGLESTEP:
	case PTRACE_SYSEMU:
	case PTRACE_SYSEMU_SINGLESTEP:
		return resume(t, r);
	case PTRACE_DETACH:
		return detach(t, r->data);
	}
	return -EIO;
}

static long attach(struct task *t, const struct request *r)
{
	bool is_seize = r->nr == PTRACE_SEIZE;

	if (is_seize && (r->addr || (r->data & ~(unsigned long)PTRACE_O_MASK)))
		return -EIO;
	return ptrace_attach(t, is_seize, is_seize ? (u32)r->data : 0);
}

long sys_ptrace(long request, long pid, unsigned long addr, unsigned long data)
{
	const struct request r = {request, addr, data};
	bool any_state = request == PTRACE_KILL || request == PTRACE_INTERRUPT;
	struct task *t;
	long ret;

	if (arch_in_compat_syscall())
		return fail(ENOSYS, "no tracers of 32 bits");
	if (request == PTRACE_TRACEME)
		return ptrace_traceme();
	t = pid > 0 && pid <= INT32_MAX ? task_find((int)pid) : NULL;
	if (!t)
		return -ESRCH;
	if (request == PTRACE_ATTACH || request == PTRACE_SEIZE) {
		ret = attach(t, &r);
	} else {
		ret = ptrace_freeze(t, any_state);
		if (!ret && request == PTRACE_INTERRUPT) {
			ret = ptrace_interrupt(t);
		} else if (!ret && request == PTRACE_KILL) {
			ret = kill_it(t);
		} else if (!ret) {
			ret = request_of_stopped(t, &r);
			ptrace_unfreeze(t);
		}
	}
	task_put(t);
	return ret;
}
