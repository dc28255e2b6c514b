/*
 * ELF programs: static, position-independent, with an interpreter. elf(5). Nothing in the file is
 * trusted: each number is checked before it is used. Damage to headers means -ENOEXEC (in the
 * interpreter -ELIBBAD); to segments, which are looked at after the point of no return, SIGSEGV.
 */
#include "proc/exec_internal.h"
#include "core/random.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/capability.h>
#include <linux/personality.h>

#define PHDRS_MAX_BYTES	  65536
#define INTERP_MAX	  4096
#define PIE_RANDOM_BITS	  28 /* pages */
#define PIE_RANDOM_BITS32 8
/* Linux refuses what exceeds all of its memory. Ours is often small, and pages are given when they
 * are touched: this stands for a large machine. */
#define ZEROS_MAX	(64UL << 30)
#define BRK_RANDOM_SIZE (32UL << 20)

/* The file's header into img->eh. e_machine is at one place in both classes, and tells them apart:
 * the class byte is not looked at, Linux does not either. */
static bool take_header(struct elf_image *img, const void *head)
{
	struct elf32_hdr h;

	memcpy(&img->eh, head, sizeof(img->eh));
	img->user_end = USER_END;
	if (memcmp(img->eh.e_ident, ELFMAG, SELFMAG))
		return false;
	if (arch_elf_machine_ok(img->eh.e_machine, ELFCLASS64))
		return true;
	if (!arch_elf_machine_ok(img->eh.e_machine, ELFCLASS32))
		return false;
	memcpy(&h, head, sizeof(h));
	img->is_32bit = true;
	img->user_end = USER32_END;
	img->eh.e_entry = h.e_entry;
	img->eh.e_phoff = h.e_phoff;
	img->eh.e_phentsize = h.e_phentsize;
	img->eh.e_phnum = h.e_phnum;
	return true;
}

static void widen_phdr(struct elf64_phdr *to, const struct elf32_phdr *from)
{
	*to = (struct elf64_phdr){
		.p_type = from->p_type,
		.p_flags = from->p_flags,
		.p_offset = from->p_offset,
		.p_vaddr = from->p_vaddr,
		.p_paddr = from->p_paddr,
		.p_filesz = from->p_filesz,
		.p_memsz = from->p_memsz,
		.p_align = from->p_align,
	};
}

/* Program headers of class 32, each widened into img->ph. */
static int read_phdrs32(struct elf_image *img, int err)
{
	unsigned n = img->eh.e_phnum;
	struct elf32_phdr *raw;
	size_t size = n * sizeof(*raw);

	if (img->eh.e_phentsize != sizeof(*raw) || !size || size > PHDRS_MAX_BYTES)
		return -err;
	raw = kmalloc(size, GFP_KERNEL);
	img->ph = kmalloc(n * sizeof(*img->ph), GFP_KERNEL);
	if (!raw || !img->ph)
		err = ENOMEM;
	else if (kernel_read(img->file, raw, size, (s64)img->eh.e_phoff) == (long)size)
		err = 0;
	for (unsigned i = 0; !err && i < n; i++)
		widen_phdr(&img->ph[i], &raw[i]);
	kfree(raw);
	return -err;
}

static bool is_program(const struct elf64_hdr *eh)
{
	return eh->e_type == ET_EXEC || eh->e_type == ET_DYN;
}

/* The program headers, as they are; `err` for what cannot be read. */
static int read_phdrs(struct elf_image *img, int err)
{
	size_t size = (size_t)img->eh.e_phnum * sizeof(struct elf64_phdr);

	if (img->is_32bit)
		return read_phdrs32(img, err);
	if (img->eh.e_phentsize != sizeof(struct elf64_phdr) || !size || size > PHDRS_MAX_BYTES ||
	    img->eh.e_phoff > (u64)INT64_MAX - size)
		return -err;
	img->ph = kmalloc(size, GFP_KERNEL);
	if (!img->ph)
		return -ENOMEM;
	return kernel_read(img->file, img->ph, size, (s64)img->eh.e_phoff) == (long)size ? 0 : -err;
}

