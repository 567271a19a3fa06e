/* A file of hosts/storage as a pipeline's source. */
#ifndef PIPELINE_FILE_SOURCE_H
#define PIPELINE_FILE_SOURCE_H

#include "pipeline.h"
#include "../storage/storage.h"

typedef storage_file file_source;

extern const pipeline_source file_source_calls;

/* Opens path: 0 or an errno. A folder is refused here (EISDIR), not at the first read. */
int file_source_open(file_source *it, const char *path);

#endif
