/** How people write accounts, and what NTLM ([MS-NLMP] 2.2.1.3 UserName, DomainName) and Kerberos make of it. */

export interface Account {
	/** Without domain or realm. */
	readonly user: string;
	/** NetBIOS or DNS name of the domain, or "" for the server's own accounts. */
	readonly domain: string;
	/** What follows the @ of a user principal name, as it was given; else "". */
	readonly realm: string;
}

/**
 * Takes `DOMAIN\user`, `.\user` (the server's own), `user@realm` or `user` apart. What stands before a backslash beats the domain given beside it. With
 * such a domain an @ belongs to the name: servers have accounts that are called like mail addresses.
 */
export function parseAccount(user: string, domain = ""): Account {
	const backslash = user.indexOf("\\");
	if (backslash >= 0) {
		const prefix = user.slice(0, backslash);
		return { user: user.slice(backslash + 1), domain: prefix === "." ? "" : prefix, realm: "" };
	}
	const at = domain === "" ? user.lastIndexOf("@") : -1;
	if (at <= 0 || at === user.length - 1)
		return { user, domain, realm: "" };
	return { user: user.slice(0, at), domain, realm: user.slice(at + 1) };
}

/**
 * The Kerberos realm of an account: the one that was given, else what follows its @, or its domain where that is the DNS's, in capitals as realms are written.
 * A NetBIOS domain is one only where somebody knows its KDC. "" where there is none.
 */
export function kerberosRealm(account: Account, realm: string, kdcKnown: boolean): string {
	if (realm !== "")
		return realm;
	const { domain } = account;
	return (account.realm !== "" ? account.realm : domain.includes(".") || kdcKnown ? domain : "").toUpperCase();
}

/** The name that Kerberos asks with: a principal name whose suffix is not the realm stays whole, as an enterprise name (RFC 6806 5). */
export function kerberosUserName(account: Account, realm: string): string {
	return account.realm === "" || account.realm.toUpperCase() === realm.toUpperCase() ? account.user : account.user + "@" + account.realm;
}

/** The UserName that NTLM sends: a principal name goes whole, with an empty domain, and the server takes it apart. */
export function ntlmUserName(account: Account): string {
	return account.realm === "" ? account.user : account.user + "@" + account.realm;
}
