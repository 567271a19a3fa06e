/** Compiles modules: TypeScript's JavaScript to byte code that lies outside of the heaps, as in flash. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include "source.h"

static char base[PATH_MAX];
/* What the parser's reporter and the script callback are working on. */
static Source *current;

void source_setBase(const char *folder)
{
	snprintf(base, sizeof(base), "%s/", folder);
}

/* PARSING */

static void problem(Source *source, txError kind, const char *format, ...)
{
	if (source->problem)
		return;
	char text[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	source->problem = strdup(text);
	source->problemKind = kind;
	source->broken = true;
}

static const char *shown(const char *path)
{
	size_t length = strlen(base);
	return path && length && !strncmp(path, base, length) ? path + length : path;
}

static void reportError(void *console, txString path, txInteger line, txString format, c_va_list arguments)
{
	char text[512];
	vsnprintf(text, sizeof(text), format, arguments);
	problem(current, XS_SYNTAX_ERROR, "%s:%d: %s", path ? shown(path) : current->specifier, (int)line, text);
}

static void reportWarning(void *console, txString path, txInteger line, txString format, c_va_list arguments)
{
}

static char *readFile(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	long size = ftell(file);
	rewind(file);
	char *text = malloc((size_t)size + 1);
	if (text)
		text[fread(text, 1, (size_t)size, file)] = 0;
	fclose(file);
	return text;
}

typedef struct {
	const char *at;
} Reader;

static int readNext(void *it)
{
	Reader *reader = it;
	return *reader->at ? (unsigned char)*reader->at++ : C_EOF;
}

/* The absolute, tidy form of a path next to another file. */
static void beside(const char *path, const char *name, char *result)
{
	char joined[PATH_MAX];
	const char *slash = strrchr(path, '/');
	snprintf(joined, sizeof(joined), "%.*s%s", slash ? (int)(slash - path + 1) : 0, path, name);
	if (!realpath(joined, result))
		snprintf(result, PATH_MAX, "%s", joined);
}

static txScript *parse(txMachine *the, Source *source)
{
	txParser _parser;
	txParser *parser = &_parser;
	txParserJump jump;
	/* Changed between setjmp and longjmp, so volatile. */
	txScript *volatile script = NULL;
	char *volatile map = NULL;
	txUnsigned flags = mxCFlag;
#ifdef mxDebug
	flags |= mxDebugFlag;
#endif
	char *text = source->text ? source->text : readFile(source->path);
	if (!text) {
		problem(source, XS_REFERENCE_ERROR, "%s: %s", source->path, strerror(errno));
		return NULL;
	}
	source->text = text;
	current = source;
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->firstJump = &jump;
	parser->reportError = reportError;
	parser->reportWarning = reportWarning;
	if (c_setjmp(jump.jmp_buf) == 0) {
		Reader reader = { text };
		txString name = NULL;
		char path[PATH_MAX];
		snprintf(path, sizeof(path), "%s", source->path ? source->path : source->specifier);
		parser->path = fxNewParserSymbol(parser, path);
		fxParserTree(parser, &reader, readNext, flags, &name);
		if (name && source->path && !source->problem) {
			char mapPath[PATH_MAX];
			beside(source->path, name, mapPath);
			map = readFile(mapPath);
			if (map) {
				reader.at = map;
				name = NULL;
				fxParserSourceMap(parser, &reader, readNext, flags, &name);
				if (name && !source->problem) {
					beside(mapPath, name, path);
					parser->path = fxNewParserSymbol(parser, getenv("XSBUG_HOST") ? path : (txString)shown(path));
				}
			}
		}
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	fxTerminateParser(parser);
	free(map);
	return source->problem ? NULL : script;
}

/* For eval and new Function, which the device has not either: there is no parser in the app's machine. */
txScript *fxParseScript(txMachine *the, void *stream, txGetter getter, txUnsigned flags)
{
	return NULL;
}

/* CODE */

/* Names in byte code become the machine's; literals of modules that are not preloaded are used where they lie, as xsl has it. */
static void mapCode(Source *source, txByte *code, txSize size, const txID *ids)
{
	txByte *at = code, *end = code + size;
	while (at < end) {
		txU1 op = *(txU1 *)at;
		txS1 length = gxCodeSizes[op];
		switch (op) {
		case XS_CODE_CODE_1: *(txU1 *)at = XS_CODE_CODE_ARCHIVE_1; break;
		case XS_CODE_CODE_2: *(txU1 *)at = XS_CODE_CODE_ARCHIVE_2; break;
		case XS_CODE_CODE_4: *(txU1 *)at = XS_CODE_CODE_ARCHIVE_4; break;
		case XS_CODE_STRING_1: if (!source->preload) *(txU1 *)at = XS_CODE_STRING_ARCHIVE_1; break;
		case XS_CODE_STRING_2: if (!source->preload) *(txU1 *)at = XS_CODE_STRING_ARCHIVE_2; break;
		case XS_CODE_STRING_4: if (!source->preload) *(txU1 *)at = XS_CODE_STRING_ARCHIVE_4; break;
		}
		if (length > 0)
			at += length;
		else if (length == 0) {
			txID id;
			memcpy(&id, at + 1, sizeof(txID));
			id = ids[id];
			memcpy(at + 1, &id, sizeof(txID));
			at += 1 + sizeof(txID);
		}
		else if (length == -1)
			at += 2 + *(txU1 *)(at + 1);
		else if (length == -2) {
			txU2 count;
			memcpy(&count, at + 1, sizeof(count));
			at += 3 + count;
		}
		else {
			txU4 count;
			memcpy(&count, at + 1, sizeof(count));
			at += 5 + count;
		}
	}
}

static void bindHosts(Source *source, const txByte *at, const txID *ids)
{
	txID count;
	memcpy(&count, at, sizeof(txID));
	at += sizeof(txID);
	source->builders = calloc((size_t)count, sizeof(txHostFunctionBuilder));
	source->builderCount = count;
	for (txID index = 0; index < count; index++) {
		txHostFunctionBuilder *builder = &source->builders[index];
		txID id;
		builder->length = *at++;
		memcpy(&id, at, sizeof(txID));
		at += sizeof(txID);
		builder->id = id == XS_NO_ID ? XS_NO_ID : ids[id];
		const char *name = (const char *)at;
		at += strlen(name) + 1;
		void *symbol = dlsym(RTLD_DEFAULT, name);
		memcpy(&builder->callback, &symbol, sizeof(symbol));
		if (!symbol)
			problem(source, XS_REFERENCE_ERROR, "%s: native \"%s\" is not in this host", source->specifier, name);
	}
}

void source_compile(txMachine *the, Source *source)
{
	txScript *script = parse(the, source);
	if (!script)
		return;
	txID count;
	const txByte *at = script->symbolsBuffer;
	memcpy(&count, at, sizeof(txID));
	at += sizeof(txID);
	txID *ids = calloc((size_t)count + 1, sizeof(txID));
	for (txID index = 1; index < count; index++) {
		ids[index] = fxNewNameC(the, (txString)at);
		at += strlen((const char *)at) + 1;
	}
	mapCode(source, script->codeBuffer, script->codeSize, ids);
	if (script->hostsBuffer)
		bindHosts(source, script->hostsBuffer, ids);
	free(ids);
	free(script->symbolsBuffer);
	source->script = *script;
	source->script.symbolsBuffer = NULL;
	source->script.symbolsSize = 0;
	source->script.hostsBuffer = NULL;
	source->script.hostsSize = 0;
}

/* RUNNING */

static void buildHosts(txMachine *the)
{
	fxBuildHosts(the, current->builderCount, current->builders);
	mxPullSlot(mxResult);
}

void source_run(txMachine *the, Source *source, txSlot *module, txID moduleID)
{
	if (source->problem)
		fxThrowMessage(the, NULL, 0, source->problemKind, "%s", source->problem);
	if (source->builderCount)
		source->script.callback = buildHosts;
	current = source;
	fxResolveModule(the, module, moduleID, &source->script, C_NULL, C_NULL);
}
