/** [MS-SMB2] 3.2.4.17: what is in a folder of the share. */
import { ProtocolError, StatusError } from "../errors/errors.js";
import { FileAttributes } from "../smb2/create.js";
import { Command, Header } from "../smb2/header.js";
import { QueryDirectoryRequest, QueryDirectoryResponse } from "../smb2/query-directory.js";
import { NTStatus } from "../smb2/status.js";
import { textLength } from "../smb2/wire.js";
import { prefixLength, receiveLength } from "./layout.js";
import type { Open } from "./open.js";
import { Sealing } from "./sealing.js";

/** One file. */
export interface Listed {
	readonly name: string;
	/** Bytes. */
	readonly length: number;
	/** Last written to, milliseconds since 1970. */
	readonly modified: number;
}

/** What an answer brings at most, beside its headers: several entries, or one with the longest name. */
const outputLength = receiveLength - prefixLength - Sealing.headLength - Header.size - QueryDirectoryResponse.size;

/** Answers to one look: of a dozen files each, far more than fit any pattern that is asked for here. */
const answersMax = 1000;

/** Tells of each file, not folder, in the folder that open is. ProtocolError for a server that never ends. */
export async function listFolder(open: Open, pattern: string, each: (file: Listed) => void): Promise<void> {
	const { connection } = open.tree.session;
	for (let answers = 0; answers < answersMax; answers++) {
		try {
			await connection.request<void>({
				command: Command.QUERY_DIRECTORY, subject: open.path, length: QueryDirectoryRequest.size + textLength(pattern),
				write(memory, at, limit) {
					const request = new QueryDirectoryRequest().begin(memory, at, limit);
					request.FileId = open.fileId;
					request.OutputBufferLength = outputLength;
					request.askFiles(pattern);
					return request.end;
				},
				read(memory, at, end) {
					const files = new QueryDirectoryResponse().open(memory, at, end).files();
					while (files.next()) {
						const { EndOfFile, LastWriteTime, FileAttributes: attributes } = files.entry;
						if ((attributes & FileAttributes.DIRECTORY) === 0)
							each({ name: files.fileName(), length: EndOfFile, modified: LastWriteTime });
					}
				},
			}, open.tree.treeId);
		}
		catch (error) {
			// The end, or an answer right away that nothing fits.
			if (error instanceof StatusError && (error.status === NTStatus.NO_MORE_FILES || error.status === NTStatus.NO_SUCH_FILE))
				return;
			throw error;
		}
	}
	throw new ProtocolError(`QUERY_DIRECTORY ${open.path}: no end after ${answersMax} answers`);
}
