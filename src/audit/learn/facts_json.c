#include <jansson.h>
#include <limits.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>

#include "../../policy/names.h"
#include "../../policy/network.h"
#include "../../policy/paths.h"
#include "../last_words.h"
#include "../report.h"
#include "facts_json.h"
#include "learn_state.h"

/* The members of the lines are a promise: scrun(1), Audit files. */

struct teller {
	void (*write)(void *context, struct json_t *line);
	void *context;
};

const char *place_kind_name(enum place_kind kind)
{
	static const char *const names[N_PLACE_KINDS] = {
		[PLACE_FILE] = "file",
		[PLACE_DIRECTORY] = "directory",
		[PLACE_MADE] = "made",
		[PLACE_MISSING] = "missing",
	};

	return names[kind];
}

static void set(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, json_string(text));
}

static json_t *begin(const char *event)
{
	json_t *line = json_object();

	set(line, "event", event);
	return line;
}

static void end(const struct teller *teller, json_t *line)
{
	teller->write(teller->context, line);
}

/* A policy cannot have these bytes, nor blanks: so it is as if they were. */
static void set_path(json_t *object, const char *name, const char *path)
{
	char text[PATH_MAX];
	size_t n = 0;

	snprintf(text, sizeof(text), "%s", path);
	for (; text[n]; n++) {
		if (text[n] < ' ' || text[n] > '~')
			text[n] = ' ';
	}
	set(object, name, text);
}

static void set_build(json_t *line, const char *name, const struct build *build)
{
	json_t *object;

	if (!build->path)
		return;
	object = json_object();
	set_path(object, "path", build->path);
	set(object, "build", build->identity);
	json_object_set_new(line, name, object);
}

static json_t *cut_list(const struct facts *facts)
{
	json_t *list = json_array();

	if (facts->places.is_cut)
		json_array_append_new(list, json_string("file"));
	for (unsigned int use = 0; use < N_PORT_USES; use++) {
		if (facts->ports[use].is_cut)
			json_array_append_new(
				list,
				json_string(port_key((enum port_use)use)));
	}
	return list;
}

static void tell_run(const struct teller *teller, const struct learn *learn)
{
	const struct facts *facts = learn->all;
	json_t *line = begin("facts");

	set(line, "architecture", arch_name(seccomp_arch_native()));
	set(line, "command", facts->provenance.command);
	set(line, "system", facts->provenance.system);
	for (unsigned int i = 0; i < N_BUILDS; i++)
		set_build(line, build_name(i), &facts->provenance.builds[i]);
	if (facts->places.n_homes)
		set_path(line, "home", facts->places.homes[0]);
	json_object_set_new(line, "root", json_boolean(learn->has_root));
	json_object_set_new(line, "tcp", json_boolean(facts->has_internet));
	json_object_set_new(line, "mounts",
			    json_boolean(facts->changes_mounts));
	json_object_set_new(line, "mptcp", json_boolean(facts->has_stream));
	json_object_set_new(line, "fastopen",
			    json_boolean(facts->has_fast_open));
	json_object_set_new(line, "cut", cut_list(facts));
	json_object_set_new(line, "unread",
			    json_integer((json_int_t)facts->n_unread));
	end(teller, line);
}

static void set_call(json_t *line, uint32_t abi, const char *name)
{
	char text[96];

	if (abi == seccomp_arch_native())
		snprintf(text, sizeof(text), "%s", name);
	else
		snprintf(text, sizeof(text), "%s:%s", arch_name(abi), name);
	set(line, "syscall", text);
}

static void tell_calls(const struct teller *teller, struct facts *facts)
{
	seen_sort(&facts->seen);
	for (size_t i = 0; i < facts->seen.n; i++) {
		const struct sight *sight = &facts->seen.sights[i];
		json_t *line = begin("seen");

		set_call(line, sight->abi, sight->view.name);
		set(line, "entry", sight->entry);
		json_object_set_new(
			line, "startup",
			json_integer((json_int_t)sight->counts[PHASE_STARTUP]));
		json_object_set_new(
			line, "running",
			json_integer((json_int_t)sight->counts[PHASE_RUNNING]));
		json_object_set_new(line, "whole",
				    json_boolean(sight->is_whole));
		set(line, "example", sight->example);
		end(teller, line);
	}
}

static void tell_unnamed(const struct teller *teller, const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_unnamed; i++) {
		json_t *line = begin("unnamed");
		char name[64];

		report_call_name(facts->unnamed[i].arch, facts->unnamed[i].nr,
				 name, sizeof(name));
		set(line, "syscall", name);
		end(teller, line);
	}
}

static void tell_needs(const struct teller *teller, const struct learn *learn)
{
	for (int value = 0; value < MAX_CAPABILITIES; value++) {
		const struct need *need = &learn->all->needs[value];
		json_t *line;
		char *name;

		if (!need->example)
			continue;
		name = cap_to_name(value);
		if (!name)
			exhausted();
		line = begin("needed");
		set(line, "capability", name);
		json_object_set_new(line, "used", json_boolean(need->is_used));
		json_object_set_new(line, "held",
				    json_boolean(learn->held >> value & 1));
		set(line, "example", need->example);
		end(teller, line);
		cap_free(name);
	}
}

/* places_each's visit. */
static void tell_file(void *context, const char *path, enum place_kind kind,
		      unsigned int uses)
{
	json_t *line = begin("file"), *list = json_array();

	set_path(line, "path", path);
	set(line, "kind", place_kind_name(kind));
	for (unsigned int use = 0; use < N_PATH_USES; use++) {
		if (uses & 1u << use)
			json_array_append_new(
				list,
				json_string(path_key((enum path_use)use)));
	}
	json_object_set_new(line, "uses", list);
	end(context, line);
}

static void tell_ports(const struct teller *teller, const struct facts *facts)
{
	for (unsigned int use = 0; use < N_PORT_USES; use++) {
		for (size_t i = 0; i < facts->ports[use].n; i++) {
			json_t *line = begin("port");

			set(line, "use", port_key((enum port_use)use));
			json_object_set_new(
				line, "port",
				json_integer(facts->ports[use].numbers[i]));
			end(teller, line);
		}
	}
}

void learn_tell(struct learn *learn,
		void (*write)(void *context, struct json_t *line),
		void *context)
{
	struct teller teller = { write, context };

	tell_run(&teller, learn);
	tell_calls(&teller, learn->all);
	tell_unnamed(&teller, learn->all);
	tell_needs(&teller, learn);
	places_each(&learn->all->places, tell_file, &teller);
	tell_ports(&teller, learn->all);
}
