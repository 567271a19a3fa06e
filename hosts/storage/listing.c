/* See listing.h. */
#include "listing.h"

#include <errno.h>
#include <string.h>

#include "storage.h"

/* THE SYSTEM'S FOLDERS */

static int openFolder(void **directory, const char *path)
{
	storage_folder *folder;
	int error = storage_open_folder(&folder, path);
	if (!error)
		*directory = folder;
	return error;
}

static int nextFile(void *directory, const char **name, double *size, double *mtime)
{
	for (;;) {
		storage_status_result status;
		int error = storage_next_name(directory, name);
		if (!*name)
			return error;
		if (strlen(*name) > LISTING_NAME)
			continue;
		/* Its status may tell it is gone by now; what can't be asked about fails here and not in silence. */
		error = storage_next_status(directory, &status);
		if (error)
			return error;
		if (STORAGE_FILE == (status.mode & STORAGE_TYPE)) {
			*size = status.size;
			*mtime = status.mtime;
			return 0;
		}
	}
}

static void closeFolder(void *directory) { storage_close_folder(directory); }

const listing_reader listing_system = { openFolder, nextFile, closeFolder };

/* NAMES */

static int alike(const char *a, const char *b, size_t length)
{
	size_t i;
	for (i = 0; i < length; i++) {
		char x = a[i], y = b[i];
		if ((x >= 'A') && (x <= 'Z')) x += 'a' - 'A';
		if ((y >= 'A') && (y <= 'Z')) y += 'a' - 'A';
		if (x != y)
			return 0;
	}
	return 1;
}

static int isIgnored(const char *patterns, const char *name)
{
	size_t length = strlen(name);
	while (*patterns) {
		size_t size = strcspn(patterns, " ");
		if ((size > 1) && (size - 1 <= length)) {
			if ('*' == patterns[0]) {
				if (alike(patterns + 1, name + length - (size - 1), size - 1))
					return 1;
			}
			else if (('*' == patterns[size - 1]) && alike(patterns, name, size - 1))
				return 1;
		}
		patterns += size;
		patterns += strspn(patterns, " ");
	}
	return 0;
}

/* ENTRIES: in front, each of them aligned: mtime, size, name and its 0. Behind, from the end down: their positions. */

typedef struct {
	double mtime, size;
	char name[];
} entry;

static uint32_t *positions(listing *it) { return (uint32_t *)(it->memory + it->capacity) - it->count; }
static entry *entryAt(listing *it, uint32_t position) { return (entry *)(it->memory + position); }
static uint32_t entrySize(size_t name) { return (uint32_t)((sizeof(entry) + name + 1 + 7) & ~(size_t)7); }

static int compareKeys(double aTime, const char *aName, double bTime, const char *bName)
{
	if (aTime != bTime)
		return aTime < bTime ? -1 : 1;
	return strcmp(aName, bName); /* as bytes: of UTF-8, that is the order of code points */
}

static int isLess(listing *it, uint32_t a, uint32_t b)
{
	entry *x = entryAt(it, a), *y = entryAt(it, b);
	return compareKeys(x->mtime, x->name, y->mtime, y->name) < 0;
}

static int isBefore(listing *it, uint32_t a, uint32_t b)
{
	(void)it;
	return a < b;
}

/* Heapsort: in place, and without a pointer to a context that qsort() would not pass on. */
static void sort(listing *it, uint32_t *items, uint32_t count, int (*less)(listing *, uint32_t, uint32_t))
{
	uint32_t start = count / 2, end = count;
	while (end > 1) {
		uint32_t root, child, item;
		if (start > 0)
			start--;
		else {
			end--;
			item = items[end];
			items[end] = items[0];
			items[0] = item;
		}
		root = start;
		while ((child = 2 * root + 1) < end) {
			if ((child + 1 < end) && less(it, items[child], items[child + 1]))
				child++;
			if (!less(it, items[root], items[child]))
				break;
			item = items[root];
			items[root] = items[child];
			items[child] = item;
			root = child;
		}
	}
}

