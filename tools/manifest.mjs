/**
 * Reads a manifest.json as the Moddable SDK's mcconfig does, as far as this project uses it: include, modules with
 * wildcards, preload, creation, config, defines, platforms. What the SDK itself supplies ($(MODDABLE)/…, $(MODULES)/…) is
 * left out and listed, for the desktop host has its own.
 */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, extname, join, relative, resolve, sep } from "node:path";

/** A mistake in a manifest: the file and the entry are named. */
export class ManifestError extends Error {
	get name() { return "ManifestError"; }
}

/**
 * What a manifest and all that it includes come to for one platform:
 * - modules: Map from specifier to source file (.ts, .js, .mjs)
 * - natives: C files; includes: folders for the C compiler
 * - preload: the specifiers that its patterns match, in the order of modules
 * - creation, config, defines: merged objects
 * - files: the manifests that were read; skipped: entries that belong to the SDK
 * - missing: { manifest, entry, message } for sources that are not there. With options.strict (the default) they throw.
 */
export function readManifest(path, options = {}) {
	const { platform = "desktop", strict = true } = options;
	const result = {
		modules: new Map(), natives: [], includes: [], preload: [],
		creation: {}, config: {}, defines: {}, files: [], skipped: [], missing: [],
	};
	const patterns = [];
	include(resolve(path), undefined, { platform, result, patterns });
	for (const { pattern, manifest } of patterns)
		preload(pattern, manifest, result);
	if (strict && result.missing.length > 0)
		throw new ManifestError(result.missing.map(({ message }) => message).join("\n"));
	return result;
}

function include(path, from, context) {
	const { result } = context;
	if (result.files.includes(path))
		return;
	if (!existsSync(path))
		throw new ManifestError(`${from ?? path}: include "${path}": no such file`);
	result.files.push(path);
	let manifest;
	try {
		manifest = JSON.parse(readFileSync(path, "utf8"));
	}
	catch (error) {
		throw new ManifestError(`${path}: ${error.message}`);
	}
	section(manifest, path, context);
	if (manifest.platforms) {
		const chosen = matchPlatform(manifest.platforms, context.platform);
		if (chosen)
			section(chosen, path, context);
	}
}

/** One level of a manifest: the top, or the part for the platform. What is included comes first, so that the includer has the last word. */
function section(part, path, context) {
	const { result, patterns } = context;
	if (part.error)
		throw new ManifestError(`${path}: ${part.error}`);
	for (const entry of list(part.include)) {
		if (typeof entry !== "string")
			throw new ManifestError(`${path}: include ${JSON.stringify(entry)}: only paths are understood`);
		const file = expand(entry, path, "include", result);
		if (file)
			include(file, path, context);
	}
	for (const [target, sources] of Object.entries(part.modules ?? {})) {
		for (const source of list(sources))
			modules(target, source, path, result);
	}
	for (const pattern of list(part.preload))
		patterns.push({ pattern, manifest: path });
	merge(result.creation, part.creation);
	merge(result.config, part.config);
	merge(result.defines, part.defines);
}

/** The most specific name wins: "esp32/board", then "esp32", then "...". */
function matchPlatform(platforms, name) {
	const parts = name.split("/");
	while (parts.length > 0) {
		const partial = parts.join("/");
		for (const [key, value] of Object.entries(platforms)) {
			if (partial === key
			|| (key.endsWith("/*") && partial.startsWith(key.slice(0, -1)))
			|| (key.startsWith("*/") && partial.endsWith(key.slice(1))))
				return value;
		}
		parts.pop();
	}
	return platforms["..."];
}

/** The absolute path of an entry; undefined for what the SDK supplies. */
function expand(entry, path, where, result) {
	const variable = /^\$\((\w+)\)/.exec(entry);
	if (variable) {
		if (!["MODDABLE", "MODULES", "BUILD"].includes(variable[1]))
			throw new ManifestError(`${path}: ${where} "${entry}": unknown variable ${variable[0]}`);
		result.skipped.push(entry);
		return undefined;
	}
	return resolve(dirname(path), entry);
}

