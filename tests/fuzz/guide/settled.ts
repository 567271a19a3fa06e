/** Waiting for what waits for timers, whichever they are. */
import Timer from "timer";

const { turn } = Timer as { turn?: () => Promise<boolean> };

/** Whether time is virtual: time-outs may be as long as one likes. */
export const timeIsVirtual = turn !== undefined;

/** promise, once it is settled; with virtual time, an error where that can never be. */
export async function settled<T>(promise: Promise<T>): Promise<T> {
	let waiting = true;
	promise.then(() => { waiting = false; }, () => { waiting = false; });
	await Promise.resolve();
	while (turn !== undefined && waiting) {
		if (!await turn() && waiting) throw new Error("hangs: nothing is under way, and no timer runs");
	}
	return promise;
}
