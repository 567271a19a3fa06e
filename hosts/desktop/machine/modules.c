/**
 * Modules: a table of specifiers, resolution as on the device, parsing, binding of natives by the names of C symbols.
 * All code is parsed and its names are looked up in the root machine; it stays outside of the heaps, as in flash.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include "machine.h"

typedef struct Source Source;
typedef struct Root Root;

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

struct Root {
	Root *next;
	const char *prefix, *folder;
};

static struct {
	Source *first, **last;
	Root *firstRoot, **lastRoot;
	const char *patterns[64];
	int patternCount;
	char base[PATH_MAX];
	/* What the script callback and the parser's reporter are working on. */
	Source *current;
} table = { .last = &table.first, .lastRoot = &table.firstRoot };

static Source *add(const char *specifier, const char *path, bool preload)
{
	Source *source = calloc(1, sizeof(Source));
	source->specifier = strdup(specifier);
	source->path = path ? strdup(path) : NULL;
	source->preload = preload;
	*table.last = source;
	table.last = &source->next;
	return source;
}

void modules_add(const char *specifier, const char *path, bool preload)
{
	add(specifier, path, preload);
}

void modules_addText(const char *specifier, char *text)
{
	add(specifier, NULL, true)->text = text;
}

void modules_addRoot(const char *prefix, const char *folder)
{
	Root *root = calloc(1, sizeof(Root));
	root->prefix = strdup(prefix);
	root->folder = strdup(folder);
	*table.lastRoot = root;
	table.lastRoot = &root->next;
}

void modules_addPreload(const char *pattern)
{
	if (table.patternCount < (int)(sizeof(table.patterns) / sizeof(table.patterns[0])))
		table.patterns[table.patternCount++] = pattern;
}

void modules_setBase(const char *folder)
{
	snprintf(table.base, sizeof(table.base), "%s/", folder);
}

static bool matches(const char *specifier, const char *pattern)
{
	const char *star = strrchr(pattern, '*');
	return star ? !strncmp(specifier, pattern, (size_t)(star - pattern)) : !strcmp(specifier, pattern);
}

static Source *find(const char *specifier)
{
	for (Source *source = table.first; source; source = source->next) {
		if (!strcmp(source->specifier, specifier))
			return source;
	}
	for (Root *root = table.firstRoot; root; root = root->next) {
		char path[PATH_MAX];
		if (strncmp(specifier, root->prefix, strlen(root->prefix)))
			continue;
		if (snprintf(path, sizeof(path), "%s/%s.js", root->folder, specifier) < (int)sizeof(path) && access(path, R_OK) == 0) {
			bool preload = false;
			for (int index = 0; index < table.patternCount; index++)
				preload = preload || matches(specifier, table.patterns[index]);
			return add(specifier, path, preload);
		}
	}
	return NULL;
}

/* RESOLUTION */

/* "../x.js" seen from "modules/a/b" is "modules/x". False where it leads above the top or is too long. */
static bool resolve(const char *from, const char *name, char *result, size_t size)
{
	char stem[PATH_MAX];
	if (strlen(name) >= sizeof(stem))
		return false;
	strcpy(stem, name);
	bool relative = !strncmp(name, "./", 2) || !strncmp(name, "../", 3);
	if (!relative)
		return snprintf(result, size, "%s", name) < (int)size;
	char *dot = strrchr(stem, '.');
	if (dot && (!strcmp(dot, ".js") || !strcmp(dot, ".mjs")))
		*dot = 0;
	char folder[PATH_MAX];
	if (!from || strlen(from) >= sizeof(folder))
		return false;
	strcpy(folder, from);
	char *slash = strrchr(folder, '/');
	if (slash)
		*slash = 0;
	else
		folder[0] = 0;
	const char *rest = stem;
	for (;;) {
		if (!strncmp(rest, "./", 2))
			rest += 2;
		else if (!strncmp(rest, "../", 3)) {
			if (!folder[0])
				return false;
			slash = strrchr(folder, '/');
			if (slash)
				*slash = 0;
			else
				folder[0] = 0;
			rest += 3;
		}
		else
			break;
	}
	return snprintf(result, size, "%s%s%s", folder, folder[0] ? "/" : "", rest) < (int)size;
}

