/** [MS-SMB2] 2.2.37 SMB2 QUERY_INFO Request, 2.2.38 SMB2 QUERY_INFO Response. */
import {
	FileBasicInformation, FileFsFullSizeInformation, FileInformationClass, FileNetworkOpenInformation, FileStandardInformation,
	FsInformationClass, InfoType,
} from "./file-information.js";
import { only, opaque, reserved, struct, type Structure, u16, u32, u8 } from "./wire.js";

const Request = struct("QUERY_INFO Request", {
	StructureSize:         only(u16, 41),
	InfoType:              u8,
	FileInfoClass:         u8,
	OutputBufferLength:    u32,
	InputBufferOffset:     u16,
	Reserved:              reserved(2),
	InputBufferLength:     u32,
	AdditionalInformation: u32,
	Flags:                 u32,
	FileId:                opaque(16),
});

/** 2.2.37 SMB2 QUERY_INFO Request. One of the ask… methods says for what; InfoType, FileInfoClass and OutputBufferLength follow from it. */
export class QueryInfoRequest extends Request {
	constructor() { super(); }

	askBasic(): void { this.#ask(InfoType.FILE, FileInformationClass.FileBasicInformation, FileBasicInformation.size); }
	askStandard(): void { this.#ask(InfoType.FILE, FileInformationClass.FileStandardInformation, FileStandardInformation.size); }
	askNetworkOpen(): void { this.#ask(InfoType.FILE, FileInformationClass.FileNetworkOpenInformation, FileNetworkOpenInformation.size); }
	askFsFullSize(): void { this.#ask(InfoType.FILESYSTEM, FsInformationClass.FileFsFullSizeInformation, FileFsFullSizeInformation.size); }

	#ask(infoType: number, informationClass: number, length: number): void {
		this.InfoType = infoType;
		this.FileInfoClass = informationClass;
		this.OutputBufferLength = length;
	}
}

const Response = struct("QUERY_INFO Response", {
	StructureSize:      only(u16, 9),
	OutputBufferOffset: u16,
	OutputBufferLength: u32,
});

/** 2.2.38 SMB2 QUERY_INFO Response. */
export class QueryInfoResponse extends Response {
	constructor() { super(); }

	/** Opens the structure that was asked for over the answer: `response.read(new FileStandardInformation()).EndOfFile`. */
	read<S extends Structure>(information: S): S {
		const at = this.part("OutputBuffer", this.OutputBufferOffset, this.OutputBufferLength);
		return information.open(this.memory, at, at + this.OutputBufferLength);
	}
}
