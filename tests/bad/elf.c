/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are not quite programs, executed. One line per case:
 *
 *	CASE -> ERRNO | exit N | signal N
 *
 * The good file is made by hand: headers and a few bytes of code that end with status 7.
 */
#include "bad.h"

#include <elf.h>

#define CODE_OFFSET 0x200
#define BASE	    0x400000UL

struct image {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[6];
	char rest[CODE_OFFSET - sizeof(Elf64_Ehdr) - 6 * sizeof(Elf64_Phdr)];
	unsigned char code[64];
	char interp[64];
	char fill[4096 - CODE_OFFSET - 128];
};
_Static_assert(sizeof(struct image) == 4096, "one page");

static struct image im;
static size_t im_size;
static volatile int *exec_errno;

static void good(void)
{
	static const unsigned char code[] = {0xb8, 60, 0, 0,	0,    0xbf, 7,
					     0,	   0,  0, 0x0f, 0x05, 0x0f, 0x0b};

	memset(&im, 0, sizeof(im));
	im_size = sizeof(im);
	memcpy(im.eh.e_ident, ELFMAG, SELFMAG);
	im.eh.e_ident[EI_CLASS] = ELFCLASS64;
	im.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	im.eh.e_ident[EI_VERSION] = EV_CURRENT;
	im.eh.e_type = ET_EXEC;
	im.eh.e_machine = EM_X86_64;
	im.eh.e_version = EV_CURRENT;
	im.eh.e_entry = BASE + CODE_OFFSET;
	im.eh.e_phoff = sizeof(Elf64_Ehdr);
	im.eh.e_ehsize = sizeof(Elf64_Ehdr);
	im.eh.e_phentsize = sizeof(Elf64_Phdr);
	im.eh.e_phnum = 1;
	im.ph[0] = (Elf64_Phdr){.p_type = PT_LOAD,
				.p_flags = PF_R | PF_X,
				.p_vaddr = BASE,
				.p_paddr = BASE,
				.p_filesz = 4096,
				.p_memsz = 4096,
				.p_align = 4096};
	memcpy(im.code, code, sizeof(code));
}

/* The good file with a second segment (type, address, offset, sizes). */
static void second(uint32_t type, uint64_t vaddr, uint64_t offset, uint64_t filesz, uint64_t memsz)
{
	im.eh.e_phnum = 2;
	im.ph[1] = (Elf64_Phdr){.p_type = type,
				.p_flags = PF_R | PF_W,
				.p_vaddr = vaddr,
				.p_offset = offset,
				.p_filesz = filesz,
				.p_memsz = memsz,
				.p_align = 4096};
}

static void with_interp(const char *path, uint64_t size)
{
	snprintf(im.interp, sizeof(im.interp), "%s", path);
	im.eh.e_phnum = 2;
	im.ph[1] = im.ph[0];
	im.ph[0] = (Elf64_Phdr){.p_type = PT_INTERP,
				.p_flags = PF_R,
				.p_offset = offsetof(struct image, interp),
				.p_filesz = size,
				.p_memsz = size,
				.p_align = 1};
}

static void run(const char *name, const char *path)
{
	char *argv[] = {"bad", NULL}, *envp[] = {NULL};
	int status;
	pid_t pid;

	*exec_errno = 0;
	pid = fork();
	must(pid >= 0, "fork");
	if (!pid) {
		struct rlimit none = {0, 0};

		setrlimit(RLIMIT_CORE, &none);
		alarm(2);
		execve(path, argv, envp);
		*exec_errno = errno;
		_exit(0);
	}
	must(waitpid(pid, &status, 0) == pid, "wait");
	if (*exec_errno)
		say("%s -> %s\n", name, errno_text(*exec_errno));
	else if (WIFSIGNALED(status))
		say("%s -> signal %d\n", name, WTERMSIG(status));
	else
		say("%s -> exit %d\n", name, WEXITSTATUS(status));
}

static void run_image(const char *name)
{
	write_file("image", &im, im_size, 0755);
	run(name, "./image");
	good();
}

