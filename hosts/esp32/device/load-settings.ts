/** The settings of a device at start: those of the build, overlaid by the preferences, into which settings.txt was taken before. */
import { SettingsError, StorageError } from "../../../modules/errors/errors.js";
import type Timer from "timer";
import { takeSettingsFile, type SettingsFileOptions } from "./settings-file.js";

export interface LoadOptions extends Omit<SettingsFileOptions, "folder"> {
	/** The medium: ready() throws StorageError while there is none. */
	card: { readonly folder: string; ready(): void };
	Timer: Pick<typeof Timer, "set">;
}

/** Between two looks for a card that has to bring the settings. */
const cardMs = 5000;

/**
 * Settles with settings that check() takes; source, where nobody set it, is the card. Without a card it waits for one only if there are no good
 * settings so far. Rejects with SettingsError where they are wrong: a settings.txt with a mistake stops the device, rather than that it goes on
 * with what was meant to be changed.
 */
export async function loadSettings(options: LoadOptions): Promise<Record<string, unknown>> {
	const { card, preferences, check, log, Timer } = options;
	const built = { source: card.folder, ...options.built };
	let said = "";
	for (;;) {
		const trouble = reason(() => card.ready());
		if (trouble === undefined)
			take({ ...options, built, folder: card.folder });
		else if (trouble !== said)
			log(said = trouble);
		const values = preferences.over(built);
		try {
			check(values);
			return values;
		}
		catch (error) {
			if (trouble === undefined || !(error instanceof SettingsError || error instanceof RangeError))
				throw error;
		}
		await new Promise<void>(resolve => { Timer.set(() => resolve(), cardMs); });
	}
}

function take(options: SettingsFileOptions): void {
	let taken = "none";
	try {
		taken = takeSettingsFile(options);
	}
	catch (error) {
		// The medium failed: what was taken before still counts, and the file is there for the next start.
		options.log(`settings.txt: ${(error as Error).message}`);
	}
	if (taken === "wrong")
		throw new SettingsError("settings.txt was not taken: settings-errors.txt beside it says why");
}

function reason(run: () => void): string | undefined {
	try {
		run();
		return undefined;
	}
	catch (error) {
		if (!(error instanceof StorageError))
			throw error;
		return error.message;
	}
}
