/** What earlier connections to a server have shown of it. It saves round trips; without it, or where it is wrong, everything takes its longer way. */
import type { TransportError } from "../errors/errors.js";

export class Habits {
	/** Whether the share lets messages in that are not encrypted: until that is known nothing of a scan goes out with TREE_CONNECT. */
	clear = false;
	/** Whether a compound may begin with TREE_CONNECT, and whether it may bring a file. Servers that do not take one say so, or hang up. */
	treeConnects = true;
	files = true;
	/** Whether a compound has brought a file: what goes wrong from then on is put down to the network, or the session. */
	proven = false;

	/** A connection was lost while a compound was under way: what a server does not know, it may hang up on. */
	lost({ code }: TransportError, withTreeConnect: boolean): void {
		if (this.proven || code !== "ECONNRESET" && code !== "EOF" && code !== "EPIPE")
			return;
		if (withTreeConnect)
			this.treeConnects = false;
		else
			this.files = false;
	}
}
