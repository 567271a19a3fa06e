/** The private KDC of tools/kdc.mjs, for tests, and a Samba that takes its tickets. */
import type { KDC } from "../../tools/kdc.mjs";
import { tool } from "./repository.js";
import { type Samba, type SambaOptions, defaultUser, startSamba } from "./samba.js";

export type { KDC, KDCOptions, KDCUser } from "../../tools/kdc.mjs";

export const { startKDC, encryptionTypes } = await tool("kdc.mjs") as typeof import("../../tools/kdc.mjs");

/** A Samba with the KDC's keytab; the principal of its first user logs on as that user. */
export function startKerberosSamba(kdc: KDC, options: SambaOptions = {}): Promise<Samba> {
	const { name, password } = defaultUser;
	return startSamba({
		users: [{ name, password, aliases: [`WORKGROUP\\${name}`] }], ...options, env: kdc.env,
		global: { "realm": kdc.realm, "kerberos method": "dedicated keytab", "dedicated keytab file": kdc.keytab, ...options.global },
	});
}
