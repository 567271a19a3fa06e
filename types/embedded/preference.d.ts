/** The SDK's settings that survive a restart: NVS on the ESP32, a JSON file in the simulator. */
declare module "preference" {
	export default class Preference {
		static get(domain: string, key: string): string | number | boolean | ArrayBuffer | undefined;
		static set(domain: string, key: string, value: string | number | boolean | ArrayBuffer): void;
		static delete(domain: string, key: string): void;
		static keys(domain: string): string[];
	}
}
