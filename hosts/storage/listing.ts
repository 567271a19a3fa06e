/**
 * The files of a folder in the order of time, then name (its UTF-8 bytes), in memory of a fixed size that is not the heap's: the folder is read
 * once for each batch of as many as fit. Failures throw as in storage.ts.
 */

export class Listing extends Native("xs_listing_destructor") {
	/**
	 * ignored: patterns parted by spaces, "x*" for names that begin with x, "*x" for those that end with it, letters of ASCII in either case. capacity: bytes for a batch, 4096
	 * at least; a file takes 17 and its name, rounded up to a multiple of 8, and 4. Nothing is read yet.
	 */
	constructor(path: string, ignored: string, capacity: number) { super(); native("xs_listing").call(this, path, ignored, capacity); }
	/**
	 * Reads the folder for the files behind the last of the batch before, and returns how many next() has now; 0 at the end. What was not there when it was
	 * first read, or has a later time than all had then, is left out: it came, or changed, since.
	 */
	read(): number { return native("xs_listing_read").call(this); }
	/** The next file of the batch: its name; size and mtime (milliseconds since 1970) go into file. undefined after the last. */
	next(file: { size: number; mtime: number }): string | undefined { return native("xs_listing_next").call(this, file); }
	/** Safe to call twice. */
	close(): void { native("xs_listing_close").call(this); }
}
