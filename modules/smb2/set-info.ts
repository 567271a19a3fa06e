/** [MS-SMB2] 2.2.39 SMB2 SET_INFO Request, 2.2.40 SMB2 SET_INFO Response. */
import {
	FileBasicInformation, FileDispositionInformation, FileEndOfFileInformation, FileInformationClass, FileRenameInformation, InfoType,
} from "./file-information.js";
import { only, opaque, reserved, struct, type Structure, u16, u32, u8 } from "./wire.js";

/** FileRenameInformation has at least 24 bytes; servers refuse a shorter one, as a name of one letter would make. */
const RENAME_LENGTH_MINIMUM = 24;

const Request = struct("SET_INFO Request", {
	StructureSize:         only(u16, 33),
	InfoType:              u8,
	FileInfoClass:         u8,
	BufferLength:          u32,
	BufferOffset:          u16,
	Reserved:              reserved(2),
	AdditionalInformation: u32,
	FileId:                opaque(16),
});

/** 2.2.39 SMB2 SET_INFO Request. One of the set… methods lays the buffer out. */
export class SetInfoRequest extends Request {
	constructor() { super(); }

	/** Renames the open file. name: from the share's root, with \ between folders. Unless it may replace, a taken name is STATUS_OBJECT_NAME_COLLISION. */
	setRename(name: string, replaceIfExists = false): void {
		const rename = this.#set(FileInformationClass.FileRenameInformation, new FileRenameInformation());
		rename.ReplaceIfExists = replaceIfExists ? 1 : 0;
		const nameAt = this.appendText(name);
		rename.FileNameLength = this.end - nameAt;
		const missing = RENAME_LENGTH_MINIMUM - (this.end - rename.at);
		if (missing > 0)
			this.memory.bytes.fill(0, this.append(missing), this.end);
		this.BufferLength = this.end - rename.at;
	}

	/** Cuts or extends the open file to length bytes. */
	setEndOfFile(length: number): void {
		this.#set(FileInformationClass.FileEndOfFileInformation, new FileEndOfFileInformation()).EndOfFile = length;
	}

	/** Has the open file deleted on close, or not after all. */
	setDisposition(deletePending: boolean): void {
		this.#set(FileInformationClass.FileDispositionInformation, new FileDispositionInformation()).DeletePending = deletePending ? 1 : 0;
	}

	/** Sets times and attributes: those that are filled in what is returned. */
	setBasic(): InstanceType<typeof FileBasicInformation> {
		return this.#set(FileInformationClass.FileBasicInformation, new FileBasicInformation());
	}

	#set<S extends Structure>(informationClass: number, information: S): S {
		const at = this.append(information.size, 8);
		this.InfoType = InfoType.FILE;
		this.FileInfoClass = informationClass;
		this.BufferOffset = at - this.headerAt;
		this.BufferLength = information.size;
		return information.begin(this.memory, at, this.end);
	}
}

/** 2.2.40 SMB2 SET_INFO Response. */
export const SetInfoResponse = struct("SET_INFO Response", {
	StructureSize: only(u16, 2),
});
