/** What the transport costs the heap of the device: nothing per message. */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { equal, ok } from "../support/assert.js";
import { allBits, host, runProcess } from "../support/run.js";

/** Answers each message with one of 84 bytes. */
function answer(socket: Socket): void {
	let rest = 0;
	let prefix: number[] = [];
	socket.on("error", () => {});
	socket.on("data", (chunk: Buffer) => {
		let answers = 0;
		for (let at = 0; at < chunk.length; ) {
			if (prefix.length < 4) {
				prefix.push(chunk[at++]!);
				if (prefix.length === 4) rest = prefix[1]! << 16 | prefix[2]! << 8 | prefix[3]!;
				continue;
			}
			const part = Math.min(rest, chunk.length - at);
			at += part;
			rest -= part;
			if (rest === 0) {
				answers++;
				prefix = [];
			}
		}
		const reply = new Uint8Array(88 * answers);
		for (let i = 0; i < answers; i++) reply[88 * i + 3] = 84;
		socket.write(reply);
	});
}

describe("budgets: transport", function () {
	this.timeout(120_000);

	for (const bits of allBits) {
		for (const [window, length, count] of [[4, 16384 + 112, 600], [8, 100, 5000]] as const) {
			it(`${count} messages of ${length} bytes, ${window} under way, allocate nothing (${bits} bits)`, async () => {
				const server = createServer(answer);
				await new Promise<void>(resolve => { server.listen(0, "127.0.0.1", resolve); });
				try {
					const { port } = server.address() as AddressInfo;
					const { executable, moduleList } = await host(bits);
					const run = await runProcess(executable, ["--main", "tests/budgets/fixtures/transport", moduleList, `port=${port}`, `window=${window}`, `length=${length}`, `count=${count}`]);
					ok(run.code === 0, run.text);
					equal(/^0 slots, 0 bytes, 0 collections, (\d+) taken, stack \d+$/m.exec(run.out)?.[1], String(count), run.text);
				}
				finally { server.close(); }
			});
		}
	}
});
