/* A pointer for each text: search.h's trees, apart from policy.h, whose struct
 * entry that header has as well. */
#ifndef SCRUN_SLOTS_H
#define SCRUN_SLOTS_H

/*
 * The place for TEXT's pointer in the tree at *ROOT, NULL until something is
 * put there. TEXT is copied. Exits with 125 where there is no memory.
 */
void **slot_of(void **root, const char *text);

#endif
