/*
 * The layout of a new address space, and what a program finds on its stack: strings, argc, argv,
 * envp and the auxiliary vector. execve(2), getauxval(3).
 */
#include "abi/linux/missing.h"
#include "proc/exec_internal.h"
#include "core/param.h"
#include "core/random.h"
#include "core/time.h"
#include "lib/err.h"
#include "lib/string.h"
#include "vfs/user_ns.h"
#include <linux/auxvec.h>
#include <linux/personality.h>

#define AT_MINSIGSTKSZ_NR    51
#define RSEQ_FEATURE_BYTES   28 /* as far as mm_cid */
#define RSEQ_ALIGN_BYTES     32
#define AT_SYSINFO_NR	     32		/* i386 only */
#define STACK_RANDOM_PAGES   0x3fffffUL /* 16 GiB */
#define STACK_RANDOM_PAGES32 0x7ffUL
#define MMAP_RANDOM_BITS32   8
#define COMPAT_PLATFORM	     "i686"
#define MMAP_RANDOM_BITS     28
#define GAP_MIN		     (128UL << 20)
#define STACK_GUARD_GAP	     (256UL * PAGE_SIZE)
#define STACK_EXTRA	     (128UL * 1024) /* mapped below the arguments from the start */
#define USER_HZ		     100

int exec_randomize = 2;

bool exec_is_randomized(void)
{
	static int norandmaps = -1;

	if (norandmaps < 0)
		norandmaps = param_is_set("norandmaps");
	return !norandmaps && exec_randomize && !(current->personality & ADDR_NO_RANDOMIZE);
}

void elf_place_areas(struct exec *e)
{
	struct mm *m = current->mm;
	u64 gap = task_rlimit(current, RLIMIT_STACK), random = 0;
	u64 pad = STACK_GUARD_GAP, end = e->is_32bit ? USER32_END : USER_END;
	u64 stack_pages = e->is_32bit ? STACK_RANDOM_PAGES32 : STACK_RANDOM_PAGES;
	unsigned bits = e->is_32bit ? MMAP_RANDOM_BITS32 : MMAP_RANDOM_BITS;

	if (e->is_32bit && (current->personality & ADDR_LIMIT_3GB))
		end = 0xc0000000;
	m->task_size = end;
	e->rnd_stack_top = end;
	if (exec_is_randomized()) {
		e->rnd_stack_top -= (random_u64() & stack_pages) << PAGE_SHIFT;
		random = (random_u64() & (BIT(bits) - 1)) << PAGE_SHIFT;
		pad += (stack_pages + 1) << PAGE_SHIFT;
	}
	gap = gap + pad > gap ? gap + pad : gap;
	gap = MIN(MAX(gap, GAP_MIN), end / 6 * 5);
	m->mmap_base = ALIGN_UP(end - gap - random, PAGE_SIZE);
	m->is_bottom_up = current->personality & ADDR_COMPAT_LAYOUT;
	if (m->is_bottom_up)
		m->mmap_base = ALIGN_UP(end / 3, PAGE_SIZE) + random;
}

int elf_map_vdso(struct exec *e)
{
	struct mm *m = current->mm;
	const struct vdso_image *img = arch_vdso(e->is_32bit);
	unsigned long addr = ALIGN_UP(e->rnd_stack_top, PAGE_SIZE), end, room;
	size_t size;
	int err;

	if (!img)
		return 0;
	size = img->size_bytes + PAGE_SIZE;
	/* Above the stack, within the same 2 MiB; else where mmap would put it. */
	end = MIN(ALIGN_UP(addr + size, 2UL << 20), m->task_size);
	if (exec_is_randomized() && addr + size <= end) {
		room = (end - size - addr) / PAGE_SIZE + 1;
		addr += random_u64() % room * PAGE_SIZE;
	} else {
		down_write(&m->lock);
		addr = mm_find_gap(m, 0, size, false);
		up_write(&m->lock);
		if (!addr)
			return -ENOMEM;
	}
	err = mm_map_special(m, addr, PAGE_SIZE, VM_READ | VM_MAYREAD | VM_DONTDUMP, vvar_phys(),
			     "[vvar]");
	if (err)
		return err;
	err = mm_map_special(m, addr + PAGE_SIZE, img->size_bytes,
			     VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYWRITE |
				     VM_MAYEXEC, /* breakpoints copy */
			     virt_to_phys(img->data), "[vdso]");
	if (!err)
		m->vdso_base = addr + PAGE_SIZE;
	return err;
}

