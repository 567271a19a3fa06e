/** xsbug: the host logs in to whom XSBUG_HOST names, and stops on a breakpoint of a .ts line. */
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { equal, ok } from "../support/assert.js";
import { fixture, run } from "./host.js";

describe("desktop host, xsbug", function () {
	this.timeout(120_000);

	it("logs in, stops at a breakpoint in TypeScript, goes on", async () => {
		const path = join(process.cwd(), "tests", "desktop", "fixtures", "hello.ts");
		let heard = "";
		const server = createServer(socket => {
			let loggedIn = false;
			let stops = 0;
			socket.on("error", () => undefined);
			socket.on("data", bytes => {
				heard += bytes.toString();
				if (!loggedIn && heard.includes("<login")) {
					loggedIn = true;
					socket.write(`\r\n<set-all-breakpoints><breakpoint path="${path}" line="9"/></set-all-breakpoints>\r\n<go/>\r\n`);
				}
				const breaks = heard.split("<break ").length - 1;
				if (breaks > stops) {
					stops = breaks;
					socket.write("\r\n<go/>\r\n");
				}
			});
		});
		await new Promise<void>(done => server.listen(0, "127.0.0.1", done));
		const { port } = server.address() as AddressInfo;
		const { code, stdout } = await run(fixture("hello"), { environment: { XSBUG_HOST: `127.0.0.1:${port}` }, settings: ["greeting=x"] });
		server.close();
		equal(code, 0);
		ok(stdout.startsWith("hello x\n"), stdout);
		ok(heard.includes(`<break path="${path}" line="9"`), heard.slice(0, 2000));
	});

	it("runs without a debugger when nobody listens there", async () => {
		const { code, stderr } = await run(fixture("hello"), { environment: { XSBUG_HOST: "127.0.0.1:1" } });
		equal(code, 0);
		equal(stderr, "xsbug at 127.0.0.1:1: Connection refused\n");
	});

	it("connects to nobody unless told", async () => {
		equal((await run(fixture("hello"))).stderr, "");
	});
});
