/*
 * The files of a folder in the order of time, then name (bytes), in memory of a fixed size: the folder is read for as many of the
 * first as fit, and again for those behind them. Knows no XS. Functions that can fail return 0 or an errno.
 */
#ifndef STORAGE_LISTING_H
#define STORAGE_LISTING_H

#include <stddef.h>
#include <stdint.h>

/* How a folder is read: each file with size and time in one go. */
typedef struct {
	int (*open)(void **directory, const char *path);
	/* *name is good until the next call; NULL at the end. Folders and the like are left out. */
	int (*next)(void *directory, const char **name, double *size, double *mtime);
	void (*close)(void *directory);
} listing_reader;

extern const listing_reader listing_system;

/* The longest name, in bytes: what is longer is passed over. */
#define LISTING_NAME 1023

typedef struct {
	const listing_reader *reader; /* listing_system, unless somebody else is put there */
	const char *path;
	const char *ignored;
	uint8_t *memory;        /* entries from the front, their positions from the back */
	uint32_t capacity;
	uint32_t filled;
	uint32_t count;
	uint32_t at;            /* the next to be handed out */
	int begun, cut;         /* cut: there is more in the folder than fits */
	double until;           /* the latest time at the first reading */
	double lastTime;        /* of the last one that was read */
	char lastName[LISTING_NAME + 1];
} listing;

typedef struct {
	const char *name;       /* good until the next listing_read() */
	double size, mtime;
} listing_file;

/* Memory that listing_begin() takes at least: three entries of the longest name fit. */
#define LISTING_LEAST 4096

/*
 * path and ignored stay the caller's and have to live on, as has memory, aligned for double. ignored: patterns parted by spaces, "x*" for names that begin
 * with x, "*x" for those that end with it, letters of ASCII in either case.
 */
int listing_begin(listing *it, const char *path, const char *ignored, void *memory, uint32_t capacity);
/*
 * Reads the folder for the files behind the last one that was read: *count of them, 0 at the end. What was not there at the first reading, or has a
 * later time than all had then, is left out: it came, or changed, since.
 */
int listing_read(listing *it, uint32_t *count);
/* The next one of those; 0 when there is none, and listing_read() may have more. */
int listing_next(listing *it, listing_file *file);

#endif
