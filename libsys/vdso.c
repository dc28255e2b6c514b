// SPDX-License-Identifier: Apache-2.0
/* Finds a function of the vDSO by name and symbol version, as vdso(7) wants it done. */

#include <elf.h>
#include <linux/auxvec.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/vdso.h>

struct vdso {
	const ElfW(Sym) * symbols;
	const char *strings;
	const ElfW(Half) * versym;
	const ElfW(Verdef) * verdef;
	const unsigned int *hash;
	unsigned long bias;
};

static int read_dynamic(struct vdso *vdso, const ElfW(Dyn) * dyn)
{
	for (; dyn->d_tag != DT_NULL; dyn++) {
		const void *where = (const void *)(vdso->bias + dyn->d_un.d_ptr);

		if (dyn->d_tag == DT_SYMTAB)
			vdso->symbols = where;
		else if (dyn->d_tag == DT_STRTAB)
			vdso->strings = where;
		else if (dyn->d_tag == DT_VERSYM)
			vdso->versym = where;
		else if (dyn->d_tag == DT_VERDEF)
			vdso->verdef = where;
		else if (dyn->d_tag == DT_HASH)
			vdso->hash = where;
	}
	return vdso->symbols && vdso->strings && vdso->hash;
}

static int find_image(struct vdso *vdso)
{
	const ElfW(Ehdr) *ehdr = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
	const ElfW(Phdr) * phdr;
	const ElfW(Dyn) *dyn = NULL;
	int is_loaded = 0, i;

	if (!ehdr)
		return 0;
	phdr = (const ElfW(Phdr) *)((const char *)ehdr + ehdr->e_phoff);
	for (i = 0; i < ehdr->e_phnum; i++) {
		if (phdr[i].p_type == PT_LOAD && !is_loaded) {
			vdso->bias = (unsigned long)ehdr + phdr[i].p_offset - phdr[i].p_vaddr;
			is_loaded = 1;
		} else if (phdr[i].p_type == PT_DYNAMIC) {
			dyn = (const ElfW(Dyn) *)((const char *)ehdr + phdr[i].p_offset);
		}
	}
	return is_loaded && dyn && read_dynamic(vdso, dyn);
}

static int has_version(const struct vdso *vdso, unsigned int symbol, const char *version)
{
	const ElfW(Verdef) *def = vdso->verdef;
	const ElfW(Verdaux) * aux;
	unsigned int index;

	if (!vdso->versym || !def)
		return 1;
	index = vdso->versym[symbol] & 0x7fff;
	while ((def->vd_flags & VER_FLG_BASE) || (def->vd_ndx & 0x7fff) != index) {
		if (!def->vd_next)
			return 0;
		def = (const ElfW(Verdef) *)((const char *)def + def->vd_next);
	}
	aux = (const ElfW(Verdaux) *)((const char *)def + def->vd_aux);
	return strcmp(vdso->strings + aux->vda_name, version) == 0;
}

void *vdso_sym(const char *version, const char *name)
{
	struct vdso vdso = {0};
	unsigned int i;

	if (!find_image(&vdso))
		return NULL;
	for (i = 0; i < vdso.hash[1]; i++) {
		const ElfW(Sym) *symbol = &vdso.symbols[i];

		if (symbol->st_shndx == SHN_UNDEF || ELF_ST_TYPE(symbol->st_info) > STT_FUNC)
			continue;
		if (strcmp(vdso.strings + symbol->st_name, name) == 0 &&
		    has_version(&vdso, i, version))
			return (void *)(vdso.bias + symbol->st_value);
	}
	return NULL;
}
