/* The constants of the system headers that a condition may name. */

#ifndef SCRUN_POLICY_CONSTANTS_H
#define SCRUN_POLICY_CONSTANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The value of a constant (AF_UNIX, TIOCGWINSZ, PROT_EXEC ...), converted as C
 * converts it: a negative one is sign-extended (AT_FDCWD has 64 bits), an
 * unsigned one is not (TIOCGPTN is 0x80045430). Returns false and leaves the
 * value alone when the name is not known.
 *
 * The values are those of the architecture this is compiled for, and some
 * differ between architectures (O_DIRECT, O_DIRECTORY).
 */
bool constant_value(const char *name, uint64_t *value);

/*
 * The name at an index, in the order of strcmp(), or NULL past the end: for
 * suggestions. The string is static.
 */
const char *constant_name(size_t index);

#endif
