/**
 * A world by chance: scans come, grow and are replaced, the wire fails, the app and the server are killed, others write to the same folder of the share. A model knows what
 * may be there at any time, and what has to be there in the end: every scan once, whole, under its name or a numbered one; what is others' as they left it. The
 * seed says what happens; the machine, at which moment: most steps come at a message on the wire, which is nearly the same each time.
 */
import { createHash } from "node:crypto";
import { chownSync, closeSync, existsSync, fstatSync, linkSync, lstatSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { shareName } from "../../modules/client/share-name.js";
import { numberedName } from "../../modules/uploader/naming.js";
import { Dice } from "../support/dice.js";
import { type Message, Proxy } from "../support/proxy.js";
import { type Run, type Values, deviceSlots, host, runApp } from "../support/run.js";
import { type Samba, openConnections, startSamba } from "../support/samba.js";
import { Scanner, noise } from "../support/scanner.js";

const temporary = /^\.scan-[0-9a-f]{8}-[0-9]+\.part$/;
/** What scans are called, and others' files: few, so that they meet. */
const names = [
	"scan.pdf", "SCAN.PDF", "scan (2).pdf", "scan0001.jpg", "scan0002.jpg", "no extension", "Übergröße 📠.tif", "12:30 what?.pdf", "ends with a period.", " two  blanks .png", "a&b'c$(d);%e.pdf", `${"long ".repeat(40)}.pdf`,
] as const;
/** A scanner without a clock writes this into every file. */
const noClock = Date.UTC(2023, 0, 1);
/**
 * Samba looks whether a name is taken and renames then (docs/DESIGN.md, "Rename without replacement"): what somebody else lays down under that name between the two is lost. Only a
 * file that is younger than the scan's rename by no more than this may go so.
 */
const renameInstantMs = 100;
const looksEveryMs = 20;
/** A run over a network that does not fail takes a second. Samba takes 35 of them to be sure that nobody gives an oplock back. */
const longestRunMs = 30_000;

/** What some scan holds, under one name and those that are the same to the share. */
interface Expected {
	readonly size: number;
	/** As the scanner calls it; with equal content there may be several. */
	readonly names: Set<string>;
	/** How often it lay here. */
	placements: number;
	/** Whether it lay here long enough, to the end or until the app had dealt with it, so that it has to arrive. */
	required: boolean;
	/** Copies that others took away from the share, and of those the ones that the app may not have known of. */
	taken: number;
	unknown: number;
}

interface Foreign { hash: string; changedMs: number }

function read(path: string): Uint8Array { return new Uint8Array(readFileSync(path)); }

function hashOf(bytes: Uint8Array): string { return createHash("sha1").update(bytes).digest("hex"); }

/** Names that the share may count as one, "a (2).pdf" and "A.pdf", for equal content. */
function family(name: string): string { return name.toLowerCase().replace(/( \([0-9]+\))+(?=\.[^.]*$|$)/, ""); }

/** Whether a scan of that name may stand on the share under the other one. */
function fits(name: string, there: string): boolean {
	if (there === shareName(name)) return true;
	for (let n = 2; n < 50; n++) {
		if (there === shareName(numberedName(name, n))) return true;
	}
	return false;
}

class World {
	readonly #seed: number;
	readonly #dice: Dice;
	readonly #samba: Samba;
	readonly #scanner = new Scanner();
	readonly #settings: Values;
	/** Half of the worlds have a device's slots, the others the manifest's. */
	readonly #hostOptions: readonly string[];
	readonly #after: "keep" | "move" | "delete";
	readonly #single: boolean;
	readonly #path = "scans/of a house";
	readonly #folder: string;
	#proxy!: Proxy;

	readonly #expected = new Map<string, Expected>();
	/** Keys of #expected: the content that each name here has now, as the scanner left it. */
	readonly #here = new Map<string, string>();
	readonly #foreign = new Map<string, Foreign>();
	/** Folders of the share that somebody has moved away. */
	readonly #aside: string[] = [];
	/** Names of scans of which the app has said that they arrived, since they last came. */
	readonly #said = new Set<string>();
	/** Files of the share, by name and inode, that were looked at. */
	readonly #seen = new Set<string>();
	readonly #problems: string[] = [];
	readonly #story: string[] = [];
	readonly #began = performance.now();
	#ids = 0;
	#over = false;
	#killed = false;
	#kill: ((signal: NodeJS.Signals) => void) | undefined;
	#restarting: Promise<void> | undefined;
	/** What is to happen, and at which message. */
	#steps = 0;
	#left = 0;
	#growing: string | undefined;
	lost = 0;

	constructor(seed: number, samba: Samba) {
		const dice = this.#dice = new Dice(seed);
		this.#seed = seed;
		this.#hostOptions = seed % 2 === 0 ? deviceSlots : [];
		this.#samba = samba;
		this.#folder = join(samba.folderOf(), this.#path);
		this.#after = this.#pick(["keep", "move", "delete"]);
		this.#single = dice.below(2) === 0;
		const dialect = this.#pick(["3.1.1", "3.1.1", "3.0", "2.1", "2.0.2"]);
		this.#settings = {
			path: this.#path, after: this.#after, dialect, verbose: true, timeout: 1, patience: this.#pick([2, 60]),
			encryption: dialect.startsWith("3") && dice.below(3) === 0 ? "required" : "on-demand",
			verify: dice.below(4) === 0 ? "content" : "length",
		};
		this.#steps = 25 + dice.below(30);
		this.#left = dice.below(10);
	}

	async run(): Promise<string | undefined> {
		this.#proxy = await Proxy.start({ port: this.#samba.port, request: message => this.#message(message), reply: message => this.#message(message) });
		const looking = setInterval(() => this.#look(), looksEveryMs);
		try {
			this.#tell([JSON.stringify(this.#settings), ...this.#hostOptions, ...this.#single ? [] : ["watch=1"]].join(" "));
			this.#put();
			const app = this.#runApps();
			for (let last = 0; this.#steps > 0; await sleep(5)) {
				// Where nothing passes the world goes on all the same.
				if (last !== this.#steps + this.#left) last = this.#steps + this.#left;
				else if (this.#dice.below(20) === 0) this.#step();
			}
			await this.#restarting;
			this.#over = true;
			this.#growing = undefined;
			// A single run ends by itself sooner or later, the other one is ended.
			if (!this.#single || this.#dice.below(2) === 0) this.#end();
			await app;
			await this.#settle();
			this.#check();
		}
		catch (error) {
			this.#problems.push(String((error as Error).stack));
		}
		finally {
			clearInterval(looking);
			await this.#restarting;
			await this.#proxy.close();
			this.#scanner.remove();
		}
		if (this.#problems.length === 0) return undefined;
		const capture = process.env["MODEL_CAPTURES"];
		if (capture !== undefined) this.#proxy.writeCapture(join(capture, `${this.#seed}.pcap`));
		return `${this.#problems.join("\n")}\n${this.#story.join("\n")}`;
	}

	#pick<T>(values: readonly T[]): T { return values[this.#dice.below(values.length)]!; }

	#tell(line: string): void { this.#story.push(`${((performance.now() - this.#began) / 1000).toFixed(3)} ${line}`); }

	#wrong(problem: string): void {
		this.#tell(`WRONG: ${problem}`);
		if (this.#problems.length < 5) this.#problems.push(problem);
	}

	// ---- what happens ----

	/** Each message on the wire may be the one at which something happens. */
	#message(message: Message): Uint8Array | undefined {
		if (this.#steps === 0 || --this.#left > 0) return message.bytes;
		return this.#step(message);
	}

	#step(message?: Message): Uint8Array | undefined {
		this.#steps--;
		this.#left = this.#dice.below(this.#dice.below(3) === 0 ? 200 : 15);
		const bytes = message?.bytes;
		const what = this.#dice.below(100);
		if (what < 22) this.#put();
		else if (what < 30) this.#grow();
		else if (what < 48) this.#foreigner();
		else if (what < 56) this.#end();
		else if (what < 60) this.#restart();
		else if (what < 64 && !this.#restarting) {
			this.#tell("the server's processes are killed");
			this.#samba.cutConnections();
		}
		else if (message) return this.#fault(message);
		return bytes;
	}

	#fault(message: Message): Uint8Array | undefined {
		const { bytes } = message;
		const kind = this.#pick(["reset before", "reset after", "close before", "close after", "half", "stall", "stall", "short stall"]);
		this.#tell(`${kind}: connection ${message.connection}, ${message.direction} ${message.index}, command ${message.command}`);
		switch (kind) {
			case "reset before": case "close before":
				message.cut(kind === "reset before");
				return undefined;
			case "reset after": case "close after":
				setTimeout(() => message.cut(kind === "reset after"), this.#dice.below(4));
				return bytes;
			case "half":
				message.stall(60_000);
				setTimeout(() => message.cut(true), 2);
				return bytes.slice(0, 4 + (bytes.length >> 1));
			case "short stall":
				message.stall(20 + this.#dice.below(200));
				return bytes;
			default:
				message.stall(900 + this.#dice.below(1200));
				return bytes;
		}
	}

	#end(): void {
		if (!this.#kill) return;
		this.#tell("the app is killed");
		this.#killed = true;
		this.#kill("SIGKILL");
		this.#kill = undefined;
	}

	#restart(): void {
		if (this.#restarting) return;
		const signal = this.#pick(["SIGKILL", "SIGTERM"] as const);
		this.#tell(`the server is ended by ${signal}`);
		this.#restarting = this.#samba.restart(this.#dice.below(300), signal).then(() => {
			this.#tell("the server is back");
			this.#restarting = undefined;
		});
	}

	async #runApps(): Promise<void> {
		while (!this.#over) {
			this.#killed = false;
			const run = await this.#runApp(this.#single ? {} : { watch: 1 });
			this.#tell(`the app has ended with ${run.code}:\n${run.text}`);
			if (!(run.code === 0 || run.code === 1 || (run.code === 128 && this.#killed))) this.#wrong(`the app ended with ${run.code}`);
			if (!this.#over) await sleep(this.#dice.below(100));
		}
	}

	#runApp(more: Values): Promise<Run> {
		const { share, user, password } = this.#samba;
		return runApp(this.#scanner.settings({ address: "127.0.0.1", port: this.#proxy.port, share, user, password }, { ...this.#settings, ...more }), {
			variant: "release", timeoutMs: 200_000, hostOptions: this.#hostOptions,
			onStart: kill => { this.#kill = kill; },
			onLine: line => {
				const [, name] = /^ {2}(.+): .*\/s, arrived as /.exec(line) ?? [];
				if (name !== undefined) this.#said.add(name);
			},
		});
	}

	// ---- scans ----

	/** One scan or several come, in one moment each. */
	#put(): void {
		for (let count = this.#dice.below(4) === 0 ? 2 + this.#dice.below(5) : 1; count > 0; count--) {
			const name = this.#pick(names);
			const size = this.#pick([0, 1, 1 + this.#dice.below(3000), 1 + this.#dice.below(3000), 16_384 * (1 + this.#dice.below(4)), 1 + this.#dice.below(400_000), 1_500_000 + this.#dice.below(1_000_000)]);
			// Now and then what another scan holds, too.
			const [copied] = this.#dice.below(10) === 0 ? [...this.#here.keys()] : [];
			const bytes = copied !== undefined && existsSync(this.#scanner.path(copied)) ? read(this.#scanner.path(copied)) : noise(size, 1000 * ++this.#ids);
			if (bytes.length >= 8) bytes.set(copied !== undefined ? [] : new TextEncoder().encode(`#${this.#ids}`));
			// A constant time tells nothing: size and name may be the same as well (with the content, too, it would be the scan that has arrived, and stay here). Other times are never the same for one name.
			const time = this.#dice.below(5) === 0 && bytes.length >= 8 && copied === undefined ? noClock : Date.UTC(2024, 0, 1, 1, 1, 1) + (this.#dice.below(3) === 0 ? 0 : this.#ids * 1000) + this.#ids;
			this.#lay(name, bytes, time);
		}
	}

	#lay(name: string, bytes: Uint8Array, time: number): boolean {
		const path = this.#scanner.path(name), hidden = this.#scanner.path(".coming");
		writeFileSync(hidden, bytes);
		utimesSync(hidden, time / 1000, time / 1000);
		if (this.#after === "keep") {
			// It takes the place of what the name had, which may have arrived or not.
			renameSync(hidden, path);
			const before = this.#here.get(name);
			if (before !== undefined) this.#expected.get(before)!.required = false;
		}
		else {
			try {
				linkSync(hidden, path);
			}
			catch (error) {
				if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
				return false;
			}
			finally { unlinkSync(hidden); }
		}
		this.#expect(name, bytes, true);
		this.#tell(`${name} comes: ${bytes.length} bytes, ${hashOf(bytes).slice(0, 8)}`);
		return true;
	}

	#expect(name: string, bytes: Uint8Array, required: boolean): void {
		const key = `${hashOf(bytes)} ${family(name)}`;
		let expected = this.#expected.get(key);
		if (!expected) this.#expected.set(key, expected = { size: bytes.length, names: new Set(), placements: 0, required, taken: 0, unknown: 0 });
		expected.names.add(name);
		expected.placements++;
		expected.required ||= required;
		this.#here.set(name, key);
		this.#said.delete(name);
	}

	/** A scan becomes longer. Each length that it has for a while may be taken for the whole scan; the last one is. */
	#grow(): void {
		const name = this.#growing ?? this.#pick(names);
		let more = noise(1 + this.#dice.below(30_000), 1000 * ++this.#ids);
		if (!this.#growing) {
			if (existsSync(this.#scanner.path(name))) return;
			this.#growing = name;
			this.#lay(name, more, Date.now());
			return;
		}
		if (this.#dice.below(4) === 0) this.#growing = undefined;
		let fd: number;
		try { fd = openSync(this.#scanner.path(name), "r+"); }
		catch {
			// Moved or deleted: it was taken for whole.
			this.#growing = undefined;
			return;
		}
		try {
			const before = this.#here.get(name)!;
			writeSync(fd, more, 0, more.length, fstatSync(fd).size);
			const there = existsSync(this.#scanner.path(name)) ? statSync(this.#scanner.path(name)).ino : 0;
			if (there !== fstatSync(fd).ino) {
				this.#wrong(`${name} was taken away between two calls: the test's own fault`);
				return;
			}
			const last = this.#expected.get(before)!;
			last.required = false;
			more = read(this.#scanner.path(name));
			this.#expect(name, more, true);
			this.#tell(`${name} grows to ${more.length} bytes, ${hashOf(more).slice(0, 8)}`);
		}
		finally { closeSync(fd); }
	}

	// ---- others on the share ----

	#foreigner(): void {
		if (!existsSync(this.#folder)) {
			if (this.#dice.below(2) === 0) return;
			// As the server's user: it has to be able to write there.
			for (const folder of [join(this.#folder, ".."), this.#folder]) mkdirSync(folder, { recursive: true, mode: 0o777 });
			this.#own(join(this.#folder, ".."));
			this.#own(this.#folder);
		}
		this.#look();
		const there = readdirSync(this.#folder).filter(name => !temporary.test(name));
		const scans = there.filter(name => !this.#foreign.has(name) && statSync(join(this.#folder, name)).isFile());
		const [foreign] = this.#foreign.size > 0 ? [this.#pick([...this.#foreign.keys()])] : [];
		switch (this.#dice.below(12)) {
			case 0: case 1: case 2: case 3:
				this.#create(this.#anyName());
				break;
			case 4:
				if (foreign === undefined) return;
				this.#tell(`others delete ${foreign}`);
				unlinkSync(join(this.#folder, foreign));
				this.#foreign.delete(foreign);
				break;
			case 5:
				if (foreign === undefined) return;
				this.#tell(`others replace ${foreign}`);
				unlinkSync(join(this.#folder, foreign));
				this.#foreign.delete(foreign);
				this.#create(foreign);
				break;
			case 6: case 7:
				if (foreign !== undefined) this.#renameForeign(foreign, this.#anyName());
				break;
			case 8:
				if (scans.length === 0) return;
				this.#take(this.#pick(scans));
				break;
			case 9: {
				// A scan under another scan's name: from now on it is theirs.
				if (scans.length === 0) return;
				const name = this.#pick(scans), bytes = read(join(this.#folder, name));
				this.#take(name, true);
				const fd = { hash: hashOf(bytes), changedMs: 0 };
				this.#foreign.set(name, fd);
				this.#renameForeign(name, this.#anyName());
				break;
			}
			case 10: {
				const parts = readdirSync(this.#folder).filter(name => temporary.test(name));
				if (parts.length === 0) return;
				this.#tell(`others delete ${parts[0]}`);
				unlinkSync(join(this.#folder, parts[0]!));
				// Whose inode the file system gives to the next that comes.
				if (this.#dice.below(2) === 0) this.#create(this.#anyName());
				break;
			}
			default: {
				if (this.#dice.below(3) > 0) return;
				this.#tell("others move the folder away");
				for (const name of scans) this.#note(name);
				for (const name of there) this.#foreign.delete(name);
				const aside = join(this.#samba.folderOf(), `aside ${this.#path.replace("/", " ")} ${this.#aside.length}`);
				renameSync(this.#folder, aside);
				this.#aside.push(aside);
			}
		}
	}

	#anyName(): string {
		const name = shareName(this.#pick(names));
		return this.#dice.below(4) === 0 ? numberedName(name, 2) : name;
	}

	#own(path: string): void {
		const { uid, gid } = statSync(this.#samba.folderOf());
		if (process.getuid?.() === 0) chownSync(path, uid, gid);
	}

	/** Others lay a file down, where the name is free in any letters. */
	#create(name: string): void {
		const path = join(this.#folder, name);
		if (this.#taken(name)) return;
		// Sometimes the very scan that is to come, copied by hand.
		const local = this.#scanner.path(names.find(each => shareName(each) === name) ?? "?");
		const bytes = this.#dice.below(12) === 0 && existsSync(local) ? read(local) : noise(this.#dice.below(5000), 1000 * ++this.#ids);
		const copied = [...this.#here.values()].find(key => key.startsWith(hashOf(bytes)) && this.#expected.get(key)!.names.has(names.find(each => shareName(each) === name) ?? ""));
		try { writeFileSync(path, bytes, { flag: "wx", mode: 0o666 }); }
		catch (error) {
			if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
			throw error;
		}
		this.#own(path);
		this.#tell(`others lay down ${name}: ${bytes.length} bytes${copied ? ", the scan's own" : ""}`);
		if (copied) {
			// Nobody can tell it from the scan's: it counts as if it had arrived once more.
			const expected = this.#expected.get(copied)!;
			expected.placements++;
			this.#seen.add(this.#sight(name));
		}
		else this.#foreign.set(name, { hash: hashOf(bytes), changedMs: statSync(path).ctimeMs });
	}

	#taken(name: string): boolean { return readdirSync(this.#folder).some(each => each.toLowerCase() === name.toLowerCase()); }

	#renameForeign(from: string, to: string): void {
		if (this.#taken(to)) return;
		const path = join(this.#folder, to);
		linkSync(join(this.#folder, from), path);
		unlinkSync(join(this.#folder, from));
		this.#tell(`others rename ${from} to ${to}`);
		const { hash } = this.#foreign.get(from)!;
		this.#foreign.delete(from);
		this.#foreign.set(to, { hash, changedMs: statSync(path).ctimeMs });
	}

	/** Somebody takes a scan from the share. */
	#take(name: string, kept = false): void {
		this.#note(name);
		this.#tell(`others take ${name}${kept ? "" : " away"}`);
		if (!kept) unlinkSync(join(this.#folder, name));
	}

	/** A scan is about to leave the share. */
	#note(name: string): void {
		const found = this.#scanOf(name, read(join(this.#folder, name)));
		if (!found) return;
		found.taken++;
		// The app is sure of it from when it says so; before, it sends it again.
		if (![...found.names].some(each => this.#said.has(each))) found.unknown++;
	}

	// ---- what is seen ----

	/** Which scan's that is; undefined where it is none's. */
	#scanOf(name: string, bytes: Uint8Array): Expected | undefined {
		const hash = hashOf(bytes);
		for (const [key, expected] of this.#expected) {
			if (key.startsWith(hash) && [...expected.names].some(each => fits(each, name))) return expected;
		}
		return undefined;
	}

	#sight(name: string): string {
		const { ino, size, ctimeMs } = lstatSync(join(this.#folder, name));
		return `${ino} ${size} ${ctimeMs} ${name}`;
	}

	/** Under a final name there is never anything but a whole scan; and what is others' stays as it is. */
	#look(): void {
		if (!existsSync(this.#folder)) return;
		const there = new Set(readdirSync(this.#folder));
		for (const [name, foreign] of this.#foreign) {
			const bytes = there.has(name) ? read(join(this.#folder, name)) : undefined;
			if (bytes && hashOf(bytes) === foreign.hash) continue;
			this.#foreign.delete(name);
			const after = bytes && this.#scanOf(name, bytes) ? lstatSync(join(this.#folder, name)).ctimeMs - foreign.changedMs : Infinity;
			if (after <= renameInstantMs) {
				this.lost++;
				this.#tell(`others' ${name} was laid down in the instant of a rename, and lost`);
			}
			else this.#wrong(`others' ${name} was ${bytes ? "changed" : "removed"}${after < Infinity ? ` ${after} ms after it came` : ""}`);
		}
		for (const name of there) {
			if (temporary.test(name) || this.#foreign.has(name)) continue;
			const sight = this.#sight(name);
			if (this.#seen.has(sight)) continue;
			this.#seen.add(sight);
			const bytes = read(join(this.#folder, name));
			if (!this.#scanOf(name, bytes)) this.#wrong(`${name} on the share is no whole scan of that name: ${bytes.length} bytes, ${hashOf(bytes).slice(0, 8)}`);
			else this.#tell(`${name} stands on the share: ${hashOf(bytes).slice(0, 8)}`);
		}
	}

	// ---- the end ----

	/** Lets all that is under way come to rest, and has the app run twice over a network that does not fail: what is left afterwards is left for good. */
	async #settle(): Promise<void> {
		this.#proxy.cutAll();
		for (const end = Date.now() + 20_000; openConnections(this.#samba) > 0 && Date.now() < end;) await sleep(20);
		for (const name of ["last 1.pdf", "last 2.pdf"]) {
			this.#lay(name, noise(1000, ++this.#ids), Date.UTC(2025, 0, 1, 1, 1, 1));
			const run = await this.#runApp({ patience: 60 });
			this.#tell(`the run with ${name}:\n${run.text}`);
			if (run.ms > longestRunMs) this.#wrong(`over a network that does not fail the app took ${Math.round(run.ms / 1000)} s`);
			if (run.code !== 0) this.#wrong(`over a network that does not fail the app ended with ${run.code}`);
			if (name === "last 2.pdf" && !/^1 scan arrived/m.test(run.text)) this.#wrong("the last run sent more than the last scan");
			this.#look();
		}
	}

	#check(): void {
		const found = new Map<Expected, string[]>();
		for (const name of readdirSync(this.#folder)) {
			if (this.#foreign.has(name)) continue;
			if (temporary.test(name)) {
				this.#wrong(`${name} was left on the share`);
				continue;
			}
			const expected = this.#scanOf(name, read(join(this.#folder, name)));
			if (!expected) this.#wrong(`${name} on the share is no whole scan of that name`);
			else found.set(expected, [...found.get(expected) ?? [], name]);
		}
		for (const [key, expected] of this.#expected) {
			const all = found.get(expected) ?? [];
			const which = `${[...expected.names].join(", ")} (${expected.size} bytes)`;
			// Others' file with the same content is as good.
			const others = [...this.#foreign].some(([name, { hash }]) => key.startsWith(hash) && [...expected.names].some(each => fits(each, name)));
			if (expected.required && !others && all.length + expected.taken === 0) this.#wrong(`${which} did not arrive`);
			if (all.length + expected.taken > expected.placements + expected.unknown) this.#wrong(`${which} arrived more than once: ${all.join(", ")}, ${expected.taken} taken away`);
		}
		this.#checkHere();
	}

	#checkHere(): void {
		const here = this.#scanner.names();
		const moved = existsSync(this.#scanner.path("sent")) ? readdirSync(this.#scanner.path("sent")) : [];
		if (this.#after === "keep") {
			for (const [name, key] of this.#here) {
				if (!here.includes(name) || !key.startsWith(hashOf(read(this.#scanner.path(name))))) this.#wrong(`${name} is not here any more as it was`);
			}
			if (here.length !== this.#here.size) this.#wrong(`here: ${here.join(", ")}`);
			return;
		}
		if (here.join() !== (this.#after === "move" ? "sent" : "")) this.#wrong(`here: ${here.join(", ")}`);
		if (this.#after === "delete") return;
		const counts = new Map<string, number>();
		for (const name of moved) {
			const hash = hashOf(read(join(this.#scanner.path("sent"), name)));
			counts.set(hash, (counts.get(hash) ?? 0) + 1);
		}
		for (const [key, expected] of this.#expected) {
			if (expected.required && !counts.has(key.slice(0, 40))) this.#wrong(`${[...expected.names].join(", ")} (${expected.size} bytes) is not in sent`);
		}
		for (const hash of counts.keys()) {
			if (![...this.#expected.keys()].some(key => key.startsWith(hash))) this.#wrong(`a file in sent is no scan: ${hash.slice(0, 8)}`);
		}
	}
}

/** Runs the world of that seed; settles with what is wrong, undefined if nothing is. lost: told how many files went in the instant of a rename. */
export async function runWorld(seed: number, lost: (count: number) => void): Promise<string | undefined> {
	await host(64, "release");
	const samba = await startSamba({ shares: [{ name: "scans", options: { "kernel oplocks": "no", "kernel share modes": "no", "posix locking": "no" } }] });
	try {
		const world = new World(seed, samba);
		const problem = await world.run();
		lost(world.lost);
		return problem;
	}
	finally { await samba.stop(); }
}
