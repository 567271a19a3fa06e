/** Settings of the host: its options, the list of modules that tools/build.mjs writes, and the app's key=value words. */
#include "source.h"

static const char *const usage =
	"usage: xs-host [options] <module list> [key=value …] [-]\n"
	"  -                      further settings on standard input, key=value, a line each\n"
	"  --main <specifier>     the module to run, instead of \"main\"\n"
	"  --root <folder>        where modules that the list lacks are looked for (may be repeated)\n"
	"  --preload <pattern>    preloads further modules (may be repeated)\n"
	"  --creation <key=value> static, chunk, heap, stack, keys, with commas between several; overrides the list's\n"
	"  --memory <bytes free>  the write pipeline is chosen as on a device with that much free memory; with 32 bits 176128 unless given\n"
	"  --report               prints the heap's figures to stderr at the end\n"
	"  --stress               collects at every allocation (asan variant only)\n";

/* What an ESP32-C3 has free once its network is up (docs/DEVICE-PATH.md, "What was measured"). */
#define DEVICE_MEMORY (172 * 1024)

Settings settings = {
	.mainName = "main",
	/* The 32-bit machine stands for a device. */
	.freeMemory = sizeof(void *) == 4 ? DEVICE_MEMORY : -1,
	.creation = {
		.engine = {
			.initialChunkSize = 32768, .incrementalChunkSize = 1024, .initialHeapCount = 2048, .incrementalHeapCount = 64, .stackCount = 384,
			.initialKeyCount = 256, .incrementalKeyCount = 0, .nameModulo = 1993, .symbolModulo = 127, .parserBufferSize = 32768, .parserTableModulo = 1993,
		},
	},
};

void settings_fail(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(100);
}

static void setCreation(const char *key, long value, bool exact)
{
	txCreation *creation = &settings.creation.engine;
	static const struct { const char *name; size_t offset; } fields[] = {
		{ "chunk", offsetof(txCreation, initialChunkSize) }, { "chunk.initial", offsetof(txCreation, initialChunkSize) }, { "chunk.incremental", offsetof(txCreation, incrementalChunkSize) },
		{ "heap", offsetof(txCreation, initialHeapCount) }, { "heap.initial", offsetof(txCreation, initialHeapCount) }, { "heap.incremental", offsetof(txCreation, incrementalHeapCount) },
		{ "stack", offsetof(txCreation, stackCount) }, { "keys", offsetof(txCreation, initialKeyCount) }, { "keys.initial", offsetof(txCreation, initialKeyCount) },
		{ "keys.available", offsetof(txCreation, initialKeyCount) }, { "keys.incremental", offsetof(txCreation, incrementalKeyCount) },
	};
	if (!strcmp(key, "static")) {
		settings.creation.staticSize = (size_t)value;
		settings.creation.staticExact = exact;
		return;
	}
	for (size_t index = 0; index < sizeof(fields) / sizeof(fields[0]); index++) {
		if (!strcmp(key, fields[index].name)) {
			*(txSize *)((char *)creation + fields[index].offset) = (txSize)value;
			return;
		}
	}
	/* The manifest may hold what only the device has. */
	if (exact)
		settings_fail("--creation %s: expected static, chunk, heap, stack or keys", key);
}

static void setCreations(char *list)
{
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		char *equal = strchr(word, '='), *end = word;
		long value = equal ? strtol(equal + 1, &end, 10) : -1;
		if (!equal || *end || value < 0)
			settings_fail("--creation %s: expected key=number", word);
		*equal = 0;
		setCreation(word, value, true);
	}
}

static void setMemory(const char *text)
{
	char *end;
	settings.freeMemory = strtol(text, &end, 10);
	if (end == text || *end || settings.freeMemory < 0)
		settings_fail("--memory %s: expected a number of bytes", text);
}

long host_freeMemory(void)
{
	return settings.freeMemory;
}

static void readList(const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t capacity = 0;
	if (!file)
		settings_fail("%s: %s", path, strerror(errno));
	for (ssize_t length; (length = getline(&line, &capacity, file)) >= 0; ) {
		if (length && line[length - 1] == '\n')
			line[--length] = 0;
		char *rest = strchr(line, ' ');
		if (!rest)
			continue;
		*rest++ = 0;
		char *second = strchr(rest, ' ');
		if (!strcmp(line, "base"))
			source_setBase(rest);
		else if (!strcmp(line, "config"))
			settings.config = strdup(rest);
		else if (!strcmp(line, "creation") && strchr(rest, '=')) {
			char *equal = strchr(rest, '=');
			*equal = 0;
			setCreation(rest, strtol(equal + 1, NULL, 10), false);
		}
		else if (second && (!strcmp(line, "module") || !strcmp(line, "preload"))) {
			*second++ = 0;
			modules_add(rest, second, line[0] == 'p');
		}
		else if (second && !strcmp(line, "root")) {
			*second++ = 0;
			modules_addRoot(rest, second);
		}
		else
			settings_fail("%s: \"%s\" is not understood", path, line);
	}
	free(line);
	fclose(file);
}

