/** One module: where it comes from and what its compilation came to. */
#ifndef SOURCE_H
#define SOURCE_H

#include "machine.h"

typedef struct Source Source;
struct Source {
	Source *next;
	char *specifier, *path, *text;
	bool preload, prepared;
	/* Why it can't run: a syntax error, a missing native, or an import of such a module. */
	char *problem;
	txError problemKind;
	bool broken;
	txScript script;
	txHostFunctionBuilder *builders;
	int builderCount;
	Source **imports;
	int importCount;
};

/** Source paths in messages and stack traces are relative to this folder. */
void source_setBase(const char *folder);
/** Parses, looks names up in the machine, binds natives by dlsym. What goes wrong is noted in source->problem. */
void source_compile(txMachine *the, Source *source);
/** Gives the module its code, or throws its problem. */
void source_run(txMachine *the, Source *source, txSlot *module, txID moduleID);

#endif
