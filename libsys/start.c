// SPDX-License-Identifier: Apache-2.0
/* From the kernel's stack picture to main(), and back to exit_group(). Called by _start in
 * <arch>/crt0.S. */

#include <elf.h>
#include <errno.h>
#include <linux/auxvec.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>
#include "arch.h"

#define TLS_STATIC_SIZE 1024
#define TCB_SIZE	64

int main(int argc, char **argv, char **envp);

char **environ;
static const unsigned long *auxv;
static __thread int thread_errno;
static struct {
	const char *image;
	unsigned long image_size, size, align;
} tls_template;

int *__errno_location(void)
{
	return &thread_errno;
}

/* Called by the wrappers with a result from -4095 to -1. */
long __syscall_error(long result)
{
	thread_errno = (int)-result;
	return -1;
}

unsigned long getauxval(unsigned long type)
{
	const unsigned long *entry;

	for (entry = auxv; entry && entry[0] != AT_NULL; entry += 2) {
		if (entry[0] == type)
			return entry[1];
	}
	return 0;
}

static void find_tls_template(void)
{
	const ElfW(Phdr) *phdr = (const ElfW(Phdr) *)getauxval(AT_PHDR);
	unsigned long count = getauxval(AT_PHNUM), bias = 0, i;

	tls_template.align = 16;
	for (i = 0; i < count; i++) {
		if (phdr[i].p_type == PT_PHDR)
			bias = (unsigned long)phdr - phdr[i].p_vaddr;
	}
	for (i = 0; i < count; i++) {
		if (phdr[i].p_type != PT_TLS)
			continue;
		tls_template.image = (const char *)(bias + phdr[i].p_vaddr);
		tls_template.image_size = phdr[i].p_filesz;
		tls_template.size = phdr[i].p_memsz;
		if (phdr[i].p_align > tls_template.align)
			tls_template.align = phdr[i].p_align;
	}
}

unsigned long __libsys_tls_size(void)
{
	return tls_template.size + 2 * tls_template.align + TCB_SIZE;
}

void *__libsys_tls_init(void *area)
{
	unsigned long align = tls_template.align;
	unsigned long tcb = ((unsigned long)area + tls_template.size + align - 1) & -align;
	char *start = (char *)tcb - ((tls_template.size + align - 1) & -align);

	memcpy(start, tls_template.image, tls_template.image_size);
	memset(start + tls_template.image_size, 0, tls_template.size - tls_template.image_size);
	return arch_init_tcb((void *)tcb);
}

/* No thread variable, so no errno either, may be touched before this is done. */
static void set_up_tls(void)
{
	static char area[TLS_STATIC_SIZE] __attribute__((aligned(64)));

	find_tls_template();
	if (__libsys_tls_size() > sizeof(area) ||
	    arch_set_thread_pointer(__libsys_tls_init(area)) < 0)
		__builtin_trap();
}

__attribute__((noreturn)) void __libsys_start(long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	char **end = argv + argc + 1;

	environ = end;
	while (*end)
		end++;
	auxv = (const unsigned long *)(end + 1);
	arch_find_door();
	set_up_tls();
	exit(main(argc, argv, environ));
}
