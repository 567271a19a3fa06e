/**
 * [MS-FSCC] 2.4 and 2.5: the information classes that QUERY_INFO, SET_INFO and QUERY_DIRECTORY carry for us.
 * By name alone: the numbers of their sections change from revision to revision.
 */
import { filetime, opaque, reserved, struct, u32, u64, u8 } from "./wire.js";

/** [MS-SMB2] 2.2.37 InfoType. */
export const InfoType = Object.freeze({ FILE: 0x01, FILESYSTEM: 0x02, SECURITY: 0x03, QUOTA: 0x04 } as const);

/** [MS-FSCC] 2.4 file information classes. */
export const FileInformationClass = Object.freeze({
	FileBasicInformation: 4,
	FileStandardInformation: 5,
	FileRenameInformation: 10,
	FileNamesInformation: 12,
	FileDispositionInformation: 13,
	FileEndOfFileInformation: 20,
	FileNetworkOpenInformation: 34,
	FileIdBothDirectoryInformation: 37,
} as const);

/** [MS-FSCC] 2.5 file system information classes. */
export const FsInformationClass = Object.freeze({ FileFsFullSizeInformation: 7 } as const);

/** FileBasicInformation. To set: a time of FileTime.NONE (what begin() leaves) and FileAttributes 0 leave things as they are. */
export const FileBasicInformation = struct("FileBasicInformation", {
	CreationTime:   filetime,
	LastAccessTime: filetime,
	LastWriteTime:  filetime,
	ChangeTime:     filetime,
	FileAttributes: u32,
	Reserved:       reserved(4),
});

/** FileStandardInformation. */
export const FileStandardInformation = struct("FileStandardInformation", {
	AllocationSize: u64,
	EndOfFile:      u64,
	NumberOfLinks:  u32,
	DeletePending:  u8,
	Directory:      u8,
	Reserved:       reserved(2),
});

/** FileNetworkOpenInformation. */
export const FileNetworkOpenInformation = struct("FileNetworkOpenInformation", {
	CreationTime:   filetime,
	LastAccessTime: filetime,
	LastWriteTime:  filetime,
	ChangeTime:     filetime,
	AllocationSize: u64,
	EndOfFile:      u64,
	FileAttributes: u32,
	Reserved:       reserved(4),
});

/** FileEndOfFileInformation. */
export const FileEndOfFileInformation = struct("FileEndOfFileInformation", {
	EndOfFile: u64,
});

/** FileDispositionInformation. */
export const FileDispositionInformation = struct("FileDispositionInformation", {
	DeletePending: u8,
});

/** FileRenameInformation for SMB2 (FILE_RENAME_INFORMATION_TYPE_2). FileName follows. */
export const FileRenameInformation = struct("FileRenameInformation", {
	ReplaceIfExists: u8,
	Reserved:        reserved(7),
	RootDirectory:   reserved(8),
	FileNameLength:  u32,
});

/** FileIdBothDirectoryInformation. FileName follows. */
export const FileIdBothDirectoryInformation = struct("FileIdBothDirectoryInformation", {
	NextEntryOffset: u32,
	FileIndex:       u32,
	CreationTime:    filetime,
	LastAccessTime:  filetime,
	LastWriteTime:   filetime,
	ChangeTime:      filetime,
	EndOfFile:       u64,
	AllocationSize:  u64,
	FileAttributes:  u32,
	FileNameLength:  u32,
	EaSize:          u32,
	ShortNameLength: u8,
	Reserved1:       reserved(1),
	ShortName:       reserved(24),
	Reserved2:       reserved(2),
	FileId:          opaque(8),
});

/** FileNamesInformation. FileName follows. */
export const FileNamesInformation = struct("FileNamesInformation", {
	NextEntryOffset: u32,
	FileIndex:       u32,
	FileNameLength:  u32,
});

/** FileFsFullSizeInformation. */
export const FileFsFullSizeInformation = struct("FileFsFullSizeInformation", {
	TotalAllocationUnits:           u64,
	CallerAvailableAllocationUnits: u64,
	ActualAvailableAllocationUnits: u64,
	SectorsPerAllocationUnit:       u32,
	BytesPerSector:                 u32,
});
