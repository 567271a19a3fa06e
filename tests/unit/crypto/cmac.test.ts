import { Key } from "../../../hosts/crypto/key.js";
import { CMAC } from "../../../hosts/crypto/cmac.js";
import { bytesEqual } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
describe("CMAC", () => {
	it("x", () => {
		const key = new Key(16); key.load(hex("2b7e1516 28aed2a6 abf71588 09cf4f3c"), 0);
		const cmac = new CMAC(key); const b = new Uint8Array(16);
		cmac.sign(b, 0, 0, 0);
		bytesEqual(b, "bb1d6929 e9593728 7fa37d12 9b756746");
	});
});
