/** MD4 (RFC 1320), which Node's OpenSSL no longer offers. For tests only: nothing is wiped. */

const order = [
	[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
	[0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
	[0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
] as const;
const shifts = [[3, 7, 11, 19], [3, 5, 9, 13], [3, 9, 11, 15]] as const;
const constants = [0, 0x5A827999, 0x6ED9EBA1] as const;
const mix = [
	(x: number, y: number, z: number) => x & y | ~x & z,
	(x: number, y: number, z: number) => x & y | x & z | y & z,
	(x: number, y: number, z: number) => x ^ y ^ z,
] as const;

export class MD4 {
	#message: number[] = [];

	update(bytes: Uint8Array): this {
		for (const byte of bytes) this.#message.push(byte);
		return this;
	}

	digest(): Uint8Array {
		const bits = this.#message.length * 8;
		const message = [...this.#message, 0x80];
		while (message.length % 64 !== 56) message.push(0);
		const view = new DataView(new ArrayBuffer(message.length + 8));
		message.forEach((byte, at) => view.setUint8(at, byte));
		view.setUint32(message.length, bits, true);
		view.setUint32(message.length + 4, Math.floor(bits / 0x1_0000_0000), true);

		let state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476];
		for (let block = 0; block < view.byteLength; block += 64) {
			let [a, b, c, d] = state as [number, number, number, number];
			for (let round = 0; round < 3; round++) {
				for (let step = 0; step < 16; step++) {
					const word = view.getUint32(block + order[round]![step]! * 4, true);
					const sum = a + mix[round]!(b, c, d) + word + constants[round]! | 0;
					const shift = shifts[round]![step % 4]!;
					[a, b, c, d] = [d, sum << shift | sum >>> 32 - shift, b, c];
				}
			}
			state = [state[0]! + a | 0, state[1]! + b | 0, state[2]! + c | 0, state[3]! + d | 0];
		}
		const result = new DataView(new ArrayBuffer(16));
		state.forEach((word, at) => result.setUint32(at * 4, word, true));
		return new Uint8Array(result.buffer);
	}
}