/* Extent and alignment of the segments, each checked so that nothing can overflow later. */
static int check_segments(struct elf_image *img)
{
	unsigned i;

	img->lowest = ~0UL;
	img->max_align = PAGE_SIZE;
	for (i = 0; i < img->eh.e_phnum; i++) {
		const struct elf64_phdr *ph = &img->ph[i];

		if (ph->p_type != PT_LOAD)
			continue;
		if (ph->p_filesz > ph->p_memsz || ph->p_memsz > img->user_end ||
		    ph->p_vaddr > img->user_end - ph->p_memsz ||
		    (ph->p_filesz && (ph->p_offset > (u64)INT64_MAX - ph->p_filesz ||
				      (ph->p_offset ^ ph->p_vaddr) % PAGE_SIZE)))
			return -EINVAL;
		if (!(ph->p_align & (ph->p_align - 1)) && ph->p_align > img->max_align &&
		    ph->p_align < img->user_end / 4)
			img->max_align = ph->p_align;
		img->lowest = MIN(img->lowest, ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE));
		img->highest = MAX(img->highest, ALIGN_UP(ph->p_vaddr + ph->p_memsz, PAGE_SIZE));
	}
	if (img->lowest == ~0UL) {
		/* Nothing to load: a fixed program then starts in the void. */
		img->lowest = img->highest = 0;
		return img->eh.e_type == ET_EXEC ? 0 : -EINVAL;
	}
	return 0;
}

/* The PT_INTERP name; NULL: none; ERR_PTR(-ENOEXEC, -EIO, -ENOMEM). */
static char *read_interp_name(const struct elf_image *img)
{
	const struct elf64_phdr *ph;
	char *name;
	unsigned i;

	for (i = 0; i < img->eh.e_phnum; i++)
		if (img->ph[i].p_type == PT_INTERP)
			break;
	if (i == img->eh.e_phnum)
		return NULL;
	ph = &img->ph[i];
	if (ph->p_filesz < 2 || ph->p_filesz > INTERP_MAX)
		return ERR_PTR(-ENOEXEC);
	if (ph->p_offset > INT64_MAX - INTERP_MAX)
		return ERR_PTR(-EINVAL);
	name = kmalloc(ph->p_filesz, GFP_KERNEL);
	if (!name)
		return ERR_PTR(-ENOMEM);
	if (kernel_read(img->file, name, ph->p_filesz, (s64)ph->p_offset) != (long)ph->p_filesz) {
		kfree(name);
		return ERR_PTR(-EIO);
	}
	if (name[ph->p_filesz - 1]) {
		kfree(name);
		return ERR_PTR(-ENOEXEC);
	}
	return name;
}

static int open_interp(struct elf_image *interp, const char *name, bool is_32bit)
{
	struct file *f = exec_open_interp(name);
	struct elf64_hdr head;
	long n;

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	interp->file = f;
	n = kernel_read(f, &head, sizeof(head), 0);
	if (n < 0)
		return (int)n;
	if (n != sizeof(head))
		return -EIO;
	if (!take_header(interp, &head) || interp->is_32bit != is_32bit)
		return -ELIBBAD;
	return read_phdrs(interp, ELIBBAD);
}

static u64 segment_flags(u32 p_flags)
{
	u64 f = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	if (p_flags & PF_R)
		f |= VM_READ;
	if (p_flags & PF_W)
		f |= VM_WRITE;
	if (p_flags & PF_X)
		f |= VM_EXEC;
	if ((current->personality & READ_IMPLIES_EXEC) && (p_flags & PF_R))
		f |= VM_EXEC;
	return f;
}

static int map_file_part(struct elf_image *img, const struct elf64_phdr *ph, bool is_first)
{
	unsigned long skew = ph->p_vaddr % PAGE_SIZE;
	struct map_request req = {
		.addr = img->bias + ph->p_vaddr - skew,
		.len = ALIGN_UP(ph->p_filesz + skew, PAGE_SIZE),
		.vm_flags = segment_flags(ph->p_flags),
		.is_fixed = true,
		.is_noreplace = is_first,
		.file = img->file,
		.pgoff = (ph->p_offset - skew) >> PAGE_SHIFT,
	};
	long addr;
	int err;

	if (!img->file->ops->mmap)
		return -ENODEV;
	if (req.addr < current->mm->mmap_min && !task_capable(CAP_SYS_RAWIO))
		return -EPERM;
	err = img->file->ops->mmap(img->file, &req);
	if (err)
		return err;
	addr = mm_map(current->mm, &req);
	return addr < 0 ? (int)addr : 0;
}

