/** What the XS engine takes: per WRITE, until the first packet, and as the work grows. Of this project's client alone. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Obstacle } from "../../tools/steps.mjs";
import { callgrind, readCounts } from "../callgrind.mjs";
import { execute, file, forget, median, ours, scratch, signed, upload } from "../clients.mjs";
import { peakOf, reportOf } from "./memory.mjs";
import { measured } from "./time.mjs";

/** count files of 10 KB in a folder; the path of one. */
function files(count) {
	const folder = join(scratch, `scans-${count}-files`);
	if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
	for (let i = readdirSync(folder).filter(name => !name.startsWith(".")).length; i < count; i++) writeFileSync(join(folder, `scan ${i}.pdf`), Buffer.alloc(10_000, i + 1));
	return join(folder, "scan 0.pdf");
}

/** Instructions of the whole process. */
async function counted(client, samba, path) {
	const { file, before } = callgrind("engine");
	await upload(client, signed, samba, samba, path, { before });
	return readCounts(file).total;
}

/** Instructions until connect(), and until the app's machine is made of the preloaded one. */
async function countedStart(client, samba) {
	const { file: base, before } = callgrind("start", "--dump-before=fxCloneMachine", "--dump-before=connect");
	await upload(client, signed, samba, samba, file(0), { before });
	const [built, connected] = [1, 2].map(part => readCounts(`${base}.${part}`).total);
	return { built, app: connected };
}

/** Milliseconds from a process's start to its TCP connection. */
async function startMs(client, samba) {
	const times = [];
	for (let run = 0; run < 5; run++) {
		let start;
		const server = createServer(socket => { times.push(performance.now() - start); socket.on("error", () => {}).destroy(); });
		await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
		const [command, args] = client.command(signed, { address: "127.0.0.1", port: server.address().port, share: "x", user: "x", password: "x" }, file(0));
		forget(join(file(0), ".."), samba);
		start = performance.now();
		await execute(command, [...args, "patience=0"], { timeoutMs: 5000 });
		server.close();
	}
	return median(times);
}

/** What tests/budgets/fixtures/write.ts says. */
async function perWrite(samba, { executable, moduleList }, encryption) {
	const path = file(16 * 1048576);
	const { status, output } = await execute(executable, ["--main", "tests/budgets/fixtures/write", "--report", moduleList, `server=${samba.address}`, `port=${samba.port}`, `share=${samba.share}`, `user=${samba.user}`, `password=${samba.password}`, `file=${path}`, `size=${16 * 1048576}`, `name=${encryption ?? "signed"}.pdf`, ...encryption ? [`encryption=${encryption}`] : []]);
	if (status !== 0) throw new Error(output);
	const [, slots, chunks, collections, writes, stack, native] = /^(\d+) slots, (\d+) bytes, (\d+) collections in (\d+) WRITEs, stack (\d+) slots, native stack (\d+) bytes$/m.exec(output).map(Number);
	return { slots, chunks, collections, writes, stack, native };
}

const million = count => `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} M`;
const KB = bytes => `${(bytes / 1024).toFixed(1)} KiB`;

export async function engine({ samba, host, release64, release32, table, say }) {
	if (!release32) throw new Obstacle("The 32-bit machine, whose slots are the device's, needs Linux on x86-64: nothing was measured.");
	const machine = ours(release32, ["--report"]);
	say("engine: per WRITE, start");
	const [plain, encrypted] = [await perWrite(samba, release32), await perWrite(samba, release32, "required")];
	const start = await countedStart(host, samba);
	table("The engine (32-bit machine)", ["", "signed", "sealed"], [
		[`slots, bytes of chunks, collections in ${plain.writes} WRITEs`, ...[plain, encrypted].map(({ slots, chunks, collections }) => `${slots}, ${chunks}, ${collections}`)],
		["XS stack at most during WRITEs", ...[plain, encrypted].map(({ stack }) => `${stack} slots`)],
		["native stack at most, from main() on", ...[plain, encrypted].map(({ native }) => KB(native))],
		["to the first SYN (64-bit host): instructions of the app; before it, to parse and preload what a device has in flash", million(start.app), million(start.built)],
		["to the first SYN (64-bit host): by the clock, both", `${(await startMs(host, samba)).toFixed(0)} ms`, ""],
	]);
	const rows = [];
	for (const count of [1, 10, 100, 1000]) {
		say(`engine: ${count} files`);
		const path = files(count), report = reportOf(await upload(machine, signed, samba, samba, path));
		const all = await counted(host, samba, path);
		rows.push([`${count} × 10 KB`, million(all), (await measured(host, signed, samba, path)).cpu.toFixed(2), KB(peakOf(report)), KB(report.stackPeak * 16), report.collections]);
	}
	for (const megabytes of [1, 10, 100, 1000]) {
		say(`engine: ${megabytes} MB`);
		const path = file(megabytes * 1e6), report = reportOf(await upload(machine, signed, samba, samba, path));
		const all = megabytes <= 100 ? million(await counted(host, samba, path)) : "not counted: callgrind takes minutes";
		rows.push([`1 × ${megabytes} MB`, all, (await measured(host, signed, samba, path)).cpu.toFixed(2), KB(peakOf(report)), KB(report.stackPeak * 16), report.collections]);
	}
	table("As the work grows, 3.1.1 signed", ["", "instructions, 64-bit host, whole process", "processor, s", "XS: slots, chunks and stack reserved, 32 bits", "of that stack used", "collections"], rows);
}
