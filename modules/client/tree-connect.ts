/** [MS-SMB2] 3.2.1.4 TreeConnect: a share, and the files and folders made in it. */
import { ProtocolError, StatusError, TransportError } from "../errors/errors.js";
import { Command, Header } from "../smb2/header.js";
import { AccessMask } from "../smb2/create.js";
import { IoctlRequest, IoctlResponse } from "../smb2/ioctl.js";
import { Dialect } from "../smb2/negotiate.js";
import { NTStatus } from "../smb2/status.js";
import { ShareFlags, ShareType, TreeConnectRequest, TreeConnectResponse } from "../smb2/tree-connect.js";
import { TreeDisconnectRequest, TreeDisconnectResponse } from "../smb2/tree-disconnect.js";
import { statusError } from "./advice.js";
import { dialectName } from "./negotiate.js";
import { sameBytes, textLength } from "../smb2/wire.js";
import { type CreateParameters, type Durable, folderToList, folderToMake, OpeningRequest } from "./create.js";
import type { Habits } from "./habits.js";
import { listFolder, type Listed } from "./list.js";
import type { Open } from "./open.js";
import type { Request } from "./request.js";
import type { Session } from "./session.js";

/** [MS-SMB2] 2.2.1.2 TreeId of a related request. */
export const relatedTreeId = 0xFFFFFFFF;

export class TreeConnect {
	readonly session: Session;
	readonly share: string;
	readonly habits: Habits;
	/** Called when the server has let us in. */
	onConnected: () => void = () => {};
	#treeId: number = relatedTreeId;
	#connected = false;
	/** Whether the share lets nothing in that is not sealed. */
	#sealing = false;

	constructor(session: Session, share: string, habits: Habits) {
		this.session = session;
		this.share = share;
		this.habits = habits;
	}

