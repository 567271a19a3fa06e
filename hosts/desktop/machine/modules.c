/** Modules: the table of specifiers, resolution as on the device, what is compiled ahead and preloaded in the root machine. */
#include <limits.h>
#include "source.h"

typedef struct Root Root;

struct Root {
	Root *next;
	const char *prefix, *folder;
};

static struct {
	Source *first, **last;
	Root *firstRoot, **lastRoot;
	const char *patterns[64];
	int patternCount;
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

/* LOADING */

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
	source_compile(the, source);
	if (source->text)
		scanImports(source);
	/* Generated, and what it holds may be secret: from here on it is byte code. */
	if (source->text && !source->path)
		explicit_bzero(source->text, strlen(source->text));
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

int32_t modules_codeSize(void)
{
	int32_t size = 0;
	for (Source *source = table.first; source; source = source->next) {
		if (source->preload)
			size += source->script.codeSize;
	}
	return size;
}

void fxLoadModule(txMachine *the, txSlot *module, txID moduleID)
{
	Source *source = find(fxGetKeyName(the, moduleID));
	if (!source)
		return;
	/* Reached by a name that no scan could see, such as a computed import(): parsed late, its names cost the app's heap. */
	if (!source->prepared)
		prepare(the, source);
	source_run(the, source, module, moduleID);
}
