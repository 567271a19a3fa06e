/**
 * KDCs and a server without a network: they read what a client says as RFC 4120 has it, and answer, with a fault where the test wants one. What is sealed in
 * their tickets nobody else reads, so that it has a form of its own.
 */
import { applicationTag, contextTag, Tag } from "../../modules/auth/der.js";
import { FieldReader, FieldWriter, type Sealed, sealWritten } from "../../modules/auth/kerberos/fields.js";
import { openToken, TokenId, writeToken } from "../../modules/auth/kerberos/gss.js";
import type { KDCAddress, KDCNetwork } from "../../modules/auth/kerberos/kdcs.js";
import { Password } from "../../modules/auth/kerberos/password.js";
import { EncryptionKey, type Profile, profileOf } from "../../modules/auth/kerberos/profile.js";
import { type Principal, principalText } from "../../modules/auth/kerberos/protocol.js";
import { random } from "../../hosts/crypto/random.js";
import { TransportError } from "../../modules/errors/errors.js";
import { ok } from "./assert.js";
import { ascii } from "./hex.js";

const pause = async (): Promise<void> => {};

/** A key that is told to the client: as a key, and as bytes. */
function makeSubkey(profile: Profile): { key: EncryptionKey; bytes: Uint8Array } {
	const key = new EncryptionKey(profile), bytes = new Uint8Array(profile.keyLength);
	random(bytes, 0, bytes.length);
	key.key.load(bytes, 0);
	return { key, bytes };
}

export function randomKey(etype: number): EncryptionKey {
	const key = new EncryptionKey(profileOf(etype)!);
	key.key.random();
	return key;
}

/** Every secret of a test, so that tickets can be read: which key is behind which bytes. */
interface TicketPart {
	key: EncryptionKey;
	realm: string;
	client: Principal;
	endTime: number;
}

/** A KRB-ERROR (RFC 4120 5.9.1). */
export function krbError(code: number, time: number, more: { realm?: string; clientRealm?: string; text?: string; data?: Uint8Array } = {}): Uint8Array {
	const writer = new FieldWriter(512 + (more.data?.length ?? 0));
	const all = writer.at;
	if (more.data) writer.octetsField(12, more.data);
	if (more.text) writer.textField(11, more.text);
	writer.principalField(10, { type: 2, names: ["krbtgt", "X"] });
	writer.textField(9, more.realm ?? "X");
	if (more.clientRealm) writer.textField(7, more.clientRealm);
	writer.integerField(6, code);
	writer.integerField(5, 123456);
	writer.timeField(4, time);
	writer.integerField(1, 30);
	writer.integerField(0, 5);
	writer.wrap(Tag.SEQUENCE, all);
	writer.wrap(applicationTag(30), all);
	return writer.finish();
}

/** METHOD-DATA with PA-ENC-TIMESTAMP and PA-ETYPE-INFO2 for these types. */
export function methodData(entries: readonly { etype: number; salt?: string; iterations?: number }[]): Uint8Array {
	const info = new FieldWriter(512), all = info.at;
	for (let i = entries.length; --i >= 0;) {
		const { etype, salt, iterations } = entries[i]!, mark = info.at;
		if (iterations !== undefined) info.octetsField(2, Uint8Array.of(iterations >>> 24, iterations >>> 16, iterations >>> 8, iterations));
		if (salt !== undefined) info.textField(1, salt);
		info.integerField(0, etype);
		info.wrap(Tag.SEQUENCE, mark);
	}
	info.wrap(Tag.SEQUENCE, all);
	const writer = new FieldWriter(1024), list = writer.at;
	for (const [type, value] of [[19, info.finish()], [2, new Uint8Array(0)], [136, ascii("fast")]] as const) {
		const mark = writer.at;
		writer.octetsField(2, value);
		writer.integerField(1, type);
		writer.wrap(Tag.SEQUENCE, mark);
	}
	writer.wrap(Tag.SEQUENCE, list);
	return writer.finish();
}

