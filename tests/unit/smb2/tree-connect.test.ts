import { ShareFlags, ShareType, TreeConnectFlags, TreeConnectRequest, TreeConnectResponse } from "../../../modules/smb2/tree-connect.js";
import { bytesEqual } from "../../support/assert.js";
import { isGolden, laid } from "./message.js";

const REQUEST =
	"0900" + // StructureSize
	"0100" + // Flags
	"4800" + // PathOffset: 64 + 8
	"0c00";  // PathLength

describe("smb2 TREE_CONNECT Request", () => {
	it("has a golden fixed part", () => {
		isGolden(TreeConnectRequest, REQUEST, { Flags: TreeConnectFlags.CLUSTER_RECONNECT, PathOffset: 72, PathLength: 12 }, [[0, 2]]);
	});

	it("carries the path behind it", () => {
		bytesEqual(laid((memory, at) => {
			const request = new TreeConnectRequest().begin(memory, at);
			request.Flags = TreeConnectFlags.CLUSTER_RECONNECT;
			request.setPath("\\\\n\\s\u00f6");
			return request;
		}), REQUEST + "5c005c006e005c007300f600");
	});
});

describe("smb2 TREE_CONNECT Response", () => {
	it("is golden", () => {
		isGolden(TreeConnectResponse,
			"1000" +     // StructureSize
			"01" +       // ShareType
			"00" +       // Reserved
			"00800000" + // ShareFlags
			"10000000" + // Capabilities
			"ff011f00",  // MaximalAccess
			{ ShareType: ShareType.DISK, ShareFlags: ShareFlags.ENCRYPT_DATA, Capabilities: 0x10, MaximalAccess: 0x001F01FF }, [[0, 2]]);
	});
});
