/* Which rules for paths a run's files become. */

#include "audit/learn/places.h"
#include "fixture.h"

#define R (1u << PATHS_READ)
#define W (1u << PATHS_WRITE)
#define X (1u << PATHS_EXECUTE)

struct use {
	const char *path;
	unsigned int uses;
	enum place_kind kind;
};

/* "read /usr*": '*' for what has a note, '?' as in the policy, '!' refused. */
static void print_grants(char *text, size_t size, const struct grant *grants,
			 size_t n)
{
	static const char *const names[] = { "read", "write", "execute" };
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(
			text + used, size - used, "%s%s %s%s%s",
			used ? "\n" : "", names[grants[i].use],
			grants[i].is_refused ? grants[i].optional ? "!?" : "!"
			: grants[i].optional ? "?"
					     : "",
			grants[i].path, grants[i].note ? "*" : "");
}

static void assert_grants(const struct use *uses, size_t n, const char *wanted)
{
	const char *home = "/data/me";
	struct places places = {
		.homes = &home,
		.n_homes = 1,
		.process = 42,
	};
	struct grant *grants;
	char text[2048];
	size_t n_grants;

	for (size_t i = 0; i < n; i++)
		places_add(&places, uses[i].path, uses[i].uses, uses[i].kind);
	n_grants = places_generalise(&places, &grants);
	print_grants(text, sizeof(text), grants, n_grants);
	grants_free(grants, n_grants);
	assert_string_equal(text, wanted);
	assert_int_equal(places.n, 0);
}

#define GRANTS(wanted, ...)                                         \
	assert_grants((const struct use[]){ __VA_ARGS__ },          \
		      sizeof((const struct use[]){ __VA_ARGS__ }) / \
			      sizeof(struct use),                   \
		      wanted)

TEST(file_is_itself)
{
	GRANTS("read /srv/a\nwrite /srv/b\nexecute /srv/c",
	       { "/srv/c", X, PLACE_FILE }, { "/srv/b", R | W, PLACE_FILE },
	       { "/srv/a", R, PLACE_FILE }, { "/srv/a", R, PLACE_FILE });
}

TEST(system_is_whole_for_reading)
{
	GRANTS("read /etc/ssl*\nread /usr*\nexecute /usr/bin/cat",
	       { "/usr/lib/x.so", R, PLACE_FILE },
	       { "/usr/bin/cat", X, PLACE_FILE },
	       { "/etc/ssl/openssl.cnf", R, PLACE_FILE },
	       { "/usr/share/nosuch", R, PLACE_MISSING });
	/* A name that only begins like it. */
	GRANTS("read /usrx/lib", { "/usrx/lib", R, PLACE_FILE });
	GRANTS("write /usr/lib/x", { "/usr/lib/x", W, PLACE_FILE });
}

TEST(three_files_are_the_directory)
{
	GRANTS("read /srv/www/1\nread /srv/www/2",
	       { "/srv/www/1", R, PLACE_FILE },
	       { "/srv/www/2", R, PLACE_FILE });
	GRANTS("read /srv/www*", { "/srv/www/1", R, PLACE_FILE },
	       { "/srv/www/2", R, PLACE_FILE },
	       { "/srv/www/3", R, PLACE_FILE });
	/* Read and written are two uses. */
	GRANTS("read /srv/www/3\nwrite /srv/www/1\nwrite /srv/www/2",
	       { "/srv/www/1", W, PLACE_FILE }, { "/srv/www/2", W, PLACE_FILE },
	       { "/srv/www/3", R, PLACE_FILE });
	/* And upwards. */
	GRANTS("read /srv/www*", { "/srv/www/a/1", R, PLACE_FILE },
	       { "/srv/www/a/2", R, PLACE_FILE },
	       { "/srv/www/a/3", R, PLACE_FILE },
	       { "/srv/www/b", R, PLACE_DIRECTORY },
	       { "/srv/www/c", R, PLACE_DIRECTORY });
}

TEST(programs_are_themselves)
{
	GRANTS("execute /x/1\nexecute /x/2\nexecute /x/3\nexecute /x/4",
	       { "/x/1", X, PLACE_FILE }, { "/x/2", X, PLACE_FILE },
	       { "/x/3", X, PLACE_FILE }, { "/x/4", X, PLACE_FILE });
	GRANTS("execute /srv/build*", { "/srv/build", X, PLACE_DIRECTORY },
	       { "/srv/build/program", R, PLACE_FILE });
	GRANTS("execute !/data/me*", { "/data/me", X, PLACE_DIRECTORY });
	GRANTS("execute /x*", { "/x/1", X, PLACE_FILE },
	       { "/x/2", X, PLACE_FILE }, { "/x/3", X, PLACE_FILE },
	       { "/x/4", X, PLACE_FILE }, { "/x/5", X, PLACE_FILE },
	       { "/x/6", X, PLACE_FILE }, { "/x/7", X, PLACE_FILE },
	       { "/x/8", X, PLACE_FILE });
}

