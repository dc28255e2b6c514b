/* PR_SET_MM and PR_GET_AUXV of prctl(2): what /proc says of an address space. */
#include "sys/prctl.h"
#include "sys/syscall.h"
#include <linux/capability.h>
#include <linux/prctl.h>

/* Is the order of the addresses still one that a program can have? */
static bool is_sane(const struct mm *m)
{
	return m->start_code < m->end_code && m->start_data <= m->end_data &&
	       m->start_brk <= m->brk && m->arg_start <= m->arg_end && m->env_start <= m->env_end;
}

static unsigned long *field_of(struct mm *m, unsigned long option)
{
	switch (option) {
	case PR_SET_MM_START_CODE:
		return &m->start_code;
	case PR_SET_MM_END_CODE:
		return &m->end_code;
	case PR_SET_MM_START_DATA:
		return &m->start_data;
	case PR_SET_MM_END_DATA:
		return &m->end_data;
	case PR_SET_MM_START_STACK:
		return &m->start_stack;
	case PR_SET_MM_START_BRK:
		return &m->start_brk;
	case PR_SET_MM_BRK:
		return &m->brk;
	case PR_SET_MM_ARG_START:
		return &m->arg_start;
	case PR_SET_MM_ARG_END:
		return &m->arg_end;
	case PR_SET_MM_ENV_START:
		return &m->env_start;
	case PR_SET_MM_ENV_END:
		return &m->env_end;
	}
	return NULL;
}

/* Those that lie in the program's own memory. */
static bool needs_area(unsigned long option)
{
	return option == PR_SET_MM_START_STACK ||
	       (option >= PR_SET_MM_ARG_START && option <= PR_SET_MM_ENV_END);
}

static long set_auxv(struct mm *m, uaddr_t from, unsigned long bytes)
{
	u64 auxv[ARRAY_SIZE(m->saved_auxv)] = {0};

	if (!from.v || bytes > sizeof(auxv))
		return -EINVAL;
	if (copy_from_user(auxv, from, bytes))
		return -EFAULT;
	auxv[ARRAY_SIZE(auxv) - 2] = 0; /* AT_NULL at the end */
	auxv[ARRAY_SIZE(auxv) - 1] = 0;
	memcpy(m->saved_auxv, auxv, sizeof(auxv));
	return 0;
}

long prctl_set_mm(unsigned long option, unsigned long addr, unsigned long arg4, unsigned long arg5)
{
	struct mm *m = current->mm;
	unsigned long *field, old;
	struct vma *v;
	long err = 0;

	if (arg5 || (arg4 && option != PR_SET_MM_AUXV && option != PR_SET_MM_MAP &&
		     option != PR_SET_MM_MAP_SIZE))
		return -EINVAL;
	if (option == PR_SET_MM_MAP_SIZE)
		return arch_put_user32(uaddr(addr), sizeof(struct prctl_mm_map));
	if (!task_capable(CAP_SYS_RESOURCE))
		return -EPERM;
	if (option == PR_SET_MM_AUXV)
		return set_auxv(m, uaddr(addr), arg4);
	field = field_of(m, option);
	if (!field || addr >= m->task_size || addr < m->mmap_min)
		return -EINVAL;
	down_write(&m->lock);
	v = vma_find(m, addr);
	old = *field;
	*field = addr;
	if (!is_sane(m))
		err = -EINVAL;
	else if (needs_area(option) && (!v || v->start > addr))
		err = -EFAULT;
	if (err)
		*field = old;
	up_write(&m->lock);
	return err;
}

long prctl_get_auxv(uaddr_t to, unsigned long size)
{
	const struct mm *m = current->mm;

	if (copy_to_user(to, m->saved_auxv, MIN(size, sizeof(m->saved_auxv))))
		return -EFAULT;
	return sizeof(m->saved_auxv);
}
