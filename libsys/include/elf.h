/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_ELF_H
#define LIBSYS_ELF_H

#include <linux/elf.h>

#define VER_FLG_BASE 1

/* Symbol versions (<linux/elf.h> has the tags only). */
typedef struct {
	Elf64_Half vd_version, vd_flags, vd_ndx, vd_cnt;
	Elf64_Word vd_hash, vd_aux, vd_next;
} Elf64_Verdef;

typedef struct {
	Elf64_Word vda_name, vda_next;
} Elf64_Verdaux;

#endif /* LIBSYS_ELF_H */