/** One pair of "modules": a trailing * in the target stands for what the * in the source matched, or for the file's name. */
function modules(target, source, path, result) {
	const name = typeof source === "string" ? source : source?.source;
	if (typeof name !== "string")
		throw new ManifestError(`${path}: modules "${target}": ${JSON.stringify(source)} is no path`);
	const file = expand(name, path, `modules "${target}"`, result);
	if (!file)
		return;
	// "~" leaves a module out: one of the SDK's, of which there is none here anyway.
	if (target === "~")
		throw new ManifestError(`${path}: modules "~": only modules of the SDK can be left out`);
	const folder = dirname(file);
	const pattern = file.slice(folder.length + 1);
	const star = pattern.lastIndexOf("*");
	const entry = `modules "${target}": "${name}"`;
	if (!existsSync(folder)) {
		result.missing.push({ manifest: path, entry, message: `${path}: ${entry}: no folder ${folder}` });
		return;
	}
	const starred = target.endsWith("*");
	const prefix = star >= 0 ? pattern.slice(0, star) : pattern;
	let matched = 0;
	for (const found of readdirSync(folder).sort()) {
		const extension = found.endsWith(".d.ts") ? ".d.ts" : extname(found);
		const stem = found.slice(0, found.length - extension.length);
		if (found.startsWith(".") || (star >= 0 ? !stem.startsWith(prefix) : stem !== prefix && found !== prefix))
			continue;
		const full = join(folder, found);
		if (!statSync(full).isFile())
			continue;
		matched++;
		const specifier = starred ? target.slice(0, -1) + (star >= 0 ? stem.slice(prefix.length) : stem) : target;
		add(specifier, full, extension, path, entry, result);
	}
	if (matched === 0 && star < 0)
		result.missing.push({ manifest: path, entry, message: `${path}: ${entry}: no file matches` });
}

function add(specifier, file, extension, path, entry, result) {
	switch (extension) {
		case ".ts": case ".js": case ".mjs": {
			const before = result.modules.get(specifier);
			if (before && before !== file)
				throw new ManifestError(`${path}: ${entry}: "${specifier}" is both ${before} and ${file}`);
			result.modules.set(specifier, file);
			break;
		}
		case ".c":
			once(result.natives, file);
			once(result.includes, dirname(file));
			break;
		case ".h":
			once(result.includes, dirname(file));
			break;
	}
}

function preload(pattern, path, result) {
	const star = pattern.lastIndexOf("*");
	let matched = false;
	for (const specifier of result.modules.keys()) {
		if (star >= 0 ? specifier.startsWith(pattern.slice(0, star)) : specifier === pattern) {
			once(result.preload, specifier);
			matched = true;
		}
	}
	if (!matched && star < 0)
		result.missing.push({ manifest: path, entry: `preload "${pattern}"`, message: `${path}: preload "${pattern}": no such module` });
}

function merge(into, from) {
	for (const [key, value] of Object.entries(from ?? {})) {
		if (isObject(value) && isObject(into[key]))
			merge(into[key], value);
		else
			into[key] = isObject(value) ? structuredClone(value) : value;
	}
}

/** The text of mc.defines.h: { pipeline: { slots: 4 } } becomes MODDEF_PIPELINE_SLOTS. A string is C as it stands, one that starts with # a C string. */
export function definesHeader(defines) {
	const lines = ["/* Generated from the manifests' \"defines\". */", "#ifndef MC_DEFINES_H", "#define MC_DEFINES_H"];
	const walk = (part, prefix) => {
		for (const [key, value] of Object.entries(part)) {
			const name = `${prefix}_${key.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
			if (isObject(value))
				walk(value, name);
			else
				lines.push(`#define ${name} ${defineValue(value)}`);
		}
	};
	walk(defines, "MODDEF");
	lines.push("#endif", "");
	return lines.join("\n");
}

function defineValue(value) {
	if (typeof value === "string")
		return value.startsWith("#") ? JSON.stringify(value.slice(1)) : value;
	return `(${Number(value)})`;
}

/** Where a source lies, relative to root, with slashes: for messages and for the mirrored build folder. */
export function under(root, file) {
	const path = relative(root, file);
	return sep === "/" ? path : path.split(sep).join("/");
}

function list(value) {
	return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function once(array, value) {
	if (!array.includes(value))
		array.push(value);
}

function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