/* Makes room: keeps the first half. From now on only what comes before the last of it is of interest. */
static void cut(listing *it)
{
	uint32_t *items = positions(it), kept = it->count / 2, last = 0, position, i, to = 0;
	sort(it, items, it->count, isLess);
	memmove(items + (it->count - kept), items, kept * sizeof(uint32_t));
	it->count = kept;
	items = positions(it);
	sort(it, items, kept, isBefore);
	for (i = 0; i < kept; i++) {
		entry *from = entryAt(it, items[i]);
		uint32_t size = entrySize(strlen(from->name));
		memmove(it->memory + to, from, size);
		items[i] = to;
		to += size;
	}
	it->filled = to;
	/* To where bound() finds it. */
	for (i = 1; i < kept; i++) {
		if (isLess(it, items[last], items[i]))
			last = i;
	}
	position = items[last];
	items[last] = items[kept - 1];
	items[kept - 1] = position;
	it->cut = 1;
}

/* The last of those that cut() kept: at the very end of the memory, for what is added since lies before it. */
static entry *bound(listing *it) { return entryAt(it, ((uint32_t *)(it->memory + it->capacity))[-1]); }

static void add(listing *it, const char *name, double size, double mtime)
{
	size_t length = strlen(name);
	uint32_t needed = entrySize(length);
	entry *to;
	for (;;) {
		if (it->cut && (compareKeys(mtime, name, bound(it)->mtime, bound(it)->name) >= 0))
			return;
		if (it->filled + needed + (it->count + 1) * sizeof(uint32_t) <= it->capacity)
			break;
		cut(it); /* LISTING_LEAST holds three of the longest: one is kept at least, and one more fits */
	}
	to = entryAt(it, it->filled);
	to->mtime = mtime;
	to->size = size;
	memcpy(to->name, name, length + 1);
	it->count++;
	positions(it)[0] = it->filled;
	it->filled += needed;
}

/* LISTING */

int listing_begin(listing *it, const char *path, const char *ignored, void *memory, uint32_t capacity)
{
	if (capacity < LISTING_LEAST)
		return EINVAL;
	memset(it, 0, sizeof(*it));
	it->reader = &listing_system;
	it->path = path;
	it->ignored = ignored;
	it->memory = memory;
	it->capacity = capacity & ~(uint32_t)7;
	return 0;
}

int listing_read(listing *it, uint32_t *count)
{
	double size, mtime, latest = -1e300;
	int error, begun = it->begun, more = !begun || it->cut;
	void *directory;
	const char *name;

	*count = 0;
	it->count = it->at = it->filled = 0;
	it->cut = 0;
	if (!more)
		return 0;
	error = it->reader->open(&directory, it->path);
	if (error) {
		it->cut = begun;
		return error;
	}
	while (!(error = it->reader->next(directory, &name, &size, &mtime)) && name) {
		if (isIgnored(it->ignored, name))
			continue;
		if (mtime > latest)
			latest = mtime;
		if (!begun || ((mtime <= it->until) && (compareKeys(it->lastTime, it->lastName, mtime, name) < 0)))
			add(it, name, size, mtime);
	}
	it->reader->close(directory);
	if (error) {
		it->count = 0;
		it->cut = begun;
		return error;
	}
	if (!begun)
		it->until = latest;
	it->begun = 1;
	sort(it, positions(it), it->count, isLess);
	if (it->count) {
		entry *last = entryAt(it, positions(it)[it->count - 1]);
		it->lastTime = last->mtime;
		strcpy(it->lastName, last->name);
	}
	*count = it->count;
	return 0;
}

int listing_next(listing *it, listing_file *file)
{
	entry *found;
	if (it->at >= it->count)
		return 0;
	found = entryAt(it, positions(it)[it->at++]);
	file->name = found->name;
	file->size = found->size;
	file->mtime = found->mtime;
	return 1;
}
