/* A folder of its own for a test, wherever the system keeps what is temporary. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>

/* Makes it and writes its path, which ends in no slash; ends the program where there is none to be had. storage_remove() takes it away. */
void scratch_folder(char *path, size_t size);

#endif
