/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program sees where: the list of mounts for init, and the host directories QEMU must
 * export for it. The host's root is below an overlay: it is read, what is written stays in the
 * guest's memory. /run is fresh, for it speaks of processes that the guest does not have; what
 * lives below it on the host and is needed (the current directory, the program) is bound on top.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lstar.h"

static const struct mount root_mounts[] = {
	{"proc", "proc", "/proc", "rw,nosuid,nodev,noexec"},
	{"devfs", "devfs", "/dev", "rw,nosuid"},
	{"devpts", "devpts", "/dev/pts", "rw,nosuid,noexec,gid=5,mode=620,ptmxmode=666"},
	{"tmpfs", "tmpfs", "/dev/shm", "rw,nosuid,nodev,mode=1777"},
	{"mqueue", "mqueue", "/dev/mqueue", "rw,nosuid,nodev,noexec"},
	{"sysfs", "sysfs", "/sys", "rw,nosuid,nodev,noexec"},
	{"tmpfs", "tmpfs", "/run", "rw,nosuid,nodev,mode=755"},
};

/* Of the root inside the kernel image; another root has its own. */
static const struct mount inside_mounts[] = {
	{"tmpfs", "tmpfs", "/tmp", "rw,mode=1777"},
	{"tmpfs", "tmpfs", "/var/tmp", "rw,mode=1777"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_directory(const char *root, const char *path, bool follow)
{
	char *full = must_format("%s%s", strcmp(root, "/") ? root : "", path);
	struct stat st;
	bool answer = !(follow ? stat(full, &st) : lstat(full, &st)) && S_ISDIR(st.st_mode);

	free(full);
	return answer;
}

/* Is `path` below one of the mounts so far, other than the root itself? */
static bool is_covered(const struct plan *plan, const char *path, const char *type)
{
	for (size_t i = 0; i < plan->mount_count; i++) {
		const struct mount *mount = &plan->mounts[i];

		if (strcmp(mount->target, "/") && path_is_below(path, mount->target) &&
		    (!type || !strcmp(mount->type, type)))
			return true;
	}
	return false;
}

static void add_mount(struct plan *plan, struct mount mount)
{
	if (plan->mount_count == MOUNTS_MAX)
		die("too many mounts; use fewer --bind options");
	plan->mounts[plan->mount_count++] = mount;
}

static void add_export(struct plan *plan, const char *source, const char *target, bool is_readonly)
{
	struct export *export;
	bool is_root = !strcmp(target, "/");
	size_t binds = plan->export_count;

	if (binds && !strcmp(plan->exports[0].tag, "root"))
		binds--;
	if (!is_root && binds == BINDS_MAX)
		die("too many directories: the machine has room for %d, those of --bind and, "
		    "below /run, the current and the program's own",
		    BINDS_MAX);
	export = &plan->exports[plan->export_count++];
	if (is_root)
		snprintf(export->tag, sizeof(export->tag), "root");
	else
		snprintf(export->tag, sizeof(export->tag), "bind%zu", binds);
	export->path = must_format("%s", source);
	export->is_readonly = is_readonly;
	add_mount(plan,
		  (struct mount){is_root ? "overlay" : "9p", export->tag, must_format("%s", target),
				 is_readonly && !is_root ? "ro" : "rw"});
}

static void add_root(struct plan *plan, const struct options *options)
{
	if (options->root_kind != ROOT_NONE)
		add_export(plan, options->root, "/", true);
	for (size_t i = 0; options->root_kind == ROOT_NONE && i < COUNT(inside_mounts); i++)
		add_mount(plan, inside_mounts[i]);
	for (size_t i = 0; i < COUNT(root_mounts); i++) {
		const char *target = root_mounts[i].target;

		/* A small root may lack the directory. */
		if (options->root_kind != ROOT_NONE && !path_is_below(target, "/dev") &&
		    !is_directory(options->root, target, false))
			continue;
		add_mount(plan, root_mounts[i]);
	}
}

static bool is_bound_by_user(const struct options *options, const char *path)
{
	for (size_t i = 0; i < options->bind_count; i++)
		if (path_is_below(path, options->binds[i].target))
			return true;
	return false;
}

/* Show a host directory at its own place, if one of the fresh mounts would hide it. */
static void add_needed(struct plan *plan, const struct options *options, const char *directory)
{
	if (!is_covered(plan, directory, "tmpfs") || is_covered(plan, directory, "9p"))
		return;
	if (path_is_below(directory, "/sys") || path_is_below(directory, "/dev"))
		return;
	if (!is_bound_by_user(options, directory))
		add_export(plan, directory, directory, true);
}

static void add_program(struct plan *plan, const struct options *options)
{
	const char *program = options->argv.item[0];
	char *path, *slash;

	if (!strchr(program, '/'))
		return;
	path = path_normalize(options->cwd, program);
	slash = strrchr(path, '/');
	if (slash != path && !access(path, F_OK)) {
		*slash = '\0';
		add_needed(plan, options, path);
	}
	free(path);
}

static bool is_fresh_root(const char *path)
{
	for (size_t i = 0; i < COUNT(root_mounts); i++)
		if (!strcmp(path, root_mounts[i].target))
			return true;
	return false;
}

/* Where init cannot make the directories that lead to `path`, as something else is in the way. */
static bool is_obstructed(const char *root, const char *path)
{
	char *prefix = must_format("%s", path), *slash;
	bool answer = false;

	while (!is_directory(root, prefix, true)) {
		char *full = must_format("%s%s", strcmp(root, "/") ? root : "", prefix);
		struct stat st;

		answer = !lstat(full, &st);
		free(full);
		slash = strrchr(prefix, '/');
		if (answer || !slash || slash == prefix)
			break;
		*slash = '\0';
	}
	free(prefix);
	return answer;
}

void make_plan(struct plan *plan, const struct options *options)
{
	memset(plan, 0, sizeof(*plan));
	add_root(plan, options);
	if (options->root_kind == ROOT_HOST) {
		/* --cwd /run asks for the fresh one; standing in /run asks for what is there. */
		if (!options->has_cwd || !is_fresh_root(options->cwd))
			add_needed(plan, options, options->cwd);
		add_program(plan, options);
	}
	for (size_t i = 0; i < options->bind_count; i++) {
		const struct bind *bind = &options->binds[i];

		if (options->root_kind != ROOT_NONE && !is_covered(plan, bind->target, NULL) &&
		    is_obstructed(options->root, bind->target))
			die("--bind: %s in the root is not a directory, or in something that is "
			    "none",
			    bind->target);
		add_export(plan, bind->source, bind->target, bind->is_readonly);
	}
}