txID fxFindModule(txMachine *the, txSlot *realm, txID moduleID, txSlot *slot)
{
	char name[PATH_MAX], path[PATH_MAX];
	fxToStringBuffer(the, slot, name, sizeof(name));
	const char *from = NULL;
	if (moduleID != XS_NO_ID) {
		txSlot *key = fxGetKey(the, moduleID);
		from = key ? key->value.key.string : NULL;
	}
	if (!resolve(from, name, path, sizeof(path)) || !find(path))
		return XS_NO_ID;
	return fxNewNameC(the, path);
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
	size_t length = strlen(table.base);
	return path && length && !strncmp(path, table.base, length) ? path + length : path;
}

static void reportError(void *console, txString path, txInteger line, txString format, c_va_list arguments)
{
	char text[512];
	vsnprintf(text, sizeof(text), format, arguments);
	problem(table.current, XS_SYNTAX_ERROR, "%s:%d: %s", path ? shown(path) : table.current->specifier, (int)line, text);
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
	table.current = source;
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

/* The modules that a module names in static imports: `from "x"` and `import "x"` in tsc's output, which has them outside of strings and with double quotes. */
static void scanImports(Source *source)
{
	static const char *const leads[] = { "from \"", "import \"", "import(\"" };
	for (size_t lead = 0; lead < sizeof(leads) / sizeof(leads[0]); lead++) {
		for (const char *at = source->text; (at = strstr(at, leads[lead])); ) {
			at += strlen(leads[lead]);
			const char *end = strchr(at, '"');
			char name[PATH_MAX], path[PATH_MAX];
			if (!end || (size_t)(end - at) >= sizeof(name))
				continue;
			snprintf(name, sizeof(name), "%.*s", (int)(end - at), at);
			Source *other = resolve(source->specifier, name, path, sizeof(path)) ? find(path) : NULL;
			if (!other)
				continue;
			source->imports = realloc(source->imports, sizeof(Source *) * (size_t)(source->importCount + 1));
			source->imports[source->importCount++] = other;
		}
	}
}

static void prepare(txMachine *the, Source *source)
{
	if (source->prepared)
		return;
	source->prepared = true;
	fxNewNameC(the, source->specifier);
	txScript *script = parse(the, source);
	if (script) {
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
	if (source->text)
		scanImports(source);
	for (int index = 0; index < source->importCount; index++)
		prepare(the, source->imports[index]);
}

/* What can't be loaded is not preloaded, nor is what imports it: it is reported when the app asks for it. */
static void spreadBroken(void)
{
	for (bool changed = true; changed; ) {
		changed = false;
		for (Source *source = table.first; source; source = source->next) {
			for (int index = 0; index < source->importCount && !source->broken; index++) {
				if (source->imports[index]->broken)
					source->broken = changed = true;
			}
		}
	}
}

void modules_load(txMachine *the, const char *mainName)
{
	for (Source *source = table.first; source; source = source->next) {
		for (int index = 0; index < table.patternCount; index++)
			source->preload = source->preload || matches(source->specifier, table.patterns[index]);
	}
	Source *mainSource = find(mainName);
	if (!mainSource) {
		fprintf(stderr, "no module \"%s\"\n", mainName);
		exit(105);
	}
	for (Source *source = table.first; source; source = source->next) {
		if (source->preload)
			prepare(the, source);
	}
	prepare(the, mainSource);
	spreadBroken();
	for (Source *source = table.first; source; source = source->next) {
		if (!source->preload || source->broken)
			continue;
		fxBeginHost(the);
		{
			mxTry(the) {
				mxPushStringC(source->specifier);
				fxAwaitImport(the, XS_IMPORT_NAMESPACE);
				mxPop();
			}
			mxCatch(the) {
				char what[PATH_MAX];
				snprintf(what, sizeof(what), "while preloading %s: ", source->specifier);
				host_printException(the, what);
				exit(105);
			}
		}
		fxEndHost(the);
	}
}

/* LOADING */

static void buildHosts(txMachine *the)
{
	Source *source = table.current;
	fxBuildHosts(the, source->builderCount, source->builders);
	mxPullSlot(mxResult);
}

void fxLoadModule(txMachine *the, txSlot *module, txID moduleID)
{
	Source *source = find(fxGetKeyName(the, moduleID));
	if (!source)
		return;
	/* Reached by a name that no scan could see, such as a computed import(): parsed late, its names cost the app's heap. */
	if (!source->prepared)
		prepare(the, source);
	if (source->problem)
		fxThrowMessage(the, NULL, 0, source->problemKind, "%s", source->problem);
	if (source->builderCount)
		source->script.callback = buildHosts;
	table.current = source;
	fxResolveModule(the, module, moduleID, &source->script, C_NULL, C_NULL);
}
