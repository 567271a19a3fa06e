/** Node's resolve hook: "timer", "platform" and the like → the node-*.ts that stands in for it. node-modules.ts registers it. */
const standIns: Record<string, string> = {
	"timer": "node-timer.js",
	"time": "node-time.js",
	"mc/config": "node-config.js",
	"platform": "node-platform.js",
	"embedded:io/socket/tcp": "node-tcp.js",
	"embedded:io/socket/listener": "node-listener.js",
	"embedded:io/socket/udp": "node-udp.js",
};

type Next = (specifier: string, context: unknown) => unknown;

export function resolve(specifier: string, context: unknown, next: Next): unknown {
	const name = Object.hasOwn(standIns, specifier) ? standIns[specifier] : undefined;
	return name === undefined ? next(specifier, context) : { url: new URL(name, import.meta.url).href, shortCircuit: true };
}
