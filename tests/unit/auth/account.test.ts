import { kerberosRealm, kerberosUserName, ntlmUserName, parseAccount } from "../../../modules/auth/account.js";
import { deepEqual, equal } from "../../support/assert.js";

describe("account", () => {
	it("is a user without domain by default", () => deepEqual(parseAccount("anna"), { user: "anna", domain: "", realm: "" }));
	it("takes the domain given beside it", () => deepEqual(parseAccount("anna", "HOME"), { user: "anna", domain: "HOME", realm: "" }));
	it("takes DOMAIN\\user apart", () => deepEqual(parseAccount("HOME\\anna"), { user: "anna", domain: "HOME", realm: "" }));
	it("lets what stands before the backslash beat the domain beside it", () => deepEqual(parseAccount("HOME\\anna", "WORK"), { user: "anna", domain: "HOME", realm: "" }));
	it("takes a dot for the server's own accounts", () => deepEqual(parseAccount(".\\anna", "WORK"), { user: "anna", domain: "", realm: "" }));
	it("keeps an @ behind a backslash", () => deepEqual(parseAccount("HOME\\anna@b"), { user: "anna@b", domain: "HOME", realm: "" }));
	it("takes user@realm apart at the last @", () => deepEqual(parseAccount("anna@x@example.org"), { user: "anna@x", domain: "", realm: "example.org" }));
	it("keeps an @ in the name where there is a domain", () => deepEqual(parseAccount("anna@example.org", "NAS"), { user: "anna@example.org", domain: "NAS", realm: "" }));
	it("takes no realm from an @ at either end", () => {
		deepEqual(parseAccount("@anna"), { user: "@anna", domain: "", realm: "" });
		deepEqual(parseAccount("anna@"), { user: "anna@", domain: "", realm: "" });
	});
	it("gives NTLM the whole principal name", () => {
		equal(ntlmUserName(parseAccount("anna@example.org")), "anna@example.org");
		equal(ntlmUserName(parseAccount("HOME\\anna")), "anna");
	});
	it("has a Kerberos realm: given, behind its @, or a domain of the DNS, in capitals", () => {
		for (const [user, domain, realm, kdcKnown, expected] of [
			["anna", "", "Given.Test", false, "Given.Test"], ["anna@example.org", "", "Given.Test", false, "Given.Test"], ["anna@example.org", "", "", false, "EXAMPLE.ORG"],
			["anna", "example.org", "", false, "EXAMPLE.ORG"], ["EXAMPLE.org\\anna", "", "", false, "EXAMPLE.ORG"], ["anna", "HOME", "", false, ""], ["anna", "home", "", true, "HOME"],
			["anna", "", "", false, ""], ["anna", "", "", true, ""],
		] as const)
			equal(kerberosRealm(parseAccount(user, domain), realm, kdcKnown), expected, `${user}, ${domain}, ${realm}, ${kdcKnown}`);
	});
	it("keeps a suffix that is not the realm, for Kerberos", () => {
		for (const [user, realm, expected] of [["anna", "HOME", "anna"], ["anna@home", "HOME", "anna"], ["anna@corp.test", "HOME", "anna@corp.test"], ["HOME\\anna", "HOME", "anna"]] as const)
			equal(kerberosUserName(parseAccount(user), realm), expected, user);
	});
});
