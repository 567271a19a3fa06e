/** A baseline JPEG encoder (ITU-T T.81) for grey pictures: enough for sample scans. */

const zigzag = Uint8Array.from([
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
]);

/** Table K.1, row by row. */
const luminance = [
	16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
	18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/** Tables K.3 and K.5: how many codes of each length 1 to 16, then their symbols. */
const dcTable = Buffer.from("00010501010101010100000000000000" + "000102030405060708090a0b", "hex");
const acTable = Buffer.from("0002010303020403050504040000017d" +
	"01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a43444546474849" +
	"4a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5" +
	"c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa", "hex");

/** Annex C: codes[symbol] and lengths[symbol] of a table. */
function huffman(table) {
	const codes = new Uint16Array(256);
	const lengths = new Uint8Array(256);
	for (let length = 1, code = 0, at = 16; length <= 16; length++, code <<= 1) {
		for (let count = table[length - 1]; count > 0; count--) {
			codes[table[at]] = code++;
			lengths[table[at++]] = length;
		}
	}
	return { codes, lengths };
}

const dc = huffman(dcTable);
const ac = huffman(acTable);

/** cosines[u * 8 + x] of the discrete cosine transform, A.3.3. */
const cosines = Float32Array.from({ length: 64 }, (_, at) => Math.cos((2 * (at & 7) + 1) * (at >> 3) * Math.PI / 16) * (at < 8 ? Math.SQRT1_2 : 1) / 2);

class Bits {
	bytes = Buffer.alloc(1 << 16);
	length = 0;
	#held = 0;
	#count = 0;

	put(value, count) {
		while (count-- > 0) {
			this.#held = this.#held << 1 | value >> count & 1;
			if (++this.#count === 8) this.#byte();
		}
	}

	#byte() {
		if (this.length + 2 > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
		this.bytes[this.length++] = this.#held;
		// F.1.2.3: a zero byte after 0xFF, so that no marker appears.
		if (this.#held === 0xFF) this.bytes[this.length++] = 0;
		this.#held = this.#count = 0;
	}

	finish() {
		while (this.#count !== 0) this.put(1, 1);
		return this.bytes.subarray(0, this.length);
	}
}

function segment(marker, ...parts) {
	const body = Buffer.concat(parts.map(part => Buffer.from(part)));
	const head = Buffer.from([0xFF, marker, 0, 0]);
	head.writeUInt16BE(body.length + 2, 2);
	return Buffer.concat([head, body]);
}

/** Writes value's category and bits (F.1.2.1). */
function amount(bits, table, run, value) {
	const size = value === 0 ? 0 : 32 - Math.clz32(Math.abs(value));
	const symbol = run << 4 | size;
	bits.put(table.codes[symbol], table.lengths[symbol]);
	bits.put(value < 0 ? value + (1 << size) - 1 : value, size);
}

/** The JPEG file of a picture of width x height grey bytes. quality: 1 to 100; dpi goes into the JFIF header. */
export function encodeJPEG(pixels, width, height, quality, dpi) {
	const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
	const quantum = luminance.map(value => Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))));
	const bits = new Bits();
	const block = new Float32Array(64);
	const rows = new Float32Array(64);
	const values = new Int32Array(64);
	let before = 0;
	for (let top = 0; top < height; top += 8) {
		for (let left = 0; left < width; left += 8) {
			for (let y = 0; y < 8; y++)
				for (let x = 0; x < 8; x++)
					block[y * 8 + x] = pixels[Math.min(top + y, height - 1) * width + Math.min(left + x, width - 1)] - 128;
			transform(block, rows);
			transform(rows, block);
			for (let at = 0; at < 64; at++) values[at] = Math.round(block[zigzag[at]] / quantum[zigzag[at]]);
			amount(bits, dc, 0, values[0] - before);
			before = values[0];
			let zeros = 0;
			for (let at = 1; at < 64; at++) {
				if (values[at] === 0) { zeros++; continue; }
				for (; zeros > 15; zeros -= 16) bits.put(ac.codes[0xF0], ac.lengths[0xF0]);
				amount(bits, ac, zeros, values[at]);
				zeros = 0;
			}
			if (zeros > 0) bits.put(ac.codes[0], ac.lengths[0]);
		}
	}
	return Buffer.concat([
		Buffer.from([0xFF, 0xD8]),
		segment(0xE0, Buffer.from("JFIF\0"), [1, 1, 1, dpi >> 8, dpi & 255, dpi >> 8, dpi & 255, 0, 0]),
		segment(0xDB, [0], Array.from(zigzag, at => quantum[at])),
		segment(0xC0, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
		segment(0xC4, [0x00], dcTable),
		segment(0xC4, [0x10], acTable),
		segment(0xDA, [1, 1, 0x00, 0, 63, 0]),
		bits.finish(),
		Buffer.from([0xFF, 0xD9]),
	]);
}

/** The one-dimensional transform of each row of from, written into to as columns; twice gives the two-dimensional one. */
function transform(from, to) {
	for (let row = 0; row < 8; row++) {
		for (let u = 0; u < 8; u++) {
			let sum = 0;
			for (let x = 0; x < 8; x++) sum += from[row * 8 + x] * cosines[u * 8 + x];
			to[u * 8 + row] = sum;
		}
	}
}
