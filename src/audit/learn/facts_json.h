/* What was learned, as lines of an audit file. */
#ifndef SCRUN_LEARN_FACTS_JSON_H
#define SCRUN_LEARN_FACTS_JSON_H

#include "places.h"

/* "file", "directory", "made" or "missing"; static. */
const char *place_kind_name(enum place_kind kind);

#endif
