import { shareName, sharePath } from "../../../modules/client/share-name.js";
import { equal } from "../../support/assert.js";

describe("names on a share", () => {
	it("are left alone where SMB can hold them", () => {
		for (const name of ["scan.pdf", "größe 日本 😀.pdf", "a.b.c", " leading", ".hidden"])
			equal(shareName(name), name);
	});

	it("have what SMB can't hold mapped as macOS and Linux mounts map it", () => {
		equal(shareName("\"*:<>?\\|"), "\uF020\uF021\uF022\uF023\uF024\uF025\uF026\uF027");
		equal(shareName("a\u0001b\u001F"), "a\uF001b\uF01F");
		equal(shareName("dot."), "dot\uF029");
		equal(shareName("space "), "space\uF028");
		equal(shareName("a. b .pdf"), "a. b .pdf");
		equal(shareName("😀?"), "😀\uF025");
		equal(shareName("."), "\uF029");
	});

	it("have backslashes between folders", () => equal(sharePath("in/box./a:b"), "in\\box\uF029\\a\uF022b"));
});
