/** What a connection carries and is carried by: requests, the data plane's stream, the signer, the transport. */
import type { Transport } from "../net/transport.js";
import type { Memory } from "../smb2/wire.js";

/** What a connection needs of the transport: whole messages out of and into its memory. */
export type Carrier = Pick<Transport, "address" | "port" | "onMessage" | "onSent" | "onError" | "maxLength" | "send" | "sendMore" | "receiveInto" | "close">;

/** What signs and verifies in place: HMAC for 2.x, CMAC for 3.x. */
export interface Signer {
	sign(bytes: Uint8Array, at: number, length: number, tagAt: number): void;
	verify(bytes: Uint8Array, at: number, length: number, tagAt: number): boolean;
	close(): void;
}

/** One request of a message and what becomes of its response. */
export interface Request<T> {
	readonly command: number;
	/** What it is about, for errors: a file name, a share. */
	readonly subject: string;
	/** Bytes that the body may take at most. */
	readonly length: number;
	/** A status beside SUCCESS whose response has a body for read(). */
	readonly accepted?: number;
	/** Whether what it is asked with has succeeded though this one fails. */
	readonly optional?: boolean;
	/** Lays the body out in memory[at, limit); returns its end. The header lies before it, complete but for NextCommand and Signature. */
	write(memory: Memory, at: number, limit: number): number;
	/** Reads the response's body in memory[at, end), which is overwritten soon after. */
	read(memory: Memory, at: number, end: number, status: number): T;
}

/** Requests that travel as one, each about what the one before it opened. */
export interface Compound {
	readonly head: readonly Request<unknown>[];
	/** Of what the stream sends between them: the credits and the bytes, headers and padding included. */
	readonly credits: number;
	readonly length: number;
	readonly tail: readonly Request<unknown>[];
	/** What each request of head and tail has brought, also where others have failed. */
	readonly results: unknown[];
	/** All ones where the first request is what makes it. */
	readonly treeId: number;
}

/** The data plane: many requests under way, called back for each response. */
export interface Stream {
	/** The response, verified, to a request that take() gave that message id. false: this message id is not the stream's. */
	answered(messageId: number, status: number, memory: Memory, at: number, end: number): boolean;
	/** An interim response to one of its requests. 1: the first, 0: one more, -1: this message id is not the stream's. */
	pending(messageId: number): number;
	/** The message that began at at was taken by the socket. */
	sent(at: number): void;
	/** There may be credits again. */
	pump(): void;
	/** Requests that wait for a response. */
	readonly outstanding: number;
	/** The connection is lost; nothing follows. */
	failed(error: Error): void;
}

/** A file that the server lets us cache, and may want back: [MS-SMB2] 3.2.5.19. */
export interface OplockHolder {
	/** Whether the FileId at memory[at] is its. */
	isFile(memory: Memory, at: number): boolean;
	/** The server takes the oplock back, down to that level. */
	broken(level: number): void;
}

export interface ConnectionLimits {
	/** Milliseconds that a response may take, found out up to an eighth late; four times that once an interim response has come. */
	readonly answerMs: number;
	/** Milliseconds of silence, while an answer is due, after which the server is asked for a sign of life (ECHO), and after as many again given up. */
	readonly silenceMs: number;
	/** Milliseconds without any request after which the connection is given up. */
	readonly idleMs: number;
}
