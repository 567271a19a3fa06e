/** Accounts as people write them. */
import { ntlmUserName, parseAccount } from "../../../modules/auth/account.js";
import { equal, ok } from "../../support/assert.js";
import { ascii } from "../../support/hex.js";
import { Input, parts, textOf } from "../guide/target.js";

export function run(bytes: Uint8Array): string {
	const input = new Input(bytes), written = textOf(input.part()), beside = textOf(input.rest());
	const account = parseAccount(written, beside), { user, domain, realm } = account;
	ok(written.includes(user) && written.includes(realm), "nothing is made up");
	if (realm !== "") equal(`${user}@${realm}`, written);
	else if (written.includes("\\")) equal(written, `${domain === "" && written.startsWith(".\\") ? "." : domain}\\${user}`);
	else equal(user, written);
	equal(ntlmUserName(account), written.includes("\\") ? written.slice(written.indexOf("\\") + 1) : written);
	return `${user} / ${domain} / ${realm}`;
}

export const seeds = (): Uint8Array[] => ["anna", "HOME\\anna", ".\\anna", "anna@home.example", "a@b@c", "@", "anna@"].map(text => Uint8Array.of(...parts(ascii(text)), ...ascii(text.length > 5 ? "" : "HOME")));
