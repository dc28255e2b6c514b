/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_ELF_H
#define LIBSYS_ELF_H

#include <linux/elf.h>

#define VER_FLG_BASE 1

/* The types of this machine's class: ElfW(Phdr). */
#if __SIZEOF_POINTER__ == 8
#define ElfW(type) Elf64_##type
#else
#define ElfW(type) Elf32_##type
#endif

/* Symbol versions (<linux/elf.h> has the tags only). */
typedef struct {
	Elf64_Half vd_version, vd_flags, vd_ndx, vd_cnt;
	Elf64_Word vd_hash, vd_aux, vd_next;
} Elf64_Verdef, Elf32_Verdef;

typedef struct {
	Elf64_Word vda_name, vda_next;
} Elf64_Verdaux, Elf32_Verdaux;

#endif /* LIBSYS_ELF_H */