static void quote(FILE *stream, const char *text, size_t length)
{
	fputc('"', stream);
	for (size_t index = 0; index < length; index++) {
		unsigned char c = (unsigned char)text[index];
		if (c == '"' || c == '\\')
			fputc('\\', stream);
		if (c < ' ')
			fprintf(stream, "\\u%04x", c);
		else
			fputc(c, stream);
	}
	fputc('"', stream);
}

static void addSetting(FILE *stream, const char *word)
{
	const char *equal = strchr(word, '=');
	if (!equal || equal == word)
		settings_fail("%s: expected key=value", word);
	fputs(", ", stream);
	quote(stream, word, (size_t)(equal - word));
	fputs(": ", stream);
	quote(stream, equal + 1, strlen(equal + 1));
}

/* A line each: what stands on the command line, every user of the machine can read. It may be a password: nothing of it stays in a buffer. */
static void addSettingsFrom(FILE *stream, FILE *input)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	static char buffer[4096];
	setvbuf(input, buffer, _IOFBF, sizeof(buffer));
	while ((length = getline(&line, &size, input)) >= 0) {
		if (length && line[length - 1] == '\n')
			line[length - 1] = 0;
		/* Not shown where it is wrong: it may be a piece of a password. */
		if (*line && (*line == '=' || !strchr(line, '=')))
			settings_fail("standard input: a line is no key=value");
		if (*line)
			addSetting(stream, line);
	}
	if (line)
		explicit_bzero(line, size);
	explicit_bzero(buffer, sizeof(buffer));
	free(line);
}

/* mc/config: the manifest's "config", then the command line's words, which are strings; later keys win. */
static void addConfig(char **words, int count)
{
	/* Neither grown, which would leave copies behind, nor buffered. modules.c wipes it. */
	size_t size = 1 << 18;
	char *text = calloc(1, size);
	FILE *stream = text ? fmemopen(text, size, "w") : NULL;
	if (!stream)
		settings_fail("settings: %s", strerror(errno));
	setvbuf(stream, NULL, _IONBF, 0);
	fputs("export default Object.freeze({ ...", stream);
	fputs(settings.config ? settings.config : "{}", stream);
	for (int index = 0; index < count; index++) {
		if (!strcmp(words[index], "-"))
			addSettingsFrom(stream, stdin);
		else
			addSetting(stream, words[index]);
	}
	fputs(" }, true);\n", stream);
	if (ferror(stream) || fclose(stream))
		settings_fail("settings: more than %zu bytes", size);
	modules_addText("mc/config", text);
}

void settings_read(int argc, char *argv[])
{
	int index = 1;
	for (; index < argc && !strncmp(argv[index], "--", 2); index++) {
		const char *option = argv[index];
		if (!strcmp(option, "--report"))
			settings.report = true;
		else if (!strcmp(option, "--stress"))
			settings.stress = true;
		else if (index + 1 >= argc)
			settings_fail("%s: a value is missing\n%s", option, usage);
		else if (!strcmp(option, "--main"))
			settings.mainName = argv[++index];
		else if (!strcmp(option, "--root"))
			modules_addRoot("", argv[++index]);
		else if (!strcmp(option, "--preload"))
			modules_addPreload(argv[++index]);
		else if (!strcmp(option, "--memory"))
			setMemory(argv[++index]);
		else if (!strcmp(option, "--creation"))
			index++;
		else
			settings_fail("%s: no such option\n%s", option, usage);
	}
	if (index >= argc)
		settings_fail("%s", usage);
	readList(argv[index]);
	for (int other = 1; other < index; other++) {
		if (!strcmp(argv[other], "--creation"))
			setCreations(argv[++other]);
		else if (!strcmp(argv[other], "--main") || !strcmp(argv[other], "--root") || !strcmp(argv[other], "--preload") || !strcmp(argv[other], "--memory"))
			other++;
	}
	addConfig(argv + index + 1, argc - index - 1);
}
