/*
 * The core file: an ELF header, program headers, the notes (registers of each thread, the process,
 * the signal, the auxiliary vector, the mapped files), then memory. core(5), elf(5); the layout of
 * the notes is that of <sys/procfs.h>. Of a 32-bit program all is made in the long layout and
 * written in the short one, but for the signal's information.
 */
#include "proc/coredump.h"
#include "proc/pid.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "mm/page.h"
#include "vfs/cred.h"
#include <linux/elf.h>
#include <linux/elf-em.h>

#define NR_REGS	      27
#define NR_REGS32     17
#define NT_PRXFPREG   0x46e62b7f /* FXSAVE's bytes, of 32-bit programs */
#define PSARGS_BYTES  80
#define AREAS_MAX     65000u /* e_phnum has 16 bits */
#define FILE_NOTE_MAX (4UL << 20)
#define REGSET_MAX    4096

/* A thread, NT_PRSTATUS. */
struct prstatus {
	s32 signo, code, error;
	s16 cursig;
	u64 sigpend, sighold;
	s32 pid, ppid, pgrp, sid;
	struct {
		s64 sec, usec;
	} utime, stime, cutime, cstime;
	u64 regs[NR_REGS];
	s32 has_fp;
};
_Static_assert(sizeof(struct prstatus) == 336, "the ABI's size");
_Static_assert(offsetof(struct prstatus, regs) == 112, "the ABI's layout");

/* The process, NT_PRPSINFO. */
struct prpsinfo {
	s8 state, sname, zombie, nice;
	u64 flags;
	u32 uid, gid;
	s32 pid, ppid, pgrp, sid;
	char fname[16], psargs[PSARGS_BYTES];
};
_Static_assert(sizeof(struct prpsinfo) == 136, "the ABI's size");

/* The same as 32-bit programs have them. */
struct prstatus32 {
	s32 signo, code, error;
	s16 cursig;
	u32 sigpend, sighold;
	s32 pid, ppid, pgrp, sid;
	s32 times[8];
	u32 regs[NR_REGS32];
	s32 has_fp;
};
_Static_assert(sizeof(struct prstatus32) == 144, "the ABI's size");
struct prpsinfo32 {
	s8 state, sname, zombie, nice;
	u32 flags;
	u16 uid, gid;
	s32 pid, ppid, pgrp, sid;
	char fname[16], psargs[PSARGS_BYTES];
};
_Static_assert(sizeof(struct prpsinfo32) == 124, "the ABI's size");

struct area {
	unsigned long start, end;
	u64 flags, pgoff;
	size_t dump_bytes;
	struct file *file; /* kept by mm->lock's absence of changes: all tasks are halted */
};

struct dump {
	struct core_file *core;
	const siginfo_t *si;
	bool is_32bit;
	struct area *areas;
	unsigned nr_areas;
	u8 *file_note;
	size_t file_note_bytes;
	size_t note_bytes;
	bool is_counting; /* notes are measured, not written */
	bool is_over;
};

/* --- areas --- */

static size_t dump_bytes(struct mm *m, const struct vma *v)
{
	u32 filter = current->process->core_filter;
	size_t whole = v->end - v->start;
	u32 magic;

	if (v->flags & VM_SPECIAL)
		return v->name && !strcmp(v->name, "[vdso]") ? whole : 0;
	if (v->flags & VM_DONTDUMP)
		return 0;
	if (v->flags & VM_SHARED) {
		bool is_anon = v->owns_shm || !v->file || !v->file->inode->nlink;

		return filter & (is_anon ? CORE_FILTER_SHARED : CORE_FILTER_SHAREDFILE) ? whole : 0;
	}
	if ((filter & CORE_FILTER_ANON) && mm_has_anon(m, v->start, v->end))
		return whole;
	if (!v->file)
		return 0;
	if (filter & CORE_FILTER_FILE)
		return whole;
	/* The first page of a program or library tells which build it is. */
	if ((filter & CORE_FILTER_HEADERS) && !v->pgoff && (v->flags & VM_READ) &&
	    !arch_get_user32(&magic, uaddr(v->start)) && !memcmp(&magic, ELFMAG, SELFMAG))
		return PAGE_SIZE;
	return 0;
}

static int collect_areas(struct dump *d)
{
	struct mm *m = current->mm;
	struct vma *v;
	unsigned n;

	d->areas = kmalloc(MIN(m->nr_areas + 1, (size_t)AREAS_MAX) * sizeof(*d->areas), GFP_KERNEL);
	if (!d->areas)
		return -ENOMEM;
	for (n = 0, v = vma_find(m, 0); v && n < AREAS_MAX && n < m->nr_areas + 1;
	     v = vma_next(v), n++)
		d->areas[n] = (struct area){
			.start = v->start,
			.end = v->end,
			.flags = v->flags,
			.pgoff = v->pgoff,
			.dump_bytes = dump_bytes(m, v),
			.file = v->owns_shm ? NULL : v->file,
		};
	d->nr_areas = n;
	return 0;
}

