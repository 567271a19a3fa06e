/** Settings that survive a restart, over the SDK's "preference": on the ESP32 that is NVS, whose writes are whole or not at all. */

/** What is used of the SDK's Preference. */
export interface PreferenceModule {
	get(domain: string, key: string): unknown;
	set(domain: string, key: string, value: string): void;
	delete(domain: string, key: string): void;
	keys(domain: string): string[];
}

/** NVS takes no longer keys, and no longer text with its final zero. */
const mostKeyLength = 15;
const mostValueLength = 1024;
/** Settings whose names are longer, and what they are called there. */
const signing = "signing-algorithms", shortSigning = "signing-algs";
const encryption = "encryption-algorithms", shortEncryption = "encryption-algs";

export class Preferences {
	readonly #io: PreferenceModule;
	readonly #domain: string;

	constructor({ io, domain }: { io: PreferenceModule; domain: string }) {
		this.#io = io;
		this.#domain = domain;
	}

	/** Why NVS cannot hold that, undefined where it can. */
	static refuses(key: string, value: string): string | undefined {
		if (stored(key).length > mostKeyLength)
			return `unknown setting "${key}"`;
		return value.length > mostValueLength ? `${key}=…: at most ${mostValueLength} characters` : undefined;
	}

	get(key: string): string | undefined {
		const value = this.#io.get(this.#domain, stored(key));
		return value === undefined ? undefined : String(value);
	}

	/** Flash wears: what stands there already is not written again. "" takes the setting away, so that the one from the build counts again. */
	set(key: string, value: string): void {
		const old = this.get(key);
		if (value !== "" && value !== old)
			this.#io.set(this.#domain, stored(key), value);
		else if (value === "" && old !== undefined)
			this.#io.delete(this.#domain, stored(key));
	}

	/** The settings of the build, overlaid by these. */
	over(built: Readonly<Record<string, unknown>>): Record<string, unknown> {
		const values: Record<string, unknown> = { ...built };
		for (const key of this.#io.keys(this.#domain)) {
			const name = key === shortSigning ? signing : key === shortEncryption ? encryption : key;
			values[name] = this.get(name);
		}
		return values;
	}
}

/** The key in NVS. */
function stored(key: string): string { return key === signing ? shortSigning : key === encryption ? shortEncryption : key; }
