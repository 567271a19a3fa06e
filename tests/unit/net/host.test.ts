import { checkHost, isAddress } from "../../../modules/net/host.js";
import { equal, throws } from "../../support/assert.js";

describe("net: host", () => {
	it("takes names and addresses", () => {
		for (const host of ["nas", "nas.local", "nas.local.", "NAS_1", "4nas", "a-b.example", "10.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1%eth0", "2001:db8:0:0:0:0:0:1", "::ffff:10.0.0.1", "größe.local"])
			checkHost(host);
	});

	it("refuses what is more than a name, and says what to give", () => {
		throws(() => checkHost(""), RangeError, /it is empty.*such as nas\.local/);
		for (const host of ["smb://nas/share", "//nas/share", "\\\\nas\\share", "nas/", "user@nas"])
			throws(() => checkHost(host), RangeError, /only the name or address/, host);
		for (const host of ["my nas", " nas", "nas\n", "nas\t", "nas\u0000"])
			throws(() => checkHost(host), RangeError, /no spaces/, host);
		for (const host of ["nas:445", "[::1]", "1:2:3", "fe80::1%", "1::2::3", "fe80::1%eth0:445", "fe80::1%eth0]", "fe80::1%[eth0", "fe80::1%%3"])
			throws(() => checkHost(host), RangeError, /no IPv6 address/, host);
		for (const host of ["10.0.0.256", "10.0.0", "10", "1.2.3.4.5", "010.0.0.1", "nas.1"])
			throws(() => checkHost(host), RangeError, /no IPv4 address/, host);
		for (const host of [".local", "nas..local", "."])
			throws(() => checkHost(host), RangeError, /part of the name is empty/, host);
		throws(() => checkHost("n".repeat(254)), RangeError, /253/);
	});

	it("tells addresses from names", () => {
		for (const host of ["10.0.0.1", "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "FE80::ABCD%3"])
			equal(isAddress(host), true, host);
		for (const host of ["nas", "", "1.2.3", "1.2.3.4.5", "1.2.3.400", "1.2.3.", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "::g", "1.2.3.4::", "%", "::%"])
			equal(isAddress(host), false, host);
	});
});