/* The part of a segment beyond the file: zeros, in the last page of the file too. */
static int map_zero_part(struct elf_image *img, const struct elf64_phdr *ph)
{
	unsigned long file_end = img->bias + ph->p_vaddr + ph->p_filesz;
	unsigned long start =
		ph->p_filesz ? ALIGN_UP(file_end, PAGE_SIZE) : ALIGN_DOWN(file_end, PAGE_SIZE);
	unsigned long end = ALIGN_UP(img->bias + ph->p_vaddr + ph->p_memsz, PAGE_SIZE);

	if (ph->p_filesz && start > file_end && (ph->p_flags & PF_W) &&
	    arch_clear_user(uaddr(file_end), start - file_end))
		return -EFAULT;
	if (end > start) {
		struct map_request req = {
			.addr = start,
			.len = end - start,
			.vm_flags = segment_flags((ph->p_flags & PF_X) | PF_R | PF_W) |
				    VM_NORESERVE, /* see ZEROS_MAX */
			.is_fixed = true,
			.pgoff = start >> PAGE_SHIFT,
		};
		long addr;

		if (end - start > ZEROS_MAX)
			return fail(ENOMEM, "more zeros than any machine has memory");
		addr = mm_map(current->mm, &req);
		if (addr < 0)
			return (int)addr;
	}
	return 0;
}

static int map_segments(struct elf_image *img, bool may_replace)
{
	bool is_first = !may_replace;
	unsigned i;

	for (i = 0; i < img->eh.e_phnum; i++) {
		const struct elf64_phdr *ph = &img->ph[i];
		int err = 0;

		if (ph->p_type != PT_LOAD || !ph->p_memsz)
			continue;
		if (ph->p_filesz)
			err = map_file_part(img, ph, is_first);
		if (!err && ph->p_memsz > ph->p_filesz)
			err = map_zero_part(img, ph);
		if (err)
			return err;
		is_first = false;
	}
	img->entry = img->bias + img->eh.e_entry;
	return img->entry < img->user_end ? 0 : -EINVAL;
}

/* Where a position-independent program goes: a random place in the lower part, away from stack and
 * mappings. */
static int place_program(struct elf_image *img)
{
	unsigned long base;

	if (img->eh.e_type == ET_EXEC)
		return 0;
	base = ALIGN_DOWN(img->user_end / 3 * 2, PAGE_SIZE);
	if (exec_is_randomized())
		base += (random_u64() &
			 (BIT(img->is_32bit ? PIE_RANDOM_BITS32 : PIE_RANDOM_BITS) - 1))
			<< PAGE_SHIFT;
	base = ALIGN_DOWN(base, img->max_align);
	if (img->highest - img->lowest > img->user_end - base)
		return -ENOMEM;
	img->bias = base - img->lowest;
	return 0;
}

static int place_interp(struct elf_image *img)
{
	struct mm *m = current->mm;
	size_t len = img->highest - img->lowest + img->max_align - PAGE_SIZE;
	unsigned long addr;

	if (img->eh.e_type == ET_EXEC)
		return 0;
	down_write(&m->lock);
	addr = mm_find_gap(m, 0, len, false);
	up_write(&m->lock);
	if (!addr)
		return -ENOMEM;
	img->bias = ALIGN_UP(addr, img->max_align) - img->lowest;
	return 0;
}

static void set_areas(struct mm *m, const struct elf_image *img)
{
	unsigned long brk = 0;
	unsigned i;

	m->start_code = m->start_data = ~0UL;
	for (i = 0; i < img->eh.e_phnum; i++) {
		const struct elf64_phdr *ph = &img->ph[i];
		unsigned long start = img->bias + ph->p_vaddr;

		if (ph->p_type != PT_LOAD)
			continue;
		if (ph->p_flags & PF_X) {
			m->start_code = MIN(m->start_code, start);
			m->end_code = MAX(m->end_code, start + ph->p_filesz);
		}
		if (ph->p_flags & PF_W || m->start_data == ~0UL) {
			m->start_data = start;
			m->end_data = start + ph->p_filesz;
		}
		brk = MAX(brk, start + ph->p_memsz);
	}
	brk = ALIGN_UP(brk, PAGE_SIZE);
	if (exec_is_randomized())
		brk += ALIGN_DOWN(random_u64() % BRK_RANDOM_SIZE, PAGE_SIZE);
	m->start_brk = m->brk = brk;
}

