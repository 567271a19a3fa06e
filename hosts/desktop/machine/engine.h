/** What the XS engine asks of its platform, for the desktop host. Included by the engine's xsPlatform.h. */
#ifndef ENGINE_H
#define ENGINE_H

#undef mxLinux
#define mxLinux 1

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1
#define mxUseDefaultBuildKeys 1
#define mxUseDefaultSharedChunks 1

#define mxMachinePlatform \
	void* host; \
	void* waiterCondition; \
	void* waiterData; \
	void* waiterLink;

#endif
