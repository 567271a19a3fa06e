/** Between the files of the desktop host's machine. These, and only these, know the engine's insides. */
#ifndef MACHINE_H
#define MACHINE_H

#include "xsAll.h"
#include "xsScript.h"
#include "xs.h"
#include "host.h"

/* XS 17 has other names for some things of XS 13. XS_VERSION comes from tools/build.mjs. */
#if XS_VERSION >= 17
	#define INTRINSIC(THE, INDEX) ((THE)->stackIntrinsics[-1 - (INDEX)])
	#define XS_STACK_OVERFLOW_EXIT XS_JAVASCRIPT_STACK_OVERFLOW_EXIT
#else
	#define INTRINSIC(THE, INDEX) ((THE)->stackPrototypes[-1 - (INDEX)])
	#define XS_NATIVE_STACK_OVERFLOW_EXIT 1000
#endif

/** The heap of the app's machine, as the manifest's "creation" sets it. */
typedef struct {
	txCreation engine;
	/** Bytes for chunks, slots and stack together; 0: no limit. */
	size_t staticSize;
	/** Given on the command line, so it is not scaled to the slots of a 64-bit machine. */
	bool staticExact;
} Creation;

/* settings.c */

typedef struct {
	const char *mainName;
	bool report, stress;
	/** See host_freeMemory(). */
	long freeMemory;
	Creation creation;
	/* The manifest's "config", as JSON. */
	char *config;
} Settings;
extern Settings settings;
/** Reads the command line and the list of modules; ends with 100 where something is wrong. */
void settings_read(int argc, char *argv[]);
void settings_fail(const char *format, ...) __attribute__((noreturn));

/* memory.c */

/** The app's block of memory; called once, before the clone is made. False where it can't be had. */
bool memory_begin(size_t staticSize);
/** Makes all that the root machine holds read-only; a write ends the program with a message. */
void memory_protect(void);
void memory_paintStack(txMachine *the);

typedef struct {
	int32_t slotSize, slots, slotsPeak, chunks, chunksPeak, stack, stackPeak, stackSize, staticSize, staticUsed, collections;
} HeapFigures;
void memory_figures(txMachine *the, HeapFigures *figures);
void memory_resetPeaks(txMachine *the);
/** Counts collections without instrumentation, by a root that lies outside the heap. */
void memory_countCollections(txMachine *the);

/* rom.c */

/** Turns the root machine's heap into what xsl would have put into flash. */
void rom_finish(txMachine *the);

/* modules.c */

void modules_add(const char *specifier, const char *path, bool preload);
/** Text instead of a file. */
void modules_addText(const char *specifier, char *text);
void modules_addRoot(const char *prefix, const char *folder);
void modules_addPreload(const char *pattern);
/** Parses what main and the preloaded modules import; evaluates the preloaded ones. In the root machine. */
void modules_load(txMachine *the, const char *mainName);
/** Bytes of byte code in the preloaded ones. */
int32_t modules_codeSize(void);

/* loop.c */

void loop_begin(void);
/** Until nothing is left to wait for. */
void loop_run(txMachine *the);

/* main.c */

extern bool host_cloned;
void host_printException(txMachine *the, const char *what);
void host_report(txMachine *the);

/* console.c */

/** trace and console, as globals of the root machine. */
void console_install(txMachine *the);

#endif