/* --- notes --- */

static void put(struct dump *d, const void *data, size_t n)
{
	if (d->is_counting)
		d->note_bytes += n;
	else if (!d->is_over)
		d->is_over = !core_write(d->core, data, n);
}

static void put_note(struct dump *d, const char *name, u32 type, const void *data, size_t n)
{
	static const u8 zeros[4];
	size_t name_bytes = strlen(name) + 1;
	struct elf64_note h = {(u32)name_bytes, (u32)n, type};

	put(d, &h, sizeof(h));
	put(d, name, name_bytes);
	put(d, zeros, ALIGN_UP(name_bytes, 4UL) - name_bytes);
	put(d, data, n);
	put(d, zeros, ALIGN_UP(n, 4UL) - n);
}

static void to_time(s64 *sec, s64 *usec, u64 ns)
{
	*sec = (s64)(ns / NSEC_PER_SEC);
	*usec = (s64)(ns % NSEC_PER_SEC / NSEC_PER_USEC);
}

static void put_status32(struct dump *d, struct task *t, const struct prstatus *l)
{
	struct prstatus32 s = {
		.signo = l->signo,
		.cursig = l->cursig,
		.sigpend = (u32)l->sigpend,
		.sighold = (u32)l->sighold,
		.pid = l->pid,
		.ppid = l->ppid,
		.pgrp = l->pgrp,
		.sid = l->sid,
		.times = {(s32)l->utime.sec, (s32)l->utime.usec, (s32)l->stime.sec,
			  (s32)l->stime.usec, (s32)l->cutime.sec, (s32)l->cutime.usec,
			  (s32)l->cstime.sec, (s32)l->cstime.usec},
		.has_fp = 1,
	};

	if (arch_regset_size(&t->thread, NT_PRSTATUS) == sizeof(s.regs))
		arch_regset_get(&t->thread, NT_PRSTATUS, s.regs);
	put_note(d, "CORE", NT_PRSTATUS, &s, sizeof(s));
}

static void put_status(struct dump *d, struct task *t)
{
	struct process *p = t->process;
	struct prstatus s;
	u64 user_ns = t->thread.user_ns, kernel_ns = t->thread.kernel_ns;

	memset(&s, 0, sizeof(s));
	s.signo = d->si->si_signo;
	s.cursig = (s16)d->si->si_signo;
	s.sigpend = t->pending.set;
	s.sighold = t->blocked;
	s.pid = t->vtid;
	s.ppid = p->ppid;
	s.pgrp = pid_seen(p->pgid);
	s.sid = pid_seen(p->sid);
	if (t == p->leader)
		process_cpu_times(p, &user_ns, &kernel_ns);
	to_time(&s.utime.sec, &s.utime.usec, user_ns);
	to_time(&s.stime.sec, &s.stime.usec, kernel_ns);
	to_time(&s.cutime.sec, &s.cutime.usec, p->child_user_ns);
	to_time(&s.cstime.sec, &s.cstime.usec, p->child_kernel_ns);
	if (d->is_32bit) {
		put_status32(d, t, &s);
		return;
	}
	if (arch_regset_size(&t->thread, NT_PRSTATUS) == sizeof(s.regs))
		arch_regset_get(&t->thread, NT_PRSTATUS, s.regs);
	s.has_fp = 1;
	put_note(d, "CORE", NT_PRSTATUS, &s, sizeof(s));
}

static void put_regset(struct dump *d, struct task *t, const char *name, u32 type, unsigned note,
		       u8 *buf)
{
	size_t size = arch_regset_size(&t->thread, note);

	if (!size || size > REGSET_MAX)
		return;
	arch_regset_get(&t->thread, note, buf);
	put_note(d, name, type, buf, size);
}

static void put_process32(struct dump *d, const struct prpsinfo *l)
{
	struct prpsinfo32 s = {
		.sname = l->sname,
		.nice = l->nice,
		.uid = (u16)l->uid,
		.gid = (u16)l->gid,
		.pid = l->pid,
		.ppid = l->ppid,
		.pgrp = l->pgrp,
		.sid = l->sid,
	};

	memcpy(s.fname, l->fname, sizeof(s.fname));
	memcpy(s.psargs, l->psargs, sizeof(s.psargs));
	put_note(d, "CORE", NT_PRPSINFO, &s, sizeof(s));
}

