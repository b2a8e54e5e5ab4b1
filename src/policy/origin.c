#include <string.h>

#include "origin.h"

bool origin_replaces(const struct origin *old, const struct origin *origin,
		     struct faults *faults)
{
	if (!old->file || strcmp(old->file, origin->file) != 0 ||
	    strcmp(old->text, origin->text) == 0)
		return true;
	fault_add(faults, origin->file, origin->line,
		  "'%s' is '%s' in line %u already", origin->key, old->text,
		  old->line);
	return false;
}