static void headers(void)
{
	static const size_t sizes[] = {1,   4,	 16,	63,    64,    65,  100,
				       119, 120, 0x1ff, 0x200, 0x205, 4095};
	static const uint16_t types[] = {ET_NONE, ET_REL, ET_CORE, 0xfe00, 0xffff};
	static const uint16_t machines[] = {EM_NONE, EM_386, EM_AARCH64, EM_RISCV, 0xffff};
	static const uint16_t counts[] = {0, 2, 100, 1170, 1171, 65535};
	static const uint64_t offsets[] = {0,	      1,	 4000,	    4096, 1 << 20,
					   1UL << 40, 1UL << 62, 1UL << 63, -1UL};
	static const uint64_t entries[] = {0,		BASE,
					   BASE + 4096, 0x7ffffffff000,
					   1UL << 47,	0xffffffff81000000,
					   -1UL};
	char name[100];

	run_image("good");
	im_size = 0;
	run_image("empty");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(name, sizeof(name), "cut to %zu bytes", sizes[i]);
		im_size = sizes[i];
		run_image(name);
	}
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "magic byte %d", i);
		im.eh.e_ident[i] ^= 1;
		run_image(name);
	}
	for (int i = EI_CLASS; i < EI_NIDENT; i++) {
		snprintf(name, sizeof(name), "ident byte %d", i);
		im.eh.e_ident[i] ^= 3;
		run_image(name);
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		snprintf(name, sizeof(name), "type %#x", types[i]);
		im.eh.e_type = types[i];
		run_image(name);
	}
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		snprintf(name, sizeof(name), "machine %u", machines[i]);
		im.eh.e_machine = machines[i];
		run_image(name);
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		snprintf(name, sizeof(name), "%u program headers", counts[i]);
		im.eh.e_phnum = counts[i];
		run_image(name);
	}
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		snprintf(name, sizeof(name), "program headers at %#lx", offsets[i]);
		im.eh.e_phoff = offsets[i];
		run_image(name);
	}
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		snprintf(name, sizeof(name), "entry %#lx", entries[i]);
		im.eh.e_entry = entries[i];
		run_image(name);
	}
	im.eh.e_phentsize = 55;
	run_image("header size 55");
	im.eh.e_phentsize = 0;
	run_image("header size 0");
	im.eh.e_ehsize = 0;
	run_image("file header size 0");
	im.eh.e_version = 99;
	run_image("version 99");
	im.eh.e_shoff = -1UL;
	im.eh.e_shnum = 65535;
	run_image("section headers nowhere");
}

static void segments(void)
{
	static const uint64_t addresses[] = {0,
					     0x1000,
					     BASE + 1,
					     0x7fffffffe000,
					     0x7ffffffff000,
					     1UL << 47,
					     0xffffffff81000000,
					     -4096UL,
					     0x10000000000};
	static const uint64_t sizes[] = {0,	    1,	       4097,	  1UL << 20, 1UL << 30,
					 1UL << 40, 1UL << 47, 1UL << 63, -1UL};
	static const uint64_t offsets[] = {1, 4096, 0x1000000, 1UL << 62, 1UL << 63, -4096UL};
	static const uint64_t aligns[] = {0, 1, 3, 0x200000, 1UL << 40, 1UL << 63, -1UL};
	char name[100];

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		snprintf(name, sizeof(name), "segment at %#lx", addresses[i]);
		im.ph[0].p_vaddr = addresses[i];
		im.eh.e_entry = addresses[i] + CODE_OFFSET;
		run_image(name);
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(name, sizeof(name), "memory size %#lx", sizes[i]);
		im.ph[0].p_memsz = sizes[i];
		run_image(name);
		snprintf(name, sizeof(name), "file size %#lx", sizes[i]);
		im.ph[0].p_filesz = sizes[i];
		run_image(name);
		snprintf(name, sizeof(name), "both sizes %#lx", sizes[i]);
		im.ph[0].p_filesz = im.ph[0].p_memsz = sizes[i];
		run_image(name);
	}
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		snprintf(name, sizeof(name), "segment offset %#lx", offsets[i]);
		im.ph[0].p_offset = offsets[i];
		run_image(name);
	}
	for (size_t i = 0; i < sizeof(aligns) / sizeof(aligns[0]); i++) {
		snprintf(name, sizeof(name), "alignment %#lx", aligns[i]);
		im.ph[0].p_align = aligns[i];
		run_image(name);
		snprintf(name, sizeof(name), "PIE, alignment %#lx", aligns[i]);
		im.eh.e_type = ET_DYN;
		im.ph[0].p_vaddr = 0;
		im.eh.e_entry = CODE_OFFSET;
		im.ph[0].p_align = aligns[i];
		run_image(name);
	}
	for (uint32_t flags = 0; flags < 8; flags++) {
		snprintf(name, sizeof(name), "segment flags %u", flags);
		im.ph[0].p_flags = flags;
		run_image(name);
	}
	im.ph[0].p_type = PT_NOTE;
	run_image("no segment to load");
	second(PT_LOAD, BASE, 0, 4096, 4096);
	run_image("the same segment twice");
	second(PT_LOAD, BASE + 0x100, 0x100, 0x80, 0x80);
	run_image("a segment inside another");
	second(PT_LOAD, BASE, 0, 0, 4096);
	run_image("zeroes over the code");
	second(PT_LOAD, BASE - 0x1000, 0, 4096, 0x3000);
	run_image("second segment lower, and over the first");
	second(PT_LOAD, BASE + 0x200000, 0, 4096, 0x100000);
	run_image("zeroes after the second segment");
	second(PT_LOAD, BASE + 0x200000, 0, 0, 0x100000);
	run_image("a segment of zeroes only");
	second(PT_LOAD, BASE + 0x200000, 0, 0, 0);
	run_image("an empty segment");
	second(PT_LOAD, 0xffffffff81000000, 0, 4096, 4096);
	run_image("second segment in the kernel");
	second(PT_LOAD, 0x7fffffffe000, 0, 4096, 0x10000);
	run_image("second segment over the end of user space");
	second(PT_LOAD, BASE + 0x200000, 0, 4096, -1UL);
	run_image("second segment of all memory");
	second(PT_GNU_STACK, 0, 0, 0, 0);
	run_image("stack header");
	second(PT_GNU_STACK, -1UL, -1UL, -1UL, -1UL);
	run_image("strange stack header");
	second(PT_TLS, -1UL, -1UL, -1UL, -1UL);
	run_image("strange thread-storage header");
	second(PT_PHDR, -1UL, -1UL, -1UL, -1UL);
	run_image("strange program-header header");
	second(PT_GNU_PROPERTY, 0, -1UL, -1UL, -1UL);
	run_image("strange property header");
	second(PT_GNU_PROPERTY, 0, 0x100, 8, 8);
	run_image("short property header");
	second(0xffffffff, -1UL, -1UL, -1UL, -1UL);
	run_image("unknown header");
}