struct aux {
	u64 *v;
	unsigned n;
};

static void aux_add(struct aux *a, u64 type, u64 value)
{
	a->v[a->n++] = type;
	a->v[a->n++] = value;
}

/* The order of Linux's x86. */
static unsigned fill_auxv(const struct exec *e, const struct elf_tables *t, u64 random_addr,
			  u64 platform_addr, u64 execfn_addr)
{
	struct mm *m = current->mm;
	const struct cred *c = current->real_cred;
	struct aux a = {m->saved_auxv, 0};

	memset(m->saved_auxv, 0, sizeof(m->saved_auxv));
	if (m->vdso_base && e->is_32bit)
		aux_add(&a, AT_SYSINFO_NR, m->vdso_base + arch_vdso(true)->sym_sysinfo);
	if (m->vdso_base)
		aux_add(&a, AT_SYSINFO_EHDR, m->vdso_base);
	aux_add(&a, AT_MINSIGSTKSZ_NR, arch_min_sigstack());
	aux_add(&a, AT_HWCAP, arch_hwcap(1));
	aux_add(&a, AT_PAGESZ, PAGE_SIZE);
	aux_add(&a, AT_CLKTCK, USER_HZ);
	aux_add(&a, AT_PHDR, t->phdr);
	aux_add(&a, AT_PHENT, e->is_32bit ? sizeof(struct elf32_phdr) : sizeof(struct elf64_phdr));
	aux_add(&a, AT_PHNUM, t->phnum);
	aux_add(&a, AT_BASE, t->base);
	aux_add(&a, AT_FLAGS, 0);
	aux_add(&a, AT_ENTRY, t->entry);
	aux_add(&a, AT_UID, from_kuid_munged(c->user_ns, c->uid));
	aux_add(&a, AT_EUID, from_kuid_munged(c->user_ns, c->euid));
	aux_add(&a, AT_GID, from_kgid_munged(c->user_ns, c->gid));
	aux_add(&a, AT_EGID, from_kgid_munged(c->user_ns, c->egid));
	aux_add(&a, AT_SECURE, e->is_secure);
	aux_add(&a, AT_RANDOM, random_addr);
	aux_add(&a, AT_RSEQ_FEATURE_SIZE, RSEQ_FEATURE_BYTES);
	aux_add(&a, AT_RSEQ_ALIGN, RSEQ_ALIGN_BYTES);
	aux_add(&a, AT_HWCAP2, arch_hwcap(2));
	aux_add(&a, AT_EXECFN, execfn_addr);
	aux_add(&a, AT_PLATFORM, platform_addr);
	aux_add(&a, AT_NULL, 0);
	return a.n;
}

static int map_stack(struct exec *e, size_t used_bytes)
{
	struct mm *m = current->mm;
	unsigned long top = e->rnd_stack_top;
	size_t size = ALIGN_UP(used_bytes, PAGE_SIZE) + STACK_EXTRA;
	u64 limit = ALIGN_DOWN(task_rlimit(current, RLIMIT_STACK), PAGE_SIZE);
	int err;

	if (size > limit)
		size = MAX(limit, ALIGN_UP(used_bytes, PAGE_SIZE) + PAGE_SIZE);
	err = mm_map_stack(m, top, size);
	if (!err && (e->is_stack_exec || (current->personality & READ_IMPLIES_EXEC)))
		err = mm_protect(m, top - size, size, VM_READ | VM_WRITE | VM_EXEC);
	return err;
}

/* A buffered writer of words to user memory. */
struct word_writer {
	unsigned long to;
	unsigned n;
	union {
		u64 buf[64];
		u32 buf32[64];
	};
	bool is_32bit;
	bool is_bad;
};

