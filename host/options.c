/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `lstar run`. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lstar.h"

#define MEM_DEFAULT (512ULL << 20)

extern char **environ;

enum {
	OPT_ROOT = 256,
	OPT_BIND,
	OPT_CWD,
	OPT_ENV,
	OPT_CLEAR_ENV,
	OPT_USER,
	OPT_MEM,
	OPT_CPUS,
	OPT_TIMEOUT,
	OPT_ACCEL,
	OPT_KERNEL_ARG,
	OPT_QEMU_ARG,
	OPT_PRINT_QEMU,
	OPT_TRACE,
	OPT_STATS,
	OPT_KERNEL_LOG,
};

static const struct option long_options[] = {
	{"root", required_argument, NULL, OPT_ROOT},
	{"bind", required_argument, NULL, OPT_BIND},
	{"cwd", required_argument, NULL, OPT_CWD},
	{"env", required_argument, NULL, OPT_ENV},
	{"clear-env", no_argument, NULL, OPT_CLEAR_ENV},
	{"user", required_argument, NULL, OPT_USER},
	{"mem", required_argument, NULL, OPT_MEM},
	{"cpus", required_argument, NULL, OPT_CPUS},
	{"timeout", required_argument, NULL, OPT_TIMEOUT},
	{"accel", required_argument, NULL, OPT_ACCEL},
	{"kernel-arg", required_argument, NULL, OPT_KERNEL_ARG},
	{"qemu-arg", required_argument, NULL, OPT_QEMU_ARG},
	{"print-qemu", no_argument, NULL, OPT_PRINT_QEMU},
	{"trace", optional_argument, NULL, OPT_TRACE},
	{"output", required_argument, NULL, 'o'},
	{"stats", no_argument, NULL, OPT_STATS},
	{"kernel-log", no_argument, NULL, OPT_KERNEL_LOG},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static const char run_help[] =
	"Usage: lstar run [OPTION...] [--] PROGRAM [ARG...]\n"
	"Run PROGRAM, an unmodified Linux program, on a Lstar kernel of its own.\n"
	"\n"
	"What it sees:\n"
	"  --root PATH|none        the root directory; none: busybox inside the kernel\n"
	"                          (default: this machine's /, with an empty /run); what\n"
	"                          is written there is gone at the end\n"
	"  --bind SRC[:DST][:ro]   show the directory SRC at DST (default: the same path)\n"
	"  --cwd DIR               start in DIR (default: the current directory)\n"
	"  --env NAME[=VALUE]      set a variable, or pass on the caller's\n"
	"  --clear-env             start with an empty environment\n"
	"  --user UID[:GID]        run as this user (default: the caller)\n"
	"The machine:\n"
	"  --mem SIZE              memory, with suffix K, M or G (default: 512M)\n"
	"  --cpus N                processors, 1 to 8 (default: 1)\n"
	"  --timeout DURATION      end the program after this time: 10, 1.5s, 2m, 1h\n"
	"  --accel auto|kvm|tcg    how QEMU runs it (default: kvm where it works)\n"
	"  --kernel-arg WORD       add WORD to the kernel command line\n"
	"  --qemu-arg ARG          add ARG to QEMU's command line\n"
	"  --print-qemu            print QEMU's command line and stop\n"
	"What it shows:\n"
	"  --trace[=CALL,...]      print each system call, as strace does; %file, %desc,\n"
	"                          %process, %signal, %memory, %network, %ipc: a class\n"
	"  --stats                 print a table of calls and times, and where the run\n"
	"                          spent its time, at the end\n"
	"  -o, --output FILE       write --trace and --stats to FILE instead of stderr\n"
	"  --kernel-log            print the kernel's messages on stderr\n"
	"\n"
	"Exit status: the program's own; 128+N if signal N ended it; 124 time is up;\n"
	"125 lstar or its kernel failed; 126 PROGRAM cannot be executed; 127 not found.\n";

static const char main_help[] =
	"Usage: lstar run [OPTION...] [--] PROGRAM [ARG...]\n"
	"       lstar anatomy [--html FILE] CALL [ARG...]\n"
	"       lstar help [run|anatomy]\n"
	"       lstar version\n"
	"\n"
	"Runs Linux programs on Lstar, a kernel that implements the Linux system-call\n"
	"interface. Try:\n"
	"  lstar run cat /proc/self/maps\n"
	"  lstar run --trace ls -l\n"
	"'lstar help run' lists the options; 'man lstar' explains them.\n";

void print_help(const char *topic)
{
	if (topic && strcmp(topic, "run") != 0 && strcmp(topic, "help") != 0 &&
	    strcmp(topic, "version") != 0)
		die("no help about '%s'; try 'lstar help run'", topic);
	fputs(topic && !strcmp(topic, "run") ? run_help : main_help, stdout);
	if (fflush(stdout))
		die("cannot write the help text: %s", strerror(errno));
}

/* NAME=VALUE replaces an earlier NAME; NAME alone takes the caller's value, or removes nothing. */
static void set_env(struct options *options, char *text)
{
	size_t length = strcspn(text, "=");

	if (!length)
		die("--env '%s' has no name; write --env NAME=VALUE or --env NAME", text);
	if (!text[length]) {
		char *value = getenv(text);

		if (!value)
			return;
		text = must_format("%s=%s", text, value);
	}
	for (size_t i = 0; i < options->env.count; i++) {
		if (!strncmp(options->env.item[i], text, length + 1)) {
			options->env.item[i] = text;
			return;
		}
	}
	strings_add(&options->env, text);
}

static void add_kernel_arg(struct options *options, char *word)
{
	if (!*word || strpbrk(word, " \t\n"))
		die("--kernel-arg '%s' is not one word; give the option once per word", word);
	strings_add(&options->kernel_args, word);
}

static enum accel parse_accel(const char *text)
{
	if (!strcmp(text, "auto"))
		return ACCEL_AUTO;
	if (!strcmp(text, "kvm"))
		return ACCEL_KVM;
	if (!strcmp(text, "tcg"))
		return ACCEL_TCG;
	die("--accel '%s' is unknown; use auto, kvm or tcg", text);
}

/* Environment options are applied in a second step: --clear-env may stand anywhere. */
struct env_request {
	struct strings set;
	bool is_cleared;
};

static void take_option(struct options *options, struct env_request *env, int option, char *value)
{
	switch (option) {
	case OPT_ROOT:
		return parse_root(options, value);
	case OPT_BIND:
		return parse_bind(options, value);
	case OPT_CWD:
		options->cwd = value;
		options->has_cwd = true;
		return;
	case OPT_ENV:
		return strings_add(&env->set, value);
	case OPT_CLEAR_ENV:
		env->is_cleared = true;
		return;
	case OPT_USER:
		return parse_user(options, value);
	case OPT_MEM:
		options->mem_bytes = parse_size(value);
		return;
	case OPT_CPUS:
		options->cpus = parse_cpus(value);
		return;
	case OPT_TIMEOUT:
		options->timeout_ns = parse_duration_ns(value);
		return;
	case OPT_ACCEL:
		options->accel = parse_accel(value);
		return;
	case OPT_KERNEL_ARG:
		return add_kernel_arg(options, value);
	case OPT_QEMU_ARG:
		return strings_add(&options->qemu_args, value);
	case OPT_PRINT_QEMU:
		options->print_qemu = true;
		return;
	case OPT_TRACE:
		return parse_trace(options, value);
	case 'o':
		options->output = value;
		return;
	case OPT_STATS:
		options->has_stats = true;
		return;
	case OPT_KERNEL_LOG:
		options->has_kernel_log = true;
		return;
	case 'h':
		print_help("run");
		exit(0);
	}
}

static void refuse_option(int argc, char **argv, int option)
{
	const char *word = argv[optind - 1];

	if (option == ':')
		die("option '%s' needs a value; see 'lstar help run'", word);
	if (optopt && optopt < 256 && word[0] == '-' && word[1] != '-')
		die("unknown option '-%c'; see 'lstar help run'", optopt);
	if (optopt >= 256)
		die("option '%s' takes no value; see 'lstar help run'", word);
	if (optind < argc && !strcmp(word, "--"))
		word = argv[optind];
	die("unknown option '%s'; see 'lstar help run' (for a program's own options, put "
	    "'--' before PROGRAM)",
	    word);
}

static void open_output(struct options *options)
{
	options->output_fd = STDERR_FILENO;
	if (!options->output)
		return;
	if (!options->trace && !options->has_stats)
		die("--output has nothing to write; add --trace or --stats");
	if (options->print_qemu)
		return;
	options->output_fd = open(options->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (options->output_fd < 0)
		die("--output '%s': %s; choose a file that can be written", options->output,
		    strerror(errno));
}

static void settle_cwd(struct options *options)
{
	char *here = getcwd(NULL, 0);
	struct stat st;

	if (options->root_kind != ROOT_HOST) {
		options->cwd = path_normalize("/", options->cwd ? options->cwd : "/");
		return;
	}
	if (!here && !(options->cwd && options->cwd[0] == '/'))
		die("cannot find the current directory (%s); use --cwd DIR", strerror(errno));
	if (options->cwd) {
		options->cwd = path_normalize(here, options->cwd);
		if (stat(options->cwd, &st) || !S_ISDIR(st.st_mode))
			die("--cwd '%s' is not a directory here; choose one that exists",
			    options->cwd);
	} else {
		options->cwd = here;
	}
}

void parse_run_options(struct options *options, int argc, char **argv)
{
	struct env_request env = {0};
	int option;

	memset(options, 0, sizeof(*options));
	options->root_kind = ROOT_HOST;
	options->root = "/";
	options->uid = geteuid();
	options->gid = getegid();
	options->mem_bytes = MEM_DEFAULT;
	options->cpus = 1;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:o:h", long_options, NULL)) != -1) {
		if (option == '?' || option == ':')
			refuse_option(argc, argv, option);
		take_option(options, &env, option, optarg);
	}
	if (optind >= argc)
		die("no program given; write 'lstar run PROGRAM [ARG...]'");
	if (!argv[optind][0])
		die("the program's name is empty; write 'lstar run PROGRAM [ARG...]'");
	for (; optind < argc; optind++)
		strings_add(&options->argv, argv[optind]);
	if (!env.is_cleared)
		for (char **variable = environ; *variable; variable++)
			strings_add(&options->env, *variable);
	for (size_t i = 0; i < env.set.count; i++)
		set_env(options, env.set.item[i]);
	settle_cwd(options);
	open_output(options);
}
