/** The SDK's SNTP client. */
declare module "sntp" {
	export default class SNTP {
		static readonly time: number;
		static readonly retry: number;
		static readonly error: number;
		/** value: with time, seconds since 1970-01-01 UTC; with error, the reason. */
		constructor(options: { host: string }, callback: (message: number, value?: number | string) => void);
		close(): void;
	}
}
