/**
 * The write pipeline: one block of C-owned (on ESP32: DMA-capable) memory with a ring of slots, and a reader that fills
 * them from a file ahead of the sender. JavaScript sees the block as one ArrayBuffer and speaks of positions in it.
 *
 *   [ receive area | control area | slot 0 | slot 1 | … | tail ]      slot: [ head room | file data ]
 *
 * The tail of 16 bytes belongs to nobody: it is the room behind the last slot that AEAD borrows, as it borrows another slot's head room elsewhere.
 * A slot is free → filling → filled → taken → free. release() gives it back. None of take(), release(), next() and
 * lengthAt() allocates memory in XS. After close() all others throw.
 */
export class Pipeline extends Native("xs_pipeline_destructor") {
	/**
	 * slots x (headRoom + slotLength) bytes, a control area of controlLength and a receive area of receiveLength bytes.
	 * Every data position is aligned to 16 bytes. Throws RangeError for sizes that make no sense, Error "no memory for the write pipeline: N bytes" where
	 * the block can't be had. onFilled() is called, outside of any other call, when next() or take() may have something new to say; one call may stand for
	 * several slots. While a read is going on a pipeline is not collected, and keeps a program on the desktop running: end each by -2, an error, stop() or close().
	 */
	constructor(slots: number, slotLength: number, headRoom: number, controlLength: number, receiveLength: number, onFilled: () => void) {
		super();
		native("xs_pipeline").call(this, slots, slotLength, headRoom, controlLength, receiveLength, onFilled);
	}
	/**
	 * The whole block, always the same object. It stays valid while this buffer, a view on it, a Window or the pipeline lives. In XS it is a host buffer, which
	 * typed arrays and DataView take like an ArrayBuffer, but which has nothing but byteLength of its own.
	 */
	memory(): ArrayBuffer { return native("xs_pipeline_memory").call(this); }
	/** Position of the receive area; it ends where the control area starts. */
	get receiveAt(): number { return native("xs_pipeline_get_receiveAt").call(this); }
	/** Position of the control area. */
	get controlAt(): number { return native("xs_pipeline_get_controlAt").call(this); }
	/** Bytes of file data that a slot holds. */
	get slotLength(): number { return native("xs_pipeline_get_slotLength").call(this); }
	/** How many slots are free now. */
	get slotsFree(): number { return native("xs_pipeline_get_slotsFree").call(this); }

	/**
	 * Takes a free slot that no file data goes to: the position of its first byte of data (head room lies before it), or -1 when none is free. After a -1 the
	 * next slot that is given back is kept from the reader until take() is called again, and onFilled() tells when it is there: so a control message gets through
	 * however fast the reader is.
	 */
	take(): number { return native("xs_pipeline_take").call(this); }
	/** Gives back the slot that holds position at, which may lie in its head room. RangeError when that slot was not taken. */
	release(at: number): void { native("xs_pipeline_release").call(this, at); }

	/**
	 * Starts to read path from byte offset on, length bytes in all, into free slots, each from its data position + shift on; all but the last get slotLength - shift
	 * bytes. Throws Error with the operating system's reason ("open path: No such file or directory", code "ENOENT") when the file can't be opened, Error when a read
	 * is still going on (until next() has said -2 or has thrown, or stop()), RangeError where shift leaves no room.
	 */
	read(path: string, offset: number, length: number, shift: number): void { native("xs_pipeline_read").call(this, path, offset, length, shift); }
	/**
	 * The position of the data in the next filled slot, in file order; the slot is now taken. -1: nothing yet, onFilled() will tell. -2: all was handed out.
	 * Throws Error with the reason when the file can't be read on or ends early ("file ended at N of M bytes", positions in the file); after that the read is over.
	 */
	next(): number { return native("xs_pipeline_next").call(this); }
	/** Bytes of file data in the slot that holds position at (0 where take() gave it). RangeError when that slot was not taken. */
	lengthAt(at: number): number { return native("xs_pipeline_lengthAt").call(this, at); }
	/** Ends the read: filled slots are free again, taken ones stay taken. Returns when the reader no longer touches memory, which a hanging card delays. */
	stop(): void { native("xs_pipeline_stop").call(this); }
	/** stop(), and lets go of the block. Safe to call twice. */
	close(): void { native("xs_pipeline_close").call(this); }
}
