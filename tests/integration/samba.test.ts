/** What the tests' Samba tells of itself. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { deepEqual, equal, ok } from "../support/assert.js";
import { type Samba, holdOpen, otherClock, startSamba } from "../support/samba.js";
import { putOnShare } from "../support/scanner.js";

describe("the tests' Samba", function () {
	this.timeout(30_000);
	let samba: Samba;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());

	function children(): number[] {
		return readFileSync(`/proc/${samba.pid}/task/${samba.pid}/children`, "utf8").trim().split(" ").map(Number);
	}

	it("knows connections from smbd's own helpers, whichever process has the lower number", async () => {
		putOnShare(samba, "scan.pdf", new Uint8Array(1));
		const release = await holdOpen(samba, "scan.pdf");
		try {
			// The one that asked whether it is up may not have ended yet.
			while (samba.connections().length > 1) await sleep(20);
			const connections = samba.connections();
			equal(connections.length, 1);
			// It starts them anew, with higher numbers than the connection's.
			const helpers = children().filter(pid => !connections.includes(pid));
			for (const pid of helpers) process.kill(pid, "SIGKILL");
			while (children().filter(pid => !helpers.includes(pid)).length < 3) await sleep(20);
			deepEqual(samba.connections(), connections);
		}
		finally { await release(); }
	});

	it("takes away what killed programs have left of libfaketime's memory, and nobody else's", () => {
		const nameOf = (pid: number): string => `/dev/shm/sem.faketime_sem_${pid}`, dead = nameOf(spawnSync("true").pid), alive = nameOf(process.pid);
		for (const path of [dead, alive]) writeFileSync(path, "");
		try {
			ok(otherClock("+0")["LD_PRELOAD"]!.includes("libfaketime"));
			deepEqual([dead, alive].map(path => existsSync(path)), [false, true]);
		}
		finally { for (const path of [dead, alive]) rmSync(path, { force: true }); }
	});
});