static void put_process(struct dump *d)
{
	struct task *t = current;
	struct process *p = t->process;
	struct prpsinfo s;
	size_t n;

	memset(&s, 0, sizeof(s));
	s.sname = 'R';
	s.nice = (s8)t->thread.nice;
	s.uid = t->real_cred->uid;
	s.gid = t->real_cred->gid;
	s.pid = p->vpid;
	s.ppid = p->ppid;
	s.pgrp = pid_seen(p->pgid);
	s.sid = pid_seen(p->sid);
	memcpy(s.fname, t->thread.comm, sizeof(s.fname));
	n = MIN(t->mm->arg_end - t->mm->arg_start, (unsigned long)PSARGS_BYTES - 1);
	if (arch_copy_in(s.psargs, uaddr(t->mm->arg_start), n))
		n = 0;
	s.psargs[n] = 0;
	for (size_t i = 0; i < n; i++)
		if (!s.psargs[i])
			s.psargs[i] = ' ';
	if (d->is_32bit)
		put_process32(d, &s);
	else
		put_note(d, "CORE", NT_PRPSINFO, &s, sizeof(s));
}

/* Longs become words, in place; how many bytes they take then. */
static size_t shorten(u64 *longs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((u32 *)longs)[i] = (u32)longs[i];
	return n * sizeof(u32);
}

static void put_auxv(struct dump *d)
{
	u64 a[ARRAY_SIZE(current->mm->saved_auxv)];
	size_t n = 0;

	memcpy(a, current->mm->saved_auxv, sizeof(a));
	while (n + 2 <= ARRAY_SIZE(a) && a[n])
		n += 2;
	n = MIN(n + 2, ARRAY_SIZE(a));
	put_note(d, "CORE", NT_AUXV, a, d->is_32bit ? shorten(a, n) : n * sizeof(*a));
}

/* NT_FILE: count, page size, an entry per mapped file, their names. */
static int make_file_note(struct dump *d)
{
	size_t count = 0, bytes, size;
	struct path root;
	char *buf;
	u64 *w;
	unsigned i;

	for (i = 0; i < d->nr_areas; i++)
		count += d->areas[i].file != NULL;
	size = MIN((2 + 3 * count) * sizeof(u64) + count * 256, FILE_NOTE_MAX);
	bytes = (2 + 3 * count) * sizeof(u64);
	d->file_note = bytes <= size ? kmalloc(size, GFP_KERNEL) : NULL;
	buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!d->file_note || !buf) {
		kfree(buf);
		return 0; /* a core file without it is one, too */
	}
	w = (void *)d->file_note;
	*w++ = count;
	*w++ = PAGE_SIZE;
	fs_get_root(current->vfs.fs, &root);
	for (i = 0; i < d->nr_areas; i++) {
		const struct area *a = &d->areas[i];
		bool reachable;
		char *name;
		size_t len;

		if (!a->file)
			continue;
		*w++ = a->start;
		*w++ = a->end;
		*w++ = a->pgoff;
		name = path_name(&a->file->path, &root, buf, PAGE_SIZE, &reachable);
		name = IS_ERR(name) ? (char *)(uintptr_t) "" : name;
		len = strlen(name) + 1;
		if (len > size - bytes) {
			bytes = 0; /* no room: none */
			break;
		}
		memcpy(d->file_note + bytes, name, len);
		bytes += len;
	}
	path_put(&root);
	kfree(buf);
	if (d->is_32bit && bytes) {
		size_t longs = 2 + 3 * count, words = shorten((void *)d->file_note, longs);

		memmove(d->file_note + words, d->file_note + longs * sizeof(u64),
			bytes - longs * sizeof(u64));
		bytes -= longs * sizeof(u32);
	}
	d->file_note_bytes = bytes;
	return 0;
}

static void put_thread_notes(struct dump *d, struct task *t, bool is_first, u8 *buf)
{
	put_status(d, t);
	if (is_first) {
		put_process(d);
		if (!d->is_32bit)
			put_note(d, "CORE", NT_SIGINFO, d->si, sizeof(*d->si));
		put_auxv(d);
		if (d->file_note_bytes)
			put_note(d, "CORE", NT_FILE, d->file_note, d->file_note_bytes);
	}
	if (d->is_32bit)
		put_regset(d, t, "LINUX", NT_PRXFPREG, NT_PRFPREG, buf);
	else
		put_regset(d, t, "CORE", NT_PRFPREG, NT_PRFPREG, buf);
	put_regset(d, t, "LINUX", NT_X86_XSTATE, NT_X86_XSTATE, buf);
}

/* The one that died first; the others are parked and stay in the list. */
static void put_notes(struct dump *d, u8 *buf)
{
	struct task *t;
	int next = 1;

	put_thread_notes(d, current, true, buf);
	while ((t = task_next(current->process, next))) {
		next = t->tid + 1;
		if (t != current && t->is_core_parked)
			put_thread_notes(d, t, false, buf);
		task_put(t);
	}
}

/* --- headers and memory --- */

