/* A file as a pipeline's source, over POSIX calls. */
#ifndef PIPELINE_FILE_SOURCE_H
#define PIPELINE_FILE_SOURCE_H

#include "pipeline.h"

typedef struct {
	int fd;
	uint64_t position;      /* where the next read() of the system goes on */
} file_source;

extern const pipeline_source file_source_calls;

/* Opens path: 0 or an errno. A folder is refused here (EISDIR), not at the first read. */
int file_source_open(file_source *it, const char *path);

#endif
