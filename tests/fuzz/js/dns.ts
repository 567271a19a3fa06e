/** A name server's answer to the question where a service is. */
import { ProtocolError } from "../../../modules/errors/errors.js";
import { readAnswer } from "../../../modules/net/services.js";
import { ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { outcome } from "../guide/target.js";

const query = hex("1234");

export function run(bytes: Uint8Array): string {
	return outcome([ProtocolError], () => {
		const services = readAnswer(bytes, query);
		ok(services.length <= 8 && services.every(({ host, port }) => host !== "" && host.length <= 255 && /^[\x21-\x7E]+$/.test(host) && port >= 0 && port <= 65535), "a service that can't be");
		return services.map(({ host, port }) => `${host}:${port}`).join();
	});
}

export const length = 600;
const head = "123481800001", question = "095f6b65726265726f73045f74637004484f4d45045445535400" + "00210001";
export const seeds = (): Uint8Array[] => [
	`${head}000100000000${question}c00c0021000100000e10000b000000000058026463c01b`,
	`${head}000200000000${question}c00c00050001000000000002c00cc00c0021000100000e10000c000a00010058016101620000`, `${head}000000000000${question}`, `12348183${"0001000000000000"}${question}`,
].map(hex);