/* AT_PHDR: where the program headers are in memory, 0 when no segment holds them. */
static unsigned long phdr_address(const struct elf_image *img)
{
	unsigned i;

	for (i = 0; i < img->eh.e_phnum; i++) {
		const struct elf64_phdr *ph = &img->ph[i];

		if (ph->p_type == PT_PHDR)
			return img->bias + ph->p_vaddr;
	}
	for (i = 0; i < img->eh.e_phnum; i++) {
		const struct elf64_phdr *ph = &img->ph[i];

		if (ph->p_type == PT_LOAD && img->eh.e_phoff >= ph->p_offset &&
		    img->eh.e_phoff < ph->p_offset + ph->p_filesz)
			return img->bias + img->eh.e_phoff - ph->p_offset + ph->p_vaddr;
	}
	return 0;
}

/* Also settles READ_IMPLIES_EXEC (personality(2)), as Linux does: a 32-bit program that does not
 * say what its stack is to be has it, a 64-bit program has it never. */
static bool wants_exec_stack(const struct elf_image *img)
{
	unsigned i;

	if (!img->is_32bit)
		current->personality &= ~(unsigned long)READ_IMPLIES_EXEC;
	for (i = 0; i < img->eh.e_phnum; i++)
		if (img->ph[i].p_type == PT_GNU_STACK)
			return img->ph[i].p_flags & PF_X;
	if (img->is_32bit)
		current->personality |= READ_IMPLIES_EXEC;
	return false;
}

/* MMAP_PAGE_ZERO: as System V, page 0 can be read. Without the right to map it there is none. */
static void map_page_zero(void)
{
	struct map_request req = {
		.len = PAGE_SIZE,
		.vm_flags = VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
		.is_fixed = true,
	};

	if ((current->personality & MMAP_PAGE_ZERO) && task_capable(CAP_SYS_RAWIO))
		(void)mm_map(current->mm, &req);
}

/* After the point of no return: errors here end the process. */
static int enter(struct exec *e, struct elf_image *img, struct elf_image *interp)
{
	struct task *t = current;
	struct elf_tables tables;
	unsigned long sp = 0;
	int err;

	e->is_stack_exec = wants_exec_stack(img);
	e->is_32bit = img->is_32bit;
	elf_place_areas(e);
	err = check_segments(img);
	if (!err)
		err = place_program(img);
	if (!err)
		err = map_segments(img, false);
	if (err)
		return err;
	map_page_zero();
	set_areas(t->mm, img);
	if (interp->file) {
		err = is_program(&interp->eh) ? check_segments(interp) : -ENOEXEC;
		if (!err)
			err = place_interp(interp);
		if (!err)
			err = map_segments(interp, true);
		if (err)
			return err;
	}
	tables.phdr = phdr_address(img);
	tables.phnum = img->eh.e_phnum;
	tables.entry = img->entry;
	tables.base = interp->file ? interp->bias : 0;
	err = elf_make_stack(e, &tables, &sp);
	if (err)
		return err;
	(img->is_32bit ? arch_start_user32
		       : arch_start_user)(&t->thread, arch_thread_regs(&t->thread),
					  interp->file ? interp->entry : img->entry, sp);
	return 0;
}

static long load_images(struct exec *e, struct elf_image *img, struct elf_image *interp)
{
	char *name;
	int err;

	if (!take_header(img, e->head) || !is_program(&img->eh))
		return fail(ENOEXEC, "neither ELF for this machine nor a script");
	if (!e->file->ops->mmap)
		return -ENOEXEC;
	err = read_phdrs(img, ENOEXEC);
	if (err)
		return err;
	name = read_interp_name(img);
	if (IS_ERR(name))
		return PTR_ERR(name);
	if (name) {
		err = open_interp(interp, name, img->is_32bit);
		kfree(name);
		if (err)
			return err;
	}
	e->mm = mm_create();
	if (!e->mm)
		return -ENOMEM;
	err = exec_commit(e);
	return err ? err : enter(e, img, interp);
}

long elf_load(struct exec *e)
{
	struct elf_image *img = kcalloc(2, sizeof(*img), GFP_KERNEL);
	long err;

	if (!img)
		return -ENOMEM;
	img[0].file = e->file;
	err = load_images(e, &img[0], &img[1]);
	kfree(img[0].ph);
	kfree(img[1].ph);
	if (img[1].file) {
		exec_allow_write(img[1].file);
		file_put(img[1].file);
	}
	kfree(img);
	return err;
}
