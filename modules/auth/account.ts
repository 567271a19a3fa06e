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

/** The UserName that NTLM sends: a principal name goes whole, with an empty domain, and the server takes it apart. */
export function ntlmUserName(account: Account): string {
	return account.realm === "" ? account.user : account.user + "@" + account.realm;
}