/* However many files of it are used. */
static void assert_stays(const char *directory)
{
	char paths[9][64], wanted[1024] = "";
	struct use uses[9];
	size_t used = 0;

	for (size_t i = 0; i < 9; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%zu", directory, i);
		uses[i] = (struct use){ paths[i], W, PLACE_FILE };
		used += (size_t)snprintf(wanted + used, sizeof(wanted) - used,
					 "%swrite %s", i ? "\n" : "", paths[i]);
	}
	assert_grants(uses, 9, wanted);
}

TEST(shared_directories_are_never_widened_to)
{
	static const char *const directories[] = {
		"",	    "/etc",	"/home/me", "/root", "/data/me", "/tmp",
		"/var/lib", "/var/log", "/run",	    "/usr",  "/dev",
	};

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]);
	     i++)
		assert_stays(directories[i]);
}

TEST(names_in_a_directory_are_the_directory)
{
	GRANTS("write /srv/d*", { "/srv/d", W, PLACE_DIRECTORY },
	       { "/srv/d/new", R | W, PLACE_FILE });
	GRANTS("read /srv/d*", { "/srv/d", R, PLACE_DIRECTORY });
	GRANTS("write /srv/d*", { "/srv/d/log", W, PLACE_MADE });
	/* In a shared one it is so only if it has to be. */
	GRANTS("write /tmp*", { "/tmp", W, PLACE_DIRECTORY });
	GRANTS("write /tmp/log", { "/tmp/log", W, PLACE_MADE });
	GRANTS("write /dev/null", { "/dev/null", W, PLACE_MADE });
}

TEST(homes_and_the_root_are_refused)
{
	GRANTS("read !/*\nwrite !/data/me*\nwrite !/etc*\nwrite !/home/x*\n"
	       "write !/root*",
	       { "/", R, PLACE_DIRECTORY }, { "/root", W, PLACE_DIRECTORY },
	       { "/etc", W, PLACE_DIRECTORY },
	       { "/home/x", W, PLACE_DIRECTORY },
	       { "/data/me", W, PLACE_DIRECTORY });
	/* Nor as what somebody says is a file, or is not there. */
	GRANTS("read !?/home*\nwrite !/home/x\nwrite !/var",
	       { "/home/x", W, PLACE_FILE }, { "/var", W, PLACE_FILE },
	       { "/home", R, PLACE_MISSING });
	/* And cover nothing. */
	GRANTS("read !/root*\nread /root/x", { "/root", R, PLACE_DIRECTORY },
	       { "/root/x", R, PLACE_FILE });
	GRANTS("read !/*", { "", R, PLACE_DIRECTORY });
}

TEST(processes_are_all_the_same)
{
	GRANTS("read /proc*", { "/proc/42/status", R, PLACE_FILE },
	       { "/proc/7/fd", R, PLACE_DIRECTORY },
	       { "/proc/meminfo", R, PLACE_FILE });
	/* To write is to have power over others. */
	GRANTS("write /proc/self*",
	       { "/proc/42/oom_score_adj", W, PLACE_FILE });
	GRANTS("write !/proc/7/oom_score_adj\n"
	       "write !/proc/sys/kernel/core_pattern",
	       { "/proc/7/oom_score_adj", W, PLACE_FILE },
	       { "/proc/sys/kernel/core_pattern", W, PLACE_FILE });
}

TEST(missing_files_are_tolerated)
{
	GRANTS("read ?/etc/x.conf*", { "/etc/x.conf", R, PLACE_MISSING });
	/* Three of them are no reason for the directory. */
	GRANTS("read ?/srv/a*\nread ?/srv/b*\nread ?/srv/c*",
	       { "/srv/a", R, PLACE_MISSING }, { "/srv/b", R, PLACE_MISSING },
	       { "/srv/c", R, PLACE_MISSING });
	/* One that came into being is there. */
	GRANTS("read /etc/x.conf", { "/etc/x.conf", R, PLACE_MISSING },
	       { "/etc/x.conf", R, PLACE_FILE });
}

TEST(covered_ones_are_left_out)
{
	GRANTS("write /srv/d*", { "/srv/d", W, PLACE_DIRECTORY },
	       { "/srv/d/a", R, PLACE_FILE }, { "/srv/d/b/c", W, PLACE_FILE },
	       { "/srv/d/e", R, PLACE_DIRECTORY });
	GRANTS("execute /srv/p", { "/srv/p", R | X, PLACE_FILE });
	GRANTS("read /srv/dd\nwrite /srv/d*", { "/srv/d", W, PLACE_DIRECTORY },
	       { "/srv/dd", R, PLACE_FILE });
}

