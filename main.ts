/** The application: settings, then transport and credentials, then the uploader. The only file that knows the platform. */
import config from "mc/config";
import { configKeys, exit, heapPeak, log, nameServers, now, print, progress, ready, resolve, settleMs, TCP, terminal, UDP } from "platform";
import Time from "time";
import Timer from "timer";
import { random } from "./hosts/crypto/random.js";
import { kerberosRealm, kerberosUserName, ntlmUserName, parseAccount } from "./modules/auth/account.js";
import { Kerberos } from "./modules/auth/kerberos/kerberos.js";
import type { Mechanism } from "./modules/auth/mechanism.js";
import { NTLM } from "./modules/auth/ntlm.js";
import { SPNEGO } from "./modules/auth/spnego.js";
import { fixedOffers, type Offers } from "./modules/client/algorithms.js";
import { Buffers } from "./modules/client/buffers.js";
import { Connection } from "./modules/client/connection.js";
import { Habits } from "./modules/client/habits.js";
import { cipherName, signingName } from "./modules/client/keys.js";
import { dialectName, negotiate, refusesOffer, type Negotiated, type Policy } from "./modules/client/negotiate.js";
import { chooseRing } from "./modules/client/ring.js";
import { selfTest } from "./modules/client/self-test.js";
import { Session } from "./modules/client/session.js";
import type { TreeConnect } from "./modules/client/tree-connect.js";
import { AuthenticationError, SettingsError, StatusError, StorageError } from "./modules/errors/errors.js";
import { checkHost } from "./modules/net/host.js";
import { KDCExchange } from "./modules/net/kdc-exchange.js";
import { Transport } from "./modules/net/transport.js";
import { parseSettings, settingsHelp, type Settings } from "./modules/settings/settings.js";
import { NTStatus } from "./modules/smb2/status.js";
import { freezeFields } from "./modules/smb2/wire.js";
import { deviceName, Journal } from "./modules/uploader/journal/journal.js";
import { checkPattern } from "./modules/uploader/naming.js";
import { PostponedScans } from "./modules/uploader/postponed.js";
import { Report, size } from "./modules/uploader/report.js";
import { BackOff } from "./modules/uploader/retry.js";
import { StateFile } from "./modules/uploader/state.js";
import { Uploader } from "./modules/uploader/uploader.js";

freezeFields();

/** How long a server that gives signs of life may take for an answer. */
const answerMs = 30_000;
const idleMs = 120_000;
/** How long an address may take to answer before the next one is tried. */
const connectTimeoutMs = 10000;
/** What SPNEGO and SESSION_SETUP put around a token in a slot. */
const tokenRoom = 256;

/** Derived, for with mcconfig "platform" is the host's own file. */
type Machine = Awaited<ReturnType<typeof ready>>;

class Application {
	#machine: Machine;
	#settings: Settings;
	#buffers: Buffers;
	#policy: Policy;
	#offers: Offers;
	/** Lives as long as the program, for its tickets and what it learned; undefined where no realm is known, or none is wanted. */
	#kerberos: Kerberos | undefined;
	/** Whether the server refused the log-on: asking again would lock the account. */
	refused = false;
	#postponed = new PostponedScans(chance);
	/** Nobody knows what an earlier run has left on the share. */
	#tidy = { due: true };
	#backOff = new BackOff(chance);
	#habits = new Habits();