function ticketBytes(realm: string, server: Principal, key: EncryptionKey, part: TicketPart, padding: number): Uint8Array {
	// The key of the ticket goes in as the index of a table: it has no other way out of its object.
	const inner = new FieldWriter(512 + padding), all = inner.at;
	inner.octetsField(1, new Uint8Array(padding));
	inner.integerField(0, tickets.push(part) - 1);
	inner.wrap(Tag.SEQUENCE, all);
	const cipher = sealWritten(inner, key, 2);
	const writer = new FieldWriter(512 + cipher.length), mark = writer.at;
	writer.sealedField(3, key.etype, cipher);
	writer.principalField(2, server);
	writer.textField(1, realm);
	writer.integerField(0, 5);
	writer.wrap(Tag.SEQUENCE, mark);
	writer.wrap(applicationTag(1), mark);
	return writer.finish();
}

const tickets: TicketPart[] = [];

/** AP-REQ (RFC 4120 5.5.1): what the ticket says and the authenticator, opened. */
function openAPRequest(bytes: Uint8Array, at: number, end: number, keyOf: (server: Principal) => EncryptionKey | undefined, usage: number) {
	const reader = new FieldReader(bytes, "AP-REQ", at, end);
	reader.enter(applicationTag(14));
	reader.enter(Tag.SEQUENCE);
	reader.onlyField(0, 5);
	reader.onlyField(1, 14);
	const options = reader.flagsField(2);
	reader.enter(contextTag(3));
	const ticket = new FieldReader(reader.element(applicationTag(1)), "Ticket");
	ticket.enter(applicationTag(1));
	ticket.enter(Tag.SEQUENCE);
	ticket.onlyField(0, 5);
	ticket.textField(1);
	const server = ticket.principalField(2), sealed = ticket.sealedField(3), key = keyOf(server);
	if (!key || key.etype !== sealed.etype || !key.open(2, sealed.cipher)) return { failure: 35 } as const;
	const inner = new FieldReader(sealed.cipher, "EncTicketPart", key.plainAt, key.plainEnd(sealed.cipher));
	inner.enter(Tag.SEQUENCE);
	const part = tickets[inner.integerField(0)]!;
	const outer = new FieldReader(bytes, "AP-REQ", reader.at, end);
	const authenticator = outer.sealedField(4);
	if (authenticator.etype !== part.key.etype || !part.key.open(usage, authenticator.cipher)) return { failure: 31 } as const;
	return { failure: 0 as const, options, server, part, authenticator: openAuthenticator(authenticator, part.key) };
}

function openAuthenticator({ cipher }: Sealed, key: EncryptionKey) {
	const reader = new FieldReader(cipher, "Authenticator", key.plainAt, key.plainEnd(cipher));
	reader.enter(applicationTag(2));
	const all = reader.enter(Tag.SEQUENCE);
	reader.onlyField(0, 5);
	const realm = reader.textField(1), client = reader.principalField(2);
	const field = reader.enter(contextTag(3)), sequence = reader.enter(Tag.SEQUENCE);
	const checksumType = reader.integerField(0), checksum = reader.octetsField(1);
	reader.leave(sequence);
	reader.leave(field);
	const micros = reader.integerField(4), time = reader.timeField(5);
	const subkey = reader.has(6) ? reader.keyField(6) : undefined, sequenceNumber = reader.has(7) ? reader.unsignedField(7) : undefined;
	reader.leave(all);
	return { realm, client, checksumType, checksum, micros, time, subkey, sequence: sequenceNumber };
}

export interface Request {
	type: number;
	client: Principal | undefined;
	server: Principal;
	proof: boolean;
}