TEST(what_a_list_cannot_have_is_its_directory)
{
	char path[300] = "/srv/x/";

	GRANTS("read /srv/x*", { "/srv/x/a b", R, PLACE_FILE });
	GRANTS("read /srv/x*", { "/srv/x/a;b\n/c", R, PLACE_FILE });
	GRANTS("read !/root*", { "/root/a b", R, PLACE_FILE });
	GRANTS("read /srv/y", { "/srv/y", R, PLACE_FILE },
	       { "/srv/x/none(1)", R, PLACE_MISSING },
	       { "/srv/none;2", R, PLACE_MISSING });
	GRANTS("read !/*", { "/a b/c", R, PLACE_FILE });
	memset(path + 7, 'y', 250);
	path[257] = '\0';
	GRANTS("read /srv/x*", { path, R, PLACE_FILE });
}

TEST(too_many_are_cut)
{
	struct places places = { .process = 42 };
	struct grant *grants;
	char path[64];
	size_t n;

	for (size_t i = 0; i < 3 * MAX_SPOTS; i++) {
		snprintf(path, sizeof(path), "/srv/%zu/x/y", i);
		places_add(&places, path, R, PLACE_FILE);
		assert_true(places.n <= 2 * MAX_SPOTS);
	}
	assert_true(places.is_cut);
	n = places_generalise(&places, &grants);
	assert_true(n > 0 && n <= 2 * MAX_SPOTS);
	grants_free(grants, n);
}

TEST(many_files_of_the_system_are_not_too_many)
{
	struct places places = { 0 };
	struct grant *grants;
	char path[64];

	for (size_t i = 0; i < 5 * MAX_SPOTS; i++) {
		snprintf(path, sizeof(path), "/usr/lib/%zu", i);
		places_add(&places, path, R, PLACE_FILE);
		assert_true(places.n <= MAX_SPOTS);
	}
	assert_false(places.is_cut);
	assert_int_equal(places_generalise(&places, &grants), 1);
	assert_string_equal(grants[0].path, "/usr");
	grants_free(grants, 1);
}

/* places_each's visit. */
static void add_again(void *context, const char *path, enum place_kind kind,
		      unsigned int uses)
{
	places_add(context, path, uses, kind);
}

TEST(what_is_visited_makes_the_same_rules)
{
	static const struct use uses[] = {
		{ "/usr/lib/x.so", R, PLACE_FILE },
		{ "/srv/log/1", R | W, PLACE_MADE },
		{ "/srv/late", R, PLACE_MISSING },
		{ "/srv/late", R, PLACE_FILE },
		{ "/srv/never", R, PLACE_MISSING },
		{ "/srv/x/a b", R, PLACE_FILE },
		{ "/srv/list", R, PLACE_DIRECTORY },
		{ "/proc/42/fd/1", W, PLACE_FILE },
		{ "/proc/7/stat", R, PLACE_FILE },
		{ "/usr/bin/x", X, PLACE_FILE },
	};
	struct places first = { .process = 42 }, second = { .process = 7 };
	struct grant *one, *other;
	char text[1024], again[1024];
	size_t n, n_again;

	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		places_add(&first, uses[i].path, uses[i].uses, uses[i].kind);
	places_each(&first, add_again, &second);
	n = places_generalise(&first, &one);
	n_again = places_generalise(&second, &other);
	print_grants(text, sizeof(text), one, n);
	print_grants(again, sizeof(again), other, n_again);
	assert_string_equal(text, again);
	assert_string_equal(text, "read /proc*\nread /srv/late\n"
				  "read /srv/list*\nread /srv/x*\n"
				  "read /usr*\nread ?/srv/never*\n"
				  "write /proc/self*\nwrite /srv/log*\n"
				  "execute /usr/bin/x");
	grants_free(one, n);
	grants_free(other, n_again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_is_itself),
		cmocka_unit_test(system_is_whole_for_reading),
		cmocka_unit_test(three_files_are_the_directory),
		cmocka_unit_test(programs_are_themselves),
		cmocka_unit_test(shared_directories_are_never_widened_to),
		cmocka_unit_test(names_in_a_directory_are_the_directory),
		cmocka_unit_test(homes_and_the_root_are_refused),
		cmocka_unit_test(processes_are_all_the_same),
		cmocka_unit_test(missing_files_are_tolerated),
		cmocka_unit_test(covered_ones_are_left_out),
		cmocka_unit_test(what_a_list_cannot_have_is_its_directory),
		cmocka_unit_test(too_many_are_cut),
		cmocka_unit_test(many_files_of_the_system_are_not_too_many),
		cmocka_unit_test(what_is_visited_makes_the_same_rules),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
