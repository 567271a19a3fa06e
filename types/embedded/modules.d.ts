/** The SDK's table of the modules in the firmware. */
declare module "modules" {
	export default class Modules {
		static has(specifier: string): boolean;
		/** The module's default export. */
		static importNow(specifier: string): unknown;
	}
}
