/* Lines of an audit file. */
#ifndef SCRUN_REPORT_JSON_H
#define SCRUN_REPORT_JSON_H

#include <jansson.h>

#include "report.h"

/* Writes LINE, an object, which it owns, to a REPORT in JSON. */
void report_json_line(struct report *report, json_t *line);

#endif
