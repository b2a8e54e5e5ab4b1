#include <string.h>

#include "../../policy/paths.h"
#include "directories.h"

/* Whole, for reading. What is in them is the same for everybody. */
static const char *const systems[] = {
	"/bin",
	"/dev/pts",
	"/etc/alternatives",
	"/etc/ca-certificates",
	"/etc/fonts",
	"/etc/ld.so.conf.d",
	"/etc/pki",
	"/etc/ssl",
	"/gnu/store",
	"/lib",
	"/lib32",
	"/lib64",
	"/libx32",
	"/nix/store",
	"/sbin",
	"/sys/devices",
	"/sys/fs/cgroup",
	"/sys/kernel/mm",
	"/usr",
};

/* Never a rule of their own, but that homes and these can be below one. */
static const char *const never[] = {
	"/",	    "/bin",	  "/boot",     "/dev",	     "/etc",
	"/home",    "/lib",	  "/lib32",    "/lib64",     "/media",
	"/mnt",	    "/opt",	  "/proc",     "/root",	     "/run/user",
	"/sbin",    "/srv",	  "/sys",      "/usr",	     "/usr/bin",
	"/usr/lib", "/usr/local", "/usr/sbin", "/usr/share", "/var",
};

/* Only where it cannot be otherwise: names in it were made or removed. */
static const char *const shared[] = {
	"/dev/shm",	  "/run",	    "/run/lock",  "/tmp",
	"/usr/local/bin", "/usr/local/lib", "/var/cache", "/var/lib",
	"/var/lock",	  "/var/log",	    "/var/mail",  "/var/run",
	"/var/spool",	  "/var/tmp",
};

#define CONTAINS(list, path) \
	contains(list, sizeof(list) / sizeof((list)[0]), path)

static bool contains(const char *const *list, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], path) == 0)
			return true;
	}
	return false;
}

const char *directory_of_system(const char *path)
{
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (path_is_below(path, systems[i]))
			return systems[i];
	}
	return NULL;
}

bool directory_is_nobodys(const char *path)
{
	return CONTAINS(never, path);
}

bool directory_is_shared(const char *path)
{
	return CONTAINS(shared, path);
}

size_t parent_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? 1 : (size_t)(slash - path);
}
