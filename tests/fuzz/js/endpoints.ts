/** A platform's answers to a look-up, and connections that succeed or fail in any order. */
import { firstOf, lookUp } from "../../../modules/net/endpoints.js";
import { ProtocolError, TransportError } from "../../../modules/errors/errors.js";
import { equal, ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { settled } from "../guide/settled.js";
import { Input, outcomeOf } from "../guide/target.js";

const codes = ["ECONNREFUSED", "ETIMEDOUT", "EOF", undefined];

function addressesOf(input: Input): Promise<string[]> {
	const how = input.byte(), count = how >> 4, addresses = Array.from({ length: count }, (_, i) => `10.0.0.${i}`);
	return settled(lookUp((_host, done) => {
		const reason = (how & 1) !== 0 ? Object.assign(new Error("no"), { code: codes[how >> 1 & 3] }) : undefined;
		const answer = (): void => {
			done(reason, addresses);
			if ((how & 4) !== 0) done(undefined, ["10.9.9.9"]);
		};
		if ((how & 8) === 0) answer();
		else if ((how & 2) === 0) void Promise.resolve().then(answer);
	}, (how & 2) !== 0 && (how & 8) === 0 ? "nas.local" : "nas", 20));
}

export function run(bytes: Uint8Array): Promise<string> {
	const input = new Input(bytes), failures: Error[] = [], log: string[] = [];
	return outcomeOf([TransportError, ProtocolError, SyntaxError], async () => {
		const addresses = await addressesOf(input), ports = [445, 139].slice(0, 1 + (input.byte() & 1));
		ok(addresses.length <= 8 && addresses.length > 0, `${addresses.length} addresses`);
		let tried = 0;
		try {
			const got = await firstOf(addresses, ports, async (address, port) => {
				equal(`${address} ${port}`, `${addresses[tried % addresses.length]} ${ports[Math.floor(tried / addresses.length)]}`, "the order");
				tried++;
				const how = input.byte();
				if (how >= 192) return `${address} port ${port}`;
				const reason = how >= 128 ? new ProtocolError(`protocol ${how}`) : how === 77 ? new SyntaxError("a mistake") : new TransportError(`transport ${how}`, codes[how & 3]);
				failures.push(reason);
				throw reason;
			}, (bytes[0]! & 1) !== 0 ? undefined : line => log.push(line));
			equal(failures.length, tried - 1);
			return `${got} ${log.join()}`;
		}
		catch (error) {
			if (error instanceof SyntaxError) throw error;
			equal(tried, addresses.length * ports.length, "all were tried");
			ok((error as Error).message.startsWith(failures[0]!.message), "the first reason comes first");
			if (tried > 1) equal((error as Error).cause, failures[0]);
			throw error;
		}
	});
}

export const length = 24;
export const seeds = (): Uint8Array[] => [hex("2000c0"), hex("3001007f80ff"), hex("f00105060708"), hex("21"), hex("2a"), hex("2801 4d")];