	/** All ones until the server has given one: which means, within a compound, that of the request before. */
	get treeId(): number { return this.#treeId; }
	/** Whether the server has let us in, and is the one that it says it is. */
	get connected(): boolean { return this.#connected; }

	/** Whether TREE_CONNECT may go out with the first file: where nothing is to be found out before anything else is said. */
	get mayJoin(): boolean {
		const { connection } = this.session;
		return this.habits.treeConnects && this.habits.files && !this.#validates && (connection.sealed || !connection.sealing || this.habits.clear);
	}

	/** Has the server let us in, unless it has. ProtocolError for what is no share of files; StatusError ACCESS_DENIED where nothing may be written to it. */
	async connect(): Promise<void> {
		if (this.connected)
			return;
		await this.session.connection.request(this.connectRequest());
		this.#seal();
		if (this.#validates) {
			try {
				await this.#validateNegotiate();
			}
			catch (error) {
				this.session.connection.fail(error as Error);
				throw error;
			}
		}
		this.joined();
	}

	/** The TREE_CONNECT of this share. joined() follows. */
	connectRequest(): Request<void> {
		const { share, session: { connection, policy, guest } } = this;
		const path = `\\\\${policy.server}\\${share}`;
		return {
			command: Command.TREE_CONNECT,
			subject: share,
			length: TreeConnectRequest.size + textLength(path),
			write(memory, at, limit) {
				const request = new TreeConnectRequest().begin(memory, at, limit);
				request.setPath(path);
				return request.end;
			},
			read: (memory, at, end) => {
				const response = new TreeConnectResponse().open(memory, at, end);
				if (response.ShareType !== ShareType.DISK)
					throw new ProtocolError(`TREE_CONNECT ${share}: this is a ${response.ShareType === ShareType.PRINT ? "printer" : "pipe"}, not a share of files: check share=…`);
				if ((response.ShareFlags & ShareFlags.ENCRYPT_DATA) !== 0 && !connection.sealed) {
					if (!connection.sealing)
						throw new ProtocolError(`TREE_CONNECT ${share}: the share demands encryption, ${policy.encryption === "off" ? "encryption=off" : guest ? "which a guest has no key for" : `which ${dialectName(connection.dialect)} and this server's settings do not allow`}`);
					this.#sealing = true;
				}
				if ((response.MaximalAccess & AccessMask.FILE_WRITE_DATA) === 0)
					throw statusError(`TREE_CONNECT ${share}: nothing may be written`, NTStatus.ACCESS_DENIED);
				this.#treeId = new Header().aim(memory, response.headerAt, end).TreeId;
			},
		};
	}

	/** The exchange that TREE_CONNECT was part of is over. */
	joined(): void {
		if (this.#treeId === relatedTreeId || this.#connected)
			return;
		this.#seal();
		this.#connected = true;
		this.onConnected();
	}

	#seal(): void {
		const { connection } = this.session;
		if (connection.sealed)
			return;
		this.habits.clear = !this.#sealing;
		// 3.2.4.1.8 asks for it with this tree's messages; the session's others may be sealed as well.
		if (this.#sealing)
			connection.seal();
	}

	/** Whether FSCTL_VALIDATE_NEGOTIATE_INFO has to tell that nobody has changed the NEGOTIATE. */
	get #validates(): boolean {
		const { connection, policy } = this.session;
		return connection.signer !== undefined && connection.dialect < Dialect.SMB3_11 && policy.dialectMax >= Dialect.SMB3_00;
	}

	/**
	 * Opens or creates the file of that path (see sharePath). 3.2.4.3. With a createGuid of 16 bytes, made for this file, the server is asked to keep it open when the
	 * connection is lost, for reclaim(): whether it does says Open.durable.
	 */
	create(path: string, parameters: CreateParameters, createGuid?: Uint8Array): Promise<Open> {
		return this.#open(this.createRequest(path, parameters, createGuid));
	}

	/** What create() sends. */
	createRequest(path: string, parameters: CreateParameters, createGuid?: Uint8Array): Request<Open> {
		return new OpeningRequest(this, path, parameters, createGuid && { createGuid, fileId: undefined, version: this.#durableVersion });
	}

	/**
	 * Takes up again what an earlier connection had open (3.2.4.4). StatusError OBJECT_NAME_NOT_FOUND, and some others, where the server no longer has it. parameters and path are
	 * those of the first time.
	 */
	reclaim(path: string, parameters: CreateParameters, durable: Durable): Promise<Open> {
		return this.#open(new OpeningRequest(this, path, parameters, durable));
	}

	/** What request, a CREATE, opens, once the server has let us in. */
	#open(request: Request<Open>): Promise<Open> {
		const { connection } = this.session;
		return this.connected ? connection.request(request, this.treeId) : this.connect().then(() => connection.request(request, this.treeId));
	}

	/** Durable handles are of version 2 from 3.0 on. */
	get #durableVersion(): 1 | 2 { return this.session.connection.dialect >= Dialect.SMB3_00 ? 2 : 1; }

	/** Tells of each file in a folder ("" is the root) whose name fits the pattern ("*", "?"): 3.2.4.17. In no order; each() must not ask for anything. */
	async list(path: string, pattern: string, each: (file: Listed) => void): Promise<void> {
		const open = await this.create(path, folderToList);
		try {
			await listFolder(open, pattern, each);
		}
		finally {
			await open.close();
		}
	}

	/** Makes the folder of that path (see sharePath) with every folder above it, where they are missing. */
	async createFolder(path: string): Promise<void> {
		for (let end = path.indexOf("\\"); ; end = path.indexOf("\\", end + 1)) {
			const open = await this.create(end < 0 ? path : path.slice(0, end), folderToMake);
			await open.close();
			if (end < 0)
				return;
		}
	}

	/** 3.2.4.22. */
	disconnect(): Promise<void> {
		return this.session.connection.request({
			command: Command.TREE_DISCONNECT, subject: this.share, length: TreeDisconnectRequest.size,
			write: (memory, at, limit) => new TreeDisconnectRequest().begin(memory, at, limit).end,
			read(memory, at, end) { new TreeDisconnectResponse().open(memory, at, end); },
		}, this.treeId);
	}

	/**
	 * 3.2.5.5: asks over the signed session what the server said in its NEGOTIATE: whoever struck a dialect out of it did so without the key. 3.1.1 has
	 * preauth integrity for that. A server without this FSCTL says so, signed, which proves as much.
	 */
	async #validateNegotiate(): Promise<void> {
		const { connection, negotiated, policy } = this.session;
		try {
			await connection.request({
				command: Command.IOCTL,
				subject: "FSCTL_VALIDATE_NEGOTIATE_INFO",
				length: 128,
				write(memory, at, limit) {
					const request = new IoctlRequest().begin(memory, at, limit);
					const information = request.setValidateNegotiateInfo(negotiated.dialects);
					information.Capabilities = negotiated.capabilities;
					information.Guid = policy.clientGuid;
					information.SecurityMode = negotiated.securityMode;
					return request.end;
				},
				read(memory, at, end) {
					const answer = new IoctlResponse().open(memory, at, end).validateNegotiateInfo();
					if (answer.Dialect !== connection.dialect || answer.SecurityMode !== negotiated.serverSecurityMode ||
						answer.Capabilities !== negotiated.serverCapabilities || !sameBytes(answer.Guid, negotiated.serverGuid))
						throw new ProtocolError("FSCTL_VALIDATE_NEGOTIATE_INFO: the server's NEGOTIATE was changed on its way: somebody may be between you and the server");
				},
			}, this.treeId);
		}
		catch (error) {
			// A server that finds its NEGOTIATE changed says nothing more, as 3.3.5.15.12 demands. So does a network that fails in this very moment: another attempt tells.
			if (error instanceof TransportError && error.code !== "SILENT")
				throw new TransportError(`FSCTL_VALIDATE_NEGOTIATE_INFO: ${connection.address} closed the connection when it was asked to confirm its NEGOTIATE: somebody may be between you and the server`, error.code, { cause: error });
			if (!(error instanceof StatusError && (error.status === NTStatus.NOT_SUPPORTED || error.status === NTStatus.INVALID_DEVICE_REQUEST || error.status === NTStatus.FILE_CLOSED)))
				throw error;
		}
	}
}
