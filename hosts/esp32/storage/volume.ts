/** The native face of a medium of scans: mounts it in ESP-IDF's virtual file system, where hosts/storage and hosts/pipeline find its files. */

export class Volume extends Native("xs_volume_destructor") {
	/** folder: where the files appear; partition: of the flash, or ""; numbers: those of wiring.ts, as the bytes that XS hands to C (of typed arrays it hands over those of bytes alone). Nothing is touched yet. */
	constructor(folder: string, partition: string, numbers: ArrayBufferLike) { super(); native("xs_volume").call(this, folder, partition, numbers); }
	/** Returns a Failure of failure.ts; 0 when the files are there. Blocks while a card is asked: some 20 ms, up to a second for one that does not answer. */
	mount(): number { return native("xs_volume_mount").call(this); }
	/** Whether it is mounted and the same card still answers. */
	answers(): boolean { return native("xs_volume_answers").call(this); }
	/** The last failure in the driver's words: an esp_err_t, or an FRESULT below 20; 0 where it had none. */
	code(): number { return native("xs_volume_code").call(this); }
	/** All its files must be closed. Safe to call twice. */
	unmount(): void { native("xs_volume_unmount").call(this); }
	/** unmount(), and frees its memory. Safe to call twice. */
	close(): void { native("xs_volume_close").call(this); }
}
