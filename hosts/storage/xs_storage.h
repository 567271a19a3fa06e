/* How natives over calls of the system throw. */
#ifndef XS_STORAGE_H
#define XS_STORAGE_H

#include <stddef.h>
#include <stdint.h>
#include "xsmc.h"

/*
 * Throws Error "call path: reason" with the errno's name as code. path is an argument's or variable's slot that holds a
 * string, or NULL for "call: reason".
 */
void xs_storage_throw(xsMachine *the, const char *call, xsSlot *path, int error);
/* path as C text, good until XS next allocates. Throws where it holds a U+0000, which no file system would see. */
const char *xs_storage_path(xsMachine *the, const char *call, xsSlot *path);

#endif