static void words_flush(struct word_writer *w)
{
	size_t bytes = w->n * (w->is_32bit ? sizeof(u32) : sizeof(u64));

	if (bytes && arch_copy_out(uaddr(w->to), w->buf, bytes))
		w->is_bad = true;
	w->to += bytes;
	w->n = 0;
}

static void word_put(struct word_writer *w, u64 v)
{
	if (w->is_32bit)
		w->buf32[w->n++] = (u32)v;
	else
		w->buf[w->n++] = v;
	if (w->n == ARRAY_SIZE(w->buf))
		words_flush(w);
}

static void put_pointers(struct word_writer *w, const struct exec_strings *s, bool is_env,
			 unsigned long addr)
{
	struct exec_cursor c = {0, 0};
	unsigned n = exec_strings_count(s, is_env);

	while (n--) {
		word_put(w, addr);
		addr += exec_strings_next(s, is_env, &c);
	}
	word_put(w, 0);
}

static int put_vectors(struct exec *e, unsigned long sp, unsigned nr_aux)
{
	struct mm *m = current->mm;
	struct word_writer w = {.to = sp, .is_32bit = e->is_32bit};
	unsigned i;

	word_put(&w, exec_strings_count(e->args, false));
	put_pointers(&w, e->args, false, m->arg_start);
	put_pointers(&w, e->args, true, m->env_start);
	for (i = 0; i < nr_aux; i++)
		word_put(&w, m->saved_auxv[i]);
	words_flush(&w);
	return w.is_bad ? -EFAULT : 0;
}

int elf_make_stack(struct exec *e, const struct elf_tables *t, unsigned long *sp)
{
	struct mm *m = current->mm;
	size_t arg_bytes = exec_strings_bytes(e->args, false);
	size_t env_bytes = exec_strings_bytes(e->args, true);
	size_t path_bytes = strlen(e->path) + 1;
	const char *platform_name = e->is_32bit ? COMPAT_PLATFORM : arch_platform;
	size_t platform_bytes = strlen(platform_name) + 1;
	size_t nr_words = exec_strings_count(e->args, false) + exec_strings_count(e->args, true) +
			  3 + ARRAY_SIZE(m->saved_auxv);
	unsigned long p, execfn, platform, random;
	unsigned nr_aux;
	u8 bytes[16];
	int err;

	err = map_stack(e, arg_bytes + env_bytes + path_bytes + nr_words * 8 + 2 * PAGE_SIZE);
	if (!err)
		err = elf_map_vdso(e);
	if (err)
		return err;
	execfn = e->rnd_stack_top - (e->is_32bit ? 4 : sizeof(long)) - path_bytes;
	m->env_end = execfn;
	m->env_start = m->arg_end = execfn - env_bytes;
	m->arg_start = p = m->arg_end - arg_bytes;
	if (exec_is_randomized())
		p -= random_u64() % 8192;
	p = ALIGN_DOWN(p, 16);
	platform = p - platform_bytes;
	random = ALIGN_DOWN(platform, 16) - sizeof(bytes);
	random_bytes(bytes, sizeof(bytes));
	nr_aux = fill_auxv(e, t, random, platform, execfn);
	nr_words =
		exec_strings_count(e->args, false) + exec_strings_count(e->args, true) + 3 + nr_aux;
	*sp = ALIGN_DOWN(random - nr_words * (e->is_32bit ? 4 : 8), 16);
	m->start_stack = *sp;
	if (arch_copy_out(uaddr(execfn), e->path, path_bytes) ||
	    arch_copy_out(uaddr(platform), platform_name, platform_bytes) ||
	    arch_copy_out(uaddr(random), bytes, sizeof(bytes)) ||
	    exec_strings_copy_out(e->args, false, uaddr(m->arg_start)) ||
	    exec_strings_copy_out(e->args, true, uaddr(m->env_start)))
		return -EFAULT;
	return put_vectors(e, *sp, nr_aux);
}
