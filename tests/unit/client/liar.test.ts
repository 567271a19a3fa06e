import { sessions, tellLies } from "./lies.js";

const lies = 104;

describe("a server that knows the keys and lies", () => {
	Object.entries(sessions).forEach(([name, options], i) => {
		it(`gets nowhere: ${name}`, function () {
			this.timeout(60_000);
			return tellLies(options, 4711 + i, lies);
		});
	});
});