static void interpreters(void)
{
	good();
	im.eh.e_type = ET_DYN;
	im.ph[0].p_vaddr = 0;
	im.eh.e_entry = CODE_OFFSET;
	write_file("interp", &im, sizeof(im), 0755);
	im.eh.e_machine = EM_AARCH64;
	write_file("interp-machine", &im, sizeof(im), 0755);
	write_file("interp-cut", &im, 40, 0755);
	write_file("interp-text", "text\n", 5, 0755);
	write_file("interp-script", "#!./interp\n", 11, 0755);
	write_file("interp-closed", &im, sizeof(im), 0644);
	good();
	with_interp("./interp", 9);
	run_image("interpreter");
	with_interp("./interp", 8);
	run_image("interpreter without final zero");
	with_interp("./interp", 0);
	run_image("interpreter of no bytes");
	with_interp("./interp", 1);
	run_image("interpreter of one byte");
	with_interp("./interp", 4097);
	run_image("interpreter of 4097 bytes");
	with_interp("./interp", -1UL);
	run_image("interpreter of all bytes");
	with_interp("./interp", 9);
	im.ph[0].p_offset = 1UL << 20;
	run_image("interpreter behind the end");
	with_interp("./interp", 9);
	im.ph[0].p_offset = -4UL;
	run_image("interpreter before the start");
	with_interp("./none", 7);
	run_image("interpreter that is not there");
	with_interp("", 1);
	im.ph[0].p_filesz = 2;
	run_image("interpreter without a name");
	with_interp(".", 2);
	run_image("interpreter a directory");
	with_interp("./interp-machine", 17);
	run_image("interpreter of another machine");
	with_interp("./interp-cut", 13);
	run_image("interpreter cut short");
	with_interp("./interp-text", 14);
	run_image("interpreter of text");
	with_interp("./interp-script", 16);
	run_image("interpreter a script");
	with_interp("./interp-closed", 16);
	run_image("interpreter not executable");
	with_interp("./image", 8);
	run_image("interpreter the file itself");
	with_interp("/dev/null", 10);
	run_image("interpreter a device");
}

static void text(const char *name, const char *content, size_t len)
{
	write_file("image", content, len, 0755);
	run(name, "./image");
}
#define TEXT(name, content) text(name, content, sizeof(content) - 1)