	constructor(machine: Machine, settings: Settings) {
		this.#machine = machine;
		this.#settings = settings;
		const memory = machine.memory();
		const { slots, slotLength } = chooseRing(config.pipeline, memory);
		if (memory)
			log(`write pipeline: ${slots} slots of ${slotLength / 1024} KiB, taken from ${Math.floor(memory.free / 1024)} KiB of free memory`);
		this.#buffers = new Buffers(slots, slotLength);
		this.#offers = offersOf(settings, settings.algorithms === "measured" ? selfTest({ bytes: this.#buffers.idle, ticks: () => Time.ticks, log }) : fixedOffers);
		const { signing, ciphers, allCiphers } = this.#offers;
		if (settings.encryption === "required" && allCiphers.length === 0)
			throw new Error("encryption=required, and no cipher gives right answers on this machine: nothing is sent");
		// Until the journal tells the device's own.
		const clientGuid = new Uint8Array(16);
		random(clientGuid, 0, clientGuid.length);
		this.#policy = {
			dialectMin: settings.dialectMin, dialectMax: settings.dialectMax,
			signingRequired: settings.signing === "required" && settings.auth !== "guest",
			encryption: settings.encryption,
			ciphers, signingAlgorithms: signing, moreCiphers: ciphers.length < allCiphers.length,
			server: settings.server, clientGuid,
		};
		this.#kerberos = this.#makeKerberos();
	}

	/** How long the next look has to wait, because of what ended the last one. */
	get waitMs(): number { return this.#backOff.waitMs(Time.ticks); }

	/** Looks at the folder once; settles with whether everything arrived. */
	async look(): Promise<boolean> {
		const { server, share, source, path, after, name, verify, patience, state } = this.#settings;
		const machine = this.#machine;
		machine.prepare();
		const journal = this.#openJournal();
		const report = new Report({ print, progress, terminal, ticks: () => Time.ticks, path, alive: () => machine.status("uploading") });
		const listener = new StateFile({ path: state, next: report, now, ticks: () => Time.ticks, log });
		try {
			const device = deviceName(this.#policy.clientGuid);
			const hopeless = await new Uploader({
				source, path, after, name, verify, place: `${server}/${share}`, journal, device, settling: { settleMs, now, ticks: () => Time.ticks },
				postponed: this.#postponed, tidy: this.#tidy, patienceMs: patience * 1000, random: chance, ticks: () => Time.ticks, connect: previous => this.#connect(previous), listener,
			}).run();
			if (hopeless)
				this.#backOff.failed(hopeless, Time.ticks);
			else
				this.#backOff.reset();
		}
		finally {
			if (journal instanceof Journal)
				journal.close();
			listener.finish();
		}
		const peak = heapPeak();
		report.finish(source, peak === undefined ? "" : `XS heap peak ${size(peak)}`);
		return report.complete;
	}

	/** Opened for each look: the medium may have been changed in between. Returns why there is none. */
	#openJournal(): Journal | Error {
		const { journal: path, after } = this.#settings;
		try {
			const journal = new Journal({ path, anew: after !== "keep", log, random });
			this.#policy = { ...this.#policy, clientGuid: journal.clientGuid };
			return journal;
		}
		catch (error) {
			return error as Error;
		}
	}

	async #connect(previousSessionId: Uint8Array | undefined): Promise<TreeConnect> {
		try {
			return await this.#logOn(previousSessionId);
		}
		catch (error) {
			const { allSigning, allCiphers } = this.#offers, { signingAlgorithms, ciphers } = this.#policy;
			if (!refusesOffer(error) || allSigning.length === signingAlgorithms.length && allCiphers.length === ciphers.length)
				throw error;
			this.#verbose("The server wants another algorithm: connecting anew");
			this.#policy = { ...this.#policy, signingAlgorithms: allSigning, ciphers: allCiphers, moreCiphers: false };
			return this.#logOn(previousSessionId);
		}
	}

	async #logOn(previousSessionId: Uint8Array | undefined): Promise<TreeConnect> {
		const { server, port, share, path, user, auth, timeout } = this.#settings;
		this.#verbose(`Connecting to ${server}, share: ${share}, path: /${path}${path ? "/" : ""}`);
		const { pipeline, memory } = this.#buffers;
		let spnego: SPNEGO | undefined, connection: Connection | undefined;
		try {
			this.#buffers.forget();
			// The ticket first: what KDCs and the server take of the heap is then not taken at once.
			spnego = this.#credentials(await this.#kerberos?.mechanism(server, { optional: auth === "auto", longestToken: pipeline.slotLength - tokenRoom }));
			const transport = await Transport.connect({
				TCP, resolve, memory: memory.buffer, window: () => this.#buffers.window(),
				receiveAt: pipeline.receiveAt, receiveEnd: pipeline.controlAt,
				host: server, ...(port === undefined ? {} : { port }), connectTimeoutMs,
				log: line => this.#verbose(line),
			});
			const opened = connection = new Connection(transport, memory, pipeline, { answerMs, silenceMs: timeout * 500, idleMs });
			this.#buffers.onFilled = () => opened.filled();
			this.#verbose("Negotiating protocol");
			const negotiated = await negotiate(connection, this.#policy);
			this.#verbose(`Negotiated dialect: 0x${connection.dialect.toString(16).padStart(4, "0")} (${dialectName(connection.dialect)})`);
			const session = await Session.setup(connection, negotiated, this.#policy, spnego, auth === "guest", previousSessionId);
			this.#verbose(session.guest ? "Let in as guest: nothing is signed" : `User authenticated successfully (${spnego.name})`);
			if (this.#kerberos && spnego.name !== "Kerberos")
				log(`${server}: logged on by ${spnego.name}, not by Kerberos`);
			const tree = session.tree(share, this.#habits);
			tree.onConnected = () => {
				this.#verbose("Share connected successfully");
				print(`${server} (${transport.address} port ${transport.port}), ${dialectName(opened.dialect)}, ${protection(opened, negotiated)}, ${session.guest ? "guest" : `user ${user}`}, share ${share}${path ? `, folder ${path}` : ""}`);
			};
			return tree;
		}
		catch (error) {
			spnego?.close();
			connection?.close();
			this.refused = error instanceof AuthenticationError;
			throw spnego?.name === "Kerberos" && this.refused && (error as Error).cause instanceof StatusError ? ticketRefused(server, error as Error) : error;
		}
	}

	/** Kerberos first, where there is a ticket; NTLM beside it unless auth=kerberos. */
	#credentials(kerberos: Mechanism | undefined): SPNEGO {
		const { server, user, password, domain, auth } = this.#settings;
		const mechanisms: Mechanism[] = kerberos ? [kerberos] : [];
		if (auth !== "kerberos") {
			const account = parseAccount(user, domain);
			mechanisms.push(new NTLM({
				user: auth === "guest" && user === "" ? "guest" : ntlmUserName(account),
				password, domain: account.domain, server, guest: auth === "guest", now, note: line => this.#verbose(line),
			}));
		}
		return new SPNEGO(mechanisms);
	}

	#makeKerberos(): Kerberos | undefined {
		const { user, password, domain, auth, kdc, verbose } = this.#settings;
		const account = parseAccount(user, domain), realm = kerberosRealm(account, this.#settings.realm, kdc.length > 0);
		if (realm === "" || auth !== "auto" && auth !== "kerberos")
			return undefined;
		return new Kerberos({
			user: kerberosUserName(account, realm), password, realm, kdcs: kdc, network: new KDCExchange({ TCP, UDP, resolve, nameServers, room: () => this.#buffers.idle }),
			now: () => Date.now(), pause: () => new Promise(resolve => { Timer.set(() => resolve()); }),
			log, note(line) {
				if (verbose)
					log(line);
			},
		});
	}

	#verbose(line: string): void {
		if (this.#settings.verbose)
			log(`SMB2: ${line}`);
	}
}

/** What the settings name is all that is offered. */
function offersOf({ signingAlgorithms, encryptionAlgorithms }: Settings, { signing, ciphers, allSigning, allCiphers }: Offers): Offers {
	return {
		signing: signingAlgorithms ?? signing, allSigning: signingAlgorithms ?? allSigning,
		ciphers: encryptionAlgorithms ?? ciphers, allCiphers: encryptionAlgorithms ?? allCiphers,
	};
}

/** A number from 0 to below 1, for waits. */
function chance(): number { return Math.random(); }

/** How messages are protected, for the log. */
function protection(connection: Connection, { signing, cipher }: Negotiated): string {
	return connection.sealed ? `encrypted (${cipherName(cipher)})` : connection.signer ? `signed (${signingName(connection.dialect, signing)})` : "not signed";
}

/** A server that refuses a ticket says what it says of a wrong password; the KDC has just taken that. */
function ticketRefused(server: string, { cause, message }: Error): AuthenticationError {
	return new AuthenticationError((cause as StatusError).status !== NTStatus.LOGON_FAILURE ? message
		: `${server} refuses the Kerberos ticket (STATUS_LOGON_FAILURE): is it in this domain, is its keytab that of the KDC, is its clock right, and may the account log on there?`, { cause });
}

/** Throws SettingsError or RangeError for settings that can't be. */
function checked(values: Readonly<Record<string, unknown>>): Settings {
	const settings = parseSettings(values, configKeys);
	checkHost(settings.server);
	for (const { host } of settings.kdc)
		checkHost(host, "kdc");
	if ((settings.auth === "kerberos" || settings.kdc.length > 0) && kerberosRealm(parseAccount(settings.user, settings.domain), settings.realm, settings.kdc.length > 0) === "")
		throw new SettingsError("realm=… is missing: the Kerberos realm, such as EXAMPLE.ORG; or say user=name@EXAMPLE.ORG");
	checkPattern(settings.name);
	return settings;
}

/** Called by the host. Not at module scope, so that this module, too, is preloaded: its class and imports would take 6 KB of the heap. */
export default async function main(): Promise<void> {
	let machine: Machine | undefined;
	let settings: Settings;
	try {
		machine = await ready(checked);
		settings = checked(machine.settings);
	}
	catch (error) {
		if (error instanceof StorageError) {
			log(error.message);
			return exit(1);
		}
		if (!(error instanceof SettingsError || error instanceof RangeError))
			throw error;
		for (const line of error.message.split("\n"))
			log(`settings: ${line}`);
		log(`The settings are:\n${settingsHelp()}`);
		machine?.status("settings");
		return exit(2);
	}
	let application: Application;
	try {
		application = new Application(machine, settings);
	}
	catch (error) {
		log((error as Error).message);
		machine.status("problem");
		return exit(1);
	}
	watch(machine, settings, application);
}

/** Looks once, or again and again: every watch seconds, and when a person asks. */
function watch(machine: Machine, settings: Settings, application: Application): void {
	let looking = false;
	const look = async (): Promise<void> => {
		if (looking)
			return;
		looking = true;
		Timer.clear(timer);
		timer = undefined;
		let complete = false;
		try {
			complete = await application.look();
		}
		catch (error) {
			log((error as Error).message);
		}
		looking = false;
		machine.status(complete ? "waiting" : "problem");
		if (settings.watch > 0 && application.refused)
			log("The log-on is not tried again, so as not to lock the account: correct the settings and start anew");
		if (settings.watch === 0 || application.refused)
			return exit(complete ? 0 : 1);
		timer = Timer.set(look, Math.max(settings.watch * 1000, application.waitMs));
	};
	let timer: Timer | undefined;
	machine.onAsk(() => {
		if (!application.refused)
			void look();
	});
	void look();
}
