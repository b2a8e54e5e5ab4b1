/* Where in a JSON text a value stands: jansson does not tell. */
#ifndef SCRUN_JSON_LINE_H
#define SCRUN_JSON_LINE_H

/*
 * The value at PATH, such as "syscalls[3].args[0].op", in TEXT, which is right
 * JSON; where there is none, as far as the path leads.
 */
const char *json_find(const char *text, const char *path);

/* The line on which it begins, counted from 1. */
unsigned int json_line(const char *text, const char *path);

#endif
