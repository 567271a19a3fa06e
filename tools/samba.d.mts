export interface SambaUser {
	name: string;
	password: string;
	/** Other names that log on as this user: a Kerberos principal is "WORKGROUP\\name" here. */
	aliases?: string[];
	/** Why Samba refuses the account although the password is right. */
	state?: "disabled" | "locked" | "expired" | "must-change";
}

export interface SambaShare {
	name: string;
	readOnly?: boolean;
	encrypt?: "off" | "desired" | "required";
	/** The share is a file system of its own, of so many bytes, which is empty again after a restart. Needs root, and Linux. */
	bytes?: number;
	/** More of smb.conf(5) for this share. */
	options?: Record<string, string | number>;
}

export interface SambaOptions {
	/** Default: a free port of address. */
	port?: number;
	/** A loopback address, default 127.0.0.1. All of 127.0.0.0/8 can be used on Linux. */
	address?: string;
	/** Names as in `dialects`; defaults SMB2_02 and SMB3_11. */
	minProtocol?: string;
	maxProtocol?: string;
	signing?: "default" | "auto" | "mandatory" | "disabled";
	encrypt?: "default" | "off" | "desired" | "required";
	/** Unknown users become guests, and every share lets them in. */
	guest?: boolean;
	/** The first one owns the shares' folders. Default: defaultUser. */
	users?: SambaUser[];
	/** Default: one share "scans". */
	shares?: SambaShare[];
	/** More of smb.conf(5)'s [global], for example "smb2 max write". */
	global?: Record<string, string | number>;
	/** false for a server that speaks no SMB2: it is up once it takes a connection. */
	awaitSMB2?: boolean;
	/** Folder that the scratch folder is made in. Default: that of temporary files. */
	under?: string;
	/** More of smbd's environment: KRB5_CONFIG. */
	env?: Record<string, string>;
	/** Bytes beyond which writing to any file fails as on a full disk; at least 1 MiB, which Samba itself needs. */
	fileLimit?: number;
	/** What the server's clock is wrong by, as faketime(1) has it: "-10y". */
	clock?: string;
}

export interface Samba {
	readonly address: string;
	readonly port: number;
	/** The first share, the first user. */
	readonly share: string;
	readonly user: string;
	readonly password: string;
	/** The scratch folder. */
	readonly folder: string;
	readonly pid: number;
	folderOf(share?: string): string;
	log(): string;
	connections(): number[];
	signalConnections(signal: NodeJS.Signals): void;
	cutConnections(): void;
	configure(options: Record<string, string | number>, share?: string): void;
	/** Mounts a share of limited size anew: see SambaShare.bytes. */
	remount(how: "ro" | "rw", share?: string): void;
	restart(awayMs?: number, signal?: NodeJS.Signals): Promise<void>;
	stop(): Promise<void>;
}

export const dialects: readonly string[];
export const defaultUser: Readonly<SambaUser>;
export function sambaInstalled(): boolean;
export function freePort(address?: string): Promise<number>;
export function startSamba(options?: SambaOptions): Promise<Samba>;
export function otherClock(clock: string): Record<string, string>;