/** A realm with its KDC. Change what it knows between requests as the test likes. */
export class ScriptedKDC {
	readonly realm: string;
	readonly requests: Request[] = [];
	readonly granting: EncryptionKey;
	/** Keys of servers: "cifs/nas". */
	readonly services = new Map<string, EncryptionKey>();
	/** Keys shared with other realms, and which servers are there. */
	readonly trusts = new Map<string, { key: EncryptionKey; servers: RegExp }>();
	password = "secret";
	etype = 18;
	salt: string | undefined;
	iterations = 1024;
	/** Milliseconds that this KDC's clock is ahead of the client's. */
	ahead = 0;
	lifetime = 36_000_000;
	padding = 0;
	preauth = true;
	/** Answers instead, where it returns something. */
	answer: (request: Request) => Uint8Array | undefined = () => undefined;
	/** Changes a reply's parts. */
	nonce = (nonce: number): number => nonce;
	server = (server: Principal): Principal => server;
	replyKey = (key: EncryptionKey): EncryptionKey => key;
	readonly #now: () => number;

	constructor(realm: string, now: () => number) {
		this.realm = realm;
		this.#now = now;
		this.granting = randomKey(20);
	}

	get time(): number { return this.#now() + this.ahead; }
	/** How many requests of a type came with a proof of the password, or at all. */
	count(type: number, proof?: boolean): number { return this.requests.filter(request => request.type === type && (proof === undefined || request.proof === proof)).length; }

	async handle(bytes: Uint8Array): Promise<Uint8Array> {
		const type = bytes[0]! & 0x1F, reader = new FieldReader(bytes, "KDC-REQ");
		reader.enter(applicationTag(type));
		const all = reader.enter(Tag.SEQUENCE);
		reader.onlyField(1, 5);
		reader.onlyField(2, type);
		const padata = new Map<number, Uint8Array>();
		if (reader.has(3)) {
			const field = reader.enter(contextTag(3)), list = reader.enter(Tag.SEQUENCE);
			while (reader.more) {
				const entry = reader.enter(Tag.SEQUENCE);
				padata.set(reader.integerField(1), reader.octetsField(2));
				reader.leave(entry);
			}
			reader.leave(list);
			reader.leave(field);
		}
		reader.enter(contextTag(4));
		const body = reader.element(Tag.SEQUENCE);
		void all;
		const fields = new FieldReader(body, "KDC-REQ-BODY");
		fields.enter(Tag.SEQUENCE);
		ok(fields.flagsField(0) === 0x00010000, "canonicalize");
		const client = fields.has(1) ? fields.principalField(1) : undefined;
		const realm = fields.textField(2), server = fields.principalField(3);
		ok(fields.timeField(5) === 0, "till");
		const nonce = fields.integerField(7);
		const request = { type, client, server, proof: padata.has(2) };
		this.requests.push(request);
		const given = this.answer(request);
		if (given) return given;
		if (realm.toUpperCase() !== this.realm) return krbError(68, this.time, { clientRealm: this.realm });
		return type === 10 ? this.#authenticate(client!, server, nonce, padata.get(2)) : this.#grant(server, nonce, padata.get(1)!, body);
	}

	async #authenticate(client: Principal, server: Principal, nonce: number, proof: Uint8Array | undefined): Promise<Uint8Array> {
		if (!proof && this.preauth) return krbError(25, this.time, { data: methodData([{ etype: 23 }, this.#info()]) });
		const key = await this.#userKey(client);
		if (proof) {
			const reader = new FieldReader(proof, "PA-ENC-TIMESTAMP");
			reader.enter(Tag.SEQUENCE);
			const etype = reader.integerField(0), cipher = reader.octetsField(2);
			if (etype !== key.etype || !key.open(1, cipher)) return krbError(24, this.time);
			const inner = new FieldReader(cipher, "PA-ENC-TS-ENC", key.plainAt, key.plainEnd(cipher));
			inner.enter(Tag.SEQUENCE);
			if (Math.abs(inner.timeField(0) - this.time) > 300_000) return krbError(37, this.time);
		}
		return this.#reply(11, client, this.realm, server, this.granting, key, 3, nonce);
	}

	#grant(server: Principal, nonce: number, value: Uint8Array, body: Uint8Array): Uint8Array {
		const opened = openAPRequest(value, 0, value.length, ({ names }) => names[0] === "krbtgt" && names[1] === this.realm ? this.granting : undefined, 7);
		if (opened.failure) return krbError(opened.failure, this.time);
		const { part, authenticator } = opened;
		ok(principalText(authenticator.client) === principalText(part.client) && authenticator.realm === part.realm, "KRB_AP_ERR_BADMATCH");
		ok(authenticator.checksumType === { 17: 15, 18: 16, 19: 19, 20: 20 }[part.key.etype], "checksum type");
		const checksum = part.key.checksum(6, body);
		ok(checksum.every((byte, at) => byte === authenticator.checksum[at]), "KRB_AP_ERR_MODIFIED");
		if (Math.abs(authenticator.time - this.time) > 300_000) return krbError(37, this.time);
		if (part.endTime < this.time) return krbError(32, this.time);
		const name = principalText(server), key = this.services.get(name);
		if (key) return this.#reply(13, part.client, part.realm, server, key, part.key, 8, nonce);
		for (const [realm, trust] of this.trusts) {
			if (trust.servers.test(name)) return this.#reply(13, part.client, part.realm, { type: 2, names: ["krbtgt", realm] }, trust.key, part.key, 8, nonce);
		}
		return krbError(7, this.time);
	}

	/** The ticket's key is of the server's type; the reply is sealed with key. */
	#reply(type: number, client: Principal, clientRealm: string, server: Principal, serverKey: EncryptionKey, key: EncryptionKey, usage: number, nonce: number): Uint8Array {
		const session = makeSubkey(serverKey.profile), endTime = this.time + this.lifetime;
		server = this.server(server);
		const inner = new FieldWriter(1024), part = inner.at;
		inner.principalField(10, server);
		inner.textField(9, this.realm);
		inner.timeField(7, endTime);
		inner.timeField(6, this.time);
		inner.timeField(5, this.time);
		inner.flagsField(4, 0x00400000);
		inner.integerField(2, this.nonce(nonce));
		const list = inner.at;
		inner.wrap(Tag.SEQUENCE, list);
		inner.wrap(contextTag(1), list);
		const mark = inner.at;
		inner.octetsField(1, session.bytes);
		inner.integerField(0, session.key.etype);
		inner.wrap(Tag.SEQUENCE, mark);
		inner.wrap(contextTag(0), mark);
		inner.wrap(Tag.SEQUENCE, part);
		inner.wrap(applicationTag(26), part);
		const sealer = this.replyKey(key), cipher = sealWritten(inner, sealer, usage);
		const ticket = ticketBytes(this.realm, server, serverKey, { key: session.key, realm: clientRealm, client, endTime }, this.padding);
		const writer = new FieldWriter(1024 + ticket.length + cipher.length), all = writer.at;
		writer.sealedField(6, sealer.etype, cipher);
		writer.rawField(5, ticket);
		writer.principalField(4, client);
		writer.textField(3, clientRealm);
		if (type === 11 && !this.preauth) writer.rawField(2, methodData([this.#info()]));
		writer.integerField(1, type);
		writer.integerField(0, 5);
		writer.wrap(Tag.SEQUENCE, all);
		writer.wrap(applicationTag(type), all);
		return writer.finish();
	}

	#info() { return { etype: this.etype, ...(this.salt === undefined ? {} : { salt: this.salt }), iterations: this.iterations }; }

	async #userKey(client: Principal): Promise<EncryptionKey> {
		const password = new Password(this.password);
		try { return await password.key(profileOf(this.etype)!, ascii(this.salt ?? this.realm + client.names.join("")), this.iterations, pause); }
		finally { password.close(); }
	}
}

/** Those KDCs by the hosts that they are asked under; "dead" and what is not there refuse. */
export class ScriptedNetwork implements KDCNetwork {
	/** "host:port", and "udp host:port" for a datagram. */
	readonly asked: string[] = [];
	longestDatagram = 0;
	/** What of a KDC's reply goes by datagram; undefined: it is silent. */
	datagram: (reply: Uint8Array, host: string) => Uint8Array | undefined = reply => reply;
	readonly #hosts: Record<string, ScriptedKDC>;
	/** What the DNS would say. */
	readonly realms: Record<string, readonly KDCAddress[]> = {};
	constructor(hosts: Record<string, ScriptedKDC>) { this.#hosts = hosts; }
	async exchange(host: string, port: number, request: Uint8Array): Promise<Uint8Array> {
		this.asked.push(`${host}:${port}`);
		const kdc = this.#hosts[host];
		if (!kdc) throw new TransportError(`${host} refuses connections on port ${port}: is the KDC on?`, "ECONNREFUSED");
		return kdc.handle(request);
	}
	async askByDatagram(host: string, port: number, request: Uint8Array, isReply: (bytes: Uint8Array) => boolean): Promise<Uint8Array | undefined> {
		this.asked.push(`udp ${host}:${port}`);
		const kdc = this.#hosts[host], reply = kdc && this.datagram(await kdc.handle(request), host);
		return reply && isReply(reply) ? reply : undefined;
	}
	async find(realm: string): Promise<readonly KDCAddress[]> {
		const found = this.realms[realm];
		if (!found) throw new TransportError(`no KDC is known for the realm ${realm}; set kdc=…`, "ENOTFOUND");
		return found;
	}
}

/** A server with a key: takes a token of RFC 4121 and answers it. */
export class ScriptedServer {
	readonly key: EncryptionKey;
	/** Whether it chooses a sub-key of its own, and of which type. */
	subkeyType: number | undefined = 20;
	sequence: number | undefined = 77;
	/** What it tells of the client's time stamp. */
	stamp = (time: number, micros: number): [time: number, micros: number] => [time, micros];
	replyKey = (key: EncryptionKey): EncryptionKey => key;
	/** What both sides have after accept(). */
	sessionKey: EncryptionKey | undefined;
	last: ReturnType<typeof openAuthenticator> | undefined;

	constructor(key: EncryptionKey) { this.key = key; }

	accept(token: Uint8Array): Uint8Array {
		const { id, at, end } = openToken(token);
		ok(id === TokenId.AP_REQ, "TOK_ID");
		const opened = openAPRequest(token, at, end, () => this.key, 11);
		if (opened.failure) return writeToken(TokenId.KRB_ERROR, krbError(opened.failure, 0));
		const { options, part, authenticator } = opened;
		this.last = authenticator;
		ok(options === 0x20000000, "mutual-required");
		ok(authenticator.checksumType === 0x8003 && authenticator.checksum[0] === 16 && authenticator.checksum[20] === 46, "RFC 4121 4.1.1");
		const inner = new FieldWriter(256), all = inner.at;
		if (this.sequence !== undefined) inner.integerField(3, this.sequence);
		this.sessionKey = authenticator.subkey;
		if (this.subkeyType !== undefined) {
			const subkey = makeSubkey(profileOf(this.subkeyType)!), mark = inner.at;
			this.sessionKey = subkey.key;
			inner.octetsField(1, subkey.bytes);
			inner.integerField(0, subkey.key.etype);
			inner.wrap(Tag.SEQUENCE, mark);
			inner.wrap(contextTag(2), mark);
		}
		const [time, micros] = this.stamp(authenticator.time, authenticator.micros);
		inner.integerField(1, micros);
		inner.timeField(0, time);
		inner.wrap(Tag.SEQUENCE, all);
		inner.wrap(applicationTag(27), all);
		const sealer = this.replyKey(part.key), cipher = sealWritten(inner, sealer, 12);
		const writer = new FieldWriter(cipher.length + 64), mark = writer.at;
		writer.sealedField(2, sealer.etype, cipher);
		writer.integerField(1, 15);
		writer.integerField(0, 5);
		writer.wrap(Tag.SEQUENCE, mark);
		writer.wrap(applicationTag(15), mark);
		return writeToken(TokenId.AP_REP, writer.finish());
	}
}
