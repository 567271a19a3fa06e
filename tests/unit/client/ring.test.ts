/** modules/client/ring.ts: the write pipeline's size by the memory at hand. */
import { Buffers } from "../../../modules/client/buffers.js";
import { chooseRing, reserve, ringLength } from "../../../modules/client/ring.js";
import { deepEqual, equal, ok, throws } from "../../support/assert.js";

const most = Object.freeze({ slots: 4, slotLength: 65536 });
const ofADevice = Object.freeze({ slots: 4, slotLength: 16384 });

/** All that is free is in one piece. */
const whole = (free: number) => ({ free, largest: free });

describe("the ring", () => {
	it("is as large as the manifest says where nobody counts, and where there is plenty", () => {
		deepEqual(chooseRing(most, undefined), most);
		deepEqual(chooseRing(most, { free: 8_000_000, largest: 4_000_000 }), most);
		deepEqual(chooseRing({ slots: 2, slotLength: 65536 }, { free: 8_000_000, largest: 4_000_000 }), { slots: 2, slotLength: 65536 });
	});

	it("is of four slots of 16 KiB, no more than 68 KiB, on an ESP32 without PSRAM", () => {
		deepEqual(chooseRing(most, { free: 153_000, largest: 110_000 }), ofADevice);
		deepEqual(chooseRing(most, whole(172 * 1024)), ofADevice);
		ok(ringLength(ofADevice) <= 70 * 1024, `${ringLength(ofADevice)}`);
	});

	it("knows how long the block will be", () => {
		for (const { slots, slotLength } of [most, ofADevice, { slots: 1, slotLength: 4096 }]) {
			const buffers = new Buffers(slots, slotLength);
			equal(buffers.pipeline.memory().byteLength, ringLength({ slots, slotLength }));
			buffers.close();
		}
	});

	it("has slots of more than 16 KiB only where twice 56 KiB stay free, to the byte", () => {
		equal(reserve, 56 * 1024);
		for (const slotLength of [65536, 32768]) {
			const enough = ringLength({ slots: 4, slotLength }) + 2 * reserve;
			deepEqual(chooseRing(most, whole(enough)), { slots: 4, slotLength });
			deepEqual(chooseRing(most, whole(enough - 1)), { slots: 4, slotLength: slotLength / 2 });
		}
	});

	it("is halved further where less than 56 KiB would stay free, to the byte", () => {
		for (const slotLength of [16384, 8192]) {
			const enough = ringLength({ slots: 4, slotLength }) + reserve;
			deepEqual(chooseRing(most, whole(enough)), { slots: 4, slotLength });
			deepEqual(chooseRing(most, whole(enough - 1)), { slots: 4, slotLength: slotLength / 2 });
		}
	});

	it("is halved where memory is in pieces", () => {
		for (const slotLength of [65536, 32768, 16384]) {
			const length = ringLength({ slots: 4, slotLength });
			deepEqual(chooseRing(most, { free: 1_000_000, largest: length }), { slots: 4, slotLength });
			deepEqual(chooseRing(most, { free: 1_000_000, largest: length - 1 }), { slots: 4, slotLength: slotLength / 2 });
		}
		deepEqual(chooseRing(most, { free: 200_000, largest: 30_000 }), { slots: 4, slotLength: 4096 });
	});

	it("has fewer slots at last, and refuses what would starve the network", () => {
		const two = ringLength({ slots: 2, slotLength: 4096 });
		deepEqual(chooseRing(most, { free: two + reserve, largest: two }), { slots: 2, slotLength: 4096 });
		throws(() => chooseRing(most, { free: two + reserve - 1, largest: two + reserve - 1 }), Error, /^not enough memory: the smallest write pipeline takes \d+ bytes/);
		throws(() => chooseRing(most, { free: 300_000, largest: two - 1 }), Error, /in one piece$/);
	});

	it("is never asked for a slot below 4 KiB by halving: the manifest may", () => {
		deepEqual(chooseRing({ slots: 4, slotLength: 2048 }, undefined), { slots: 4, slotLength: 2048 });
		equal(chooseRing({ slots: 8, slotLength: 4096 }, { free: 85_000, largest: 85_000 }).slots, 4);
	});
});