static void scripts(void)
{
	char line[8192], name[100];

	good();
	write_file("prog", &im, sizeof(im), 0755);
	TEXT("script", "#!./prog\n");
	TEXT("script without newline", "#!./prog");
	TEXT("script with carriage return", "#!./prog\r\n");
	TEXT("script with argument", "#! ./prog  a b c  \n");
	TEXT("script of no interpreter", "#!");
	TEXT("script of blanks", "#!    \t\n./prog\n");
	TEXT("script with a zero", "#!./prog\0junk\n");
	TEXT("script with zeroes", "#!\0\0\0\0\n");
	TEXT("script of a directory", "#!.\n");
	TEXT("script of nothing there", "#!./none\n");
	TEXT("script of itself", "#!./image\n");
	TEXT("script of a device", "#!/dev/null\n");
	TEXT("hash only", "#");
	TEXT("text", "echo hello\n");
	TEXT("zeroes", "\0\0\0\0\0\0\0\0\0\0\0\0");
	TEXT("archive", "!<arch>\n");
	write_file("text", "echo\n", 5, 0755);
	TEXT("script of a text", "#!./text\n");
	write_file("closed", &im, sizeof(im), 0644);
	TEXT("script of a closed file", "#!./closed\n");
	run("no execute permission", "./closed");
	run("directory", ".");
	run("nothing there", "./none");
	run("through a file", "./prog/x");
	run("device", "/dev/null");
	for (size_t len = 250; len < 262; len++) {
		snprintf(name, sizeof(name), "script line of %zu bytes", len);
		memset(line, ' ', sizeof(line));
		memcpy(line, "#!./prog", 8);
		line[len] = '\n';
		text(name, line, len + 1);
		snprintf(name, sizeof(name), "script path of %zu bytes", len);
		memset(line, '/', sizeof(line));
		memcpy(line, "#!.", 3);
		memcpy(line + len - 4, "prog\n", 5);
		text(name, line, len + 1);
	}
	write_file("s0", "#!./prog\n", 9, 0755);
	for (int i = 1; i < 8; i++) {
		snprintf(line, sizeof(line), "#!./s%d\n", i - 1);
		snprintf(name, sizeof(name), "s%d", i);
		write_file(name, line, strlen(line), 0755);
		snprintf(line, sizeof(line), "./s%d", i);
		snprintf(name, sizeof(name), "chain of %d scripts", i + 1);
		run(name, line);
	}
}

/* Bytes of the headers changed at random, the same ones each time. */
static void mutants(int count)
{
	uint32_t seed = 12345;
	char name[100];

	for (int n = 0; n < count; n++) {
		unsigned char *bytes = (unsigned char *)&im;
		int changes;

		good();
		if (n & 1)
			second(PT_LOAD, BASE + 0x200000, 0, 4096, 0x3000);
		seed = seed * 1103515245 + 12345;
		changes = 1 + (seed >> 16) % 3;
		for (int i = 0; i < changes; i++) {
			uint32_t where;

			seed = seed * 1103515245 + 12345;
			where = (seed >> 8) %
				(sizeof(Elf64_Ehdr) + (n & 1 ? 2 : 1) * sizeof(Elf64_Phdr));
			/* Gigabytes of zeroes: whether they may be promised depends on the machine.
			 */
			if (where >= 64 && (where - 64) % 56 >= 43 && (where - 64) % 56 <= 46)
				where = EI_PAD;
			seed = seed * 1103515245 + 12345;
			bytes[where] ^= 1U << (seed >> 16) % 8;
		}
		snprintf(name, sizeof(name), "mutant %d", n);
		run_image(name);
	}
}

int main(int argc, char **argv)
{
	exec_errno = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(exec_errno != MAP_FAILED, "map");
	make_dir();
	good();
	headers();
	segments();
	interpreters();
	scripts();
	mutants(argc > 1 ? atoi(argv[1]) : 300);
	static const char *const files[] = {"image",
					    "interp",
					    "interp-machine",
					    "interp-cut",
					    "interp-text",
					    "interp-script",
					    "interp-closed",
					    "prog",
					    "text",
					    "closed",
					    "s0",
					    "s1",
					    "s2",
					    "s3",
					    "s4",
					    "s5",
					    "s6",
					    "s7"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	must(!chdir("/") && !rmdir(bad_dir), "remove the directory");
	return 0;
}
