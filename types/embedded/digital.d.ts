/** ECMA-419's digital input and output. */
declare module "embedded:io/digital" {
	export interface DigitalOptions {
		pin: number;
		mode: number;
		/** For inputs: at which edges onReadable() is called. */
		edge?: number;
		onReadable?: (this: Digital) => void;
		initialValue?: 0 | 1;
	}
	export default class Digital {
		static readonly Input: number;
		static readonly InputPullUp: number;
		static readonly InputPullDown: number;
		static readonly Output: number;
		static readonly Rising: number;
		static readonly Falling: number;
		constructor(options: DigitalOptions);
		read(): number;
		write(value: number): void;
		close(): void;
	}
}