#define EHDR_BYTES(d) ((d)->is_32bit ? sizeof(struct elf32_hdr) : sizeof(struct elf64_hdr))
#define PHDR_BYTES(d) ((d)->is_32bit ? sizeof(struct elf32_phdr) : sizeof(struct elf64_phdr))

static void put_elf_header(struct dump *d)
{
	struct elf64_hdr eh = {
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(eh),
		.e_ehsize = sizeof(eh),
		.e_phentsize = sizeof(struct elf64_phdr),
		.e_phnum = (u16)(d->nr_areas + 1),
	};
	struct elf32_hdr short_eh = {
		.e_type = ET_CORE,
		.e_machine = EM_386,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(short_eh),
		.e_ehsize = sizeof(short_eh),
		.e_phentsize = sizeof(struct elf32_phdr),
		.e_phnum = (u16)(d->nr_areas + 1),
	};

	memcpy(eh.e_ident, ELFMAG, SELFMAG);
	eh.e_ident[EI_CLASS] = ELFCLASS64;
	eh.e_ident[EI_DATA] = ELFDATA2LSB;
	eh.e_ident[EI_VERSION] = EV_CURRENT;
	memcpy(short_eh.e_ident, eh.e_ident, EI_NIDENT);
	short_eh.e_ident[EI_CLASS] = ELFCLASS32;
	if (d->is_32bit)
		put(d, &short_eh, sizeof(short_eh));
	else
		put(d, &eh, sizeof(eh));
}

/* What is longer than 4 GiB is cut off the file by a 32-bit reader in any case. */
static void put_program_header(struct dump *d, const struct elf64_phdr *ph)
{
	struct elf32_phdr short_ph = {
		.p_type = ph->p_type,
		.p_flags = ph->p_flags,
		.p_offset = (u32)ph->p_offset,
		.p_vaddr = (u32)ph->p_vaddr,
		.p_filesz = (u32)ph->p_filesz,
		.p_memsz = (u32)ph->p_memsz,
		.p_align = (u32)ph->p_align,
	};

	if (d->is_32bit)
		put(d, &short_ph, sizeof(short_ph));
	else
		put(d, ph, sizeof(*ph));
}

static void put_headers(struct dump *d)
{
	struct elf64_phdr ph = {.p_type = PT_NOTE, .p_filesz = d->note_bytes};
	u64 at = EHDR_BYTES(d) + (d->nr_areas + 1UL) * PHDR_BYTES(d);

	put_elf_header(d);
	ph.p_offset = at;
	put_program_header(d, &ph);
	at = ALIGN_UP(at + d->note_bytes, PAGE_SIZE);
	for (unsigned i = 0; i < d->nr_areas; i++) {
		const struct area *a = &d->areas[i];

		ph = (struct elf64_phdr){
			.p_type = PT_LOAD,
			.p_flags = (a->flags & VM_READ ? PF_R : 0) |
				   (a->flags & VM_WRITE ? PF_W : 0) |
				   (a->flags & VM_EXEC ? PF_X : 0),
			.p_offset = at,
			.p_vaddr = a->start,
			.p_filesz = a->dump_bytes,
			.p_memsz = a->end - a->start,
			.p_align = PAGE_SIZE,
		};
		put_program_header(d, &ph);
		at += a->dump_bytes;
	}
}

/* Pages that were never touched are holes. */
static void put_memory(struct dump *d)
{
	for (unsigned i = 0; i < d->nr_areas && !d->is_over; i++) {
		const struct area *a = &d->areas[i];

		for (size_t n = 0; n < a->dump_bytes && !d->is_over; n += PAGE_SIZE) {
			struct page *p = mm_dump_page(current->mm, a->start + n);

			if (!p) {
				core_skip_to(d->core, d->core->pos + (s64)PAGE_SIZE);
				continue;
			}
			put(d, page_to_virt(p), PAGE_SIZE);
			page_put(p);
		}
	}
}

bool core_write_elf(struct core_file *core, const siginfo_t *si)
{
	struct dump d = {.core = core, .si = si};
	u8 *buf = kmalloc(REGSET_MAX, GFP_KERNEL);
	bool has_dumped = false;

	if (!buf)
		goto out;
	d.is_32bit = arch_regset_size(this_thread(), NT_PRSTATUS) == NR_REGS32 * sizeof(u32);
	if (collect_areas(&d) || make_file_note(&d))
		goto out;
	d.is_counting = true;
	put_notes(&d, buf);
	d.is_counting = false;
	put_headers(&d);
	put_notes(&d, buf);
	core_skip_to(core, (s64)ALIGN_UP((u64)core->pos, PAGE_SIZE));
	put_memory(&d);
	has_dumped = true;
out:
	kfree(d.file_note);
	kfree(d.areas);
	kfree(buf);
	return has_dumped;
}
