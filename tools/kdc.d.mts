export interface KDCUser {
	name: string;
	password: string;
	/** Names as in encryptionTypes; all of them unless told. */
	etypes?: readonly string[];
	/** More of kadmin(1)'s addprinc: "-pwexpire now", "-allow_tix", "-policy strict". */
	options?: string;
}

export interface KDCService {
	/** "cifs/127.0.0.1". */
	name: string;
	etypes?: readonly string[];
	options?: string;
	/** false: its keys do not go into the keytab. */
	keytab?: boolean;
}

/** Accounts of the realm from may go on to the realm to. Both realms' KDCs have to be told. */
export interface KDCTrust {
	from: string;
	to: string;
	/** This KDC refers to that realm for the hosts of a domain (".example.org"), or for one host, as krb5.conf(5) has it. */
	hosts?: string;
}

export interface KDCOptions {
	/** Default: a free port of address. */
	port?: number;
	address?: string;
	/** Whether it listens on UDP, beside TCP, and the longest reply by datagram (default: MIT's 4096). */
	udp?: boolean;
	longestDatagram?: number;
	/** Default "SCANS.TEST". */
	realm?: string;
	users?: readonly KDCUser[];
	services?: readonly KDCService[];
	trusts?: readonly KDCTrust[];
	/** Options of kadmin(1)'s addpol by name: "-maxfailure 2". */
	policies?: readonly { name: string; options: string }[];
	/** The KDC's clock as faketime(1) takes it: "+2h". */
	clock?: string;
}

export interface KDC {
	readonly address: string;
	readonly port: number;
	readonly realm: string;
	/** The scratch folder. */
	readonly folder: string;
	/** With the keys of the services. */
	readonly keytab: string;
	/** For programs that are to use this KDC. */
	readonly env: Record<string, string>;
	/** Runs commands of kadmin.local and returns what it says; throws where one fails. */
	admin(commands: readonly string[]): string;
	log(): string;
	/** Ends krb5kdc, and starts it again. */
	end(): Promise<void>;
	start(): Promise<void>;
	stop(): Promise<void>;
}

export const encryptionTypes: readonly string[];
export function kdcInstalled(): boolean;
export function startKDC(options?: KDCOptions): Promise<KDC>;
