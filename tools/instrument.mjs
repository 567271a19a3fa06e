/**
 * Compiled modules with counters in them, for the fuzzing of JavaScript (tests/fuzz/guide/coverage.ts): build/js/{modules,hosts} → build/instrumented.
 * Every function, branch, loop, case and right side of && || ?? counts how often it was entered; comparisons go through functions that can note
 * what was compared. Lines stay where they are, so that source maps stay true.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { root } from "./steps.mjs";

const { SyntaxKind } = ts;

/** By operator, the function that compares. */
const comparisons = {
	[SyntaxKind.EqualsEqualsEqualsToken]: "$same", [SyntaxKind.ExclamationEqualsEqualsToken]: "!$same", [SyntaxKind.LessThanToken]: "$less",
	[SyntaxKind.GreaterThanToken]: "$more", [SyntaxKind.LessThanEqualsToken]: "$most", [SyntaxKind.GreaterThanEqualsToken]: "$least",
};
const shortcuts = [SyntaxKind.AmpersandAmpersandToken, SyntaxKind.BarBarToken, SyntaxKind.QuestionQuestionToken];

/** What tells kinds apart, not values: nothing can be learned from it. */
const isKind = node => ts.isTypeOfExpression(node) || node.kind === SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === "undefined");
const isLoop = node => ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node);

/** The same module with counters first, first + 1, …, and how many there are. It tells the numbers and texts that stand in it, for an input may have to hold them. */
export function instrument(text, path, first) {
	const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
	const words = new Set();
	let next = first;
	const count = () => `$hits[${next++}]++`;

	/** Blanks and comments before a node, and the node. */
	const parts = (node, plain) => {
		const whole = change(node, plain), lead = node.getStart() - node.getFullStart();
		return [whole.slice(0, lead), whole.slice(lead)];
	};
	const counted = node => {
		const [lead, body] = parts(node);
		return `${lead}(${count()}, ${body})`;
	};
	const block = (node, how) => {
		const [lead, body] = parts(node);
		return `${lead}{ ${how}; ${ts.isBlock(node) ? body.slice(1) : `${body} }`}`;
	};
	const place = (node, parent) => {
		if (ts.isFunctionLike(parent) && node === parent.body) return ts.isBlock(node) ? block(node, count()) : counted(node);
		if (isLoop(parent) && node === parent.statement) return block(node, `${count()}, $step()`);
		if (ts.isForStatement(parent) && node === parent.condition) return change(node, true);
		if (ts.isIfStatement(parent) && node === parent.thenStatement) return block(node, count()) + (parent.elseStatement ? "" : ` else { ${count()}; }`);
		if (ts.isIfStatement(parent) && node === parent.elseStatement) return block(node, count());
		if (ts.isConditionalExpression(parent) && (node === parent.whenTrue || node === parent.whenFalse)) return counted(node);
		if (ts.isBinaryExpression(parent) && node === parent.right && shortcuts.includes(parent.operatorToken.kind)) return counted(node);
		if (ts.isCatchClause(parent) && node === parent.block) return block(node, count());
		if (ts.isCaseOrDefaultClause(parent) && node === parent.statements[0]) {
			const [lead, body] = parts(node);
			return `${lead}${count()}; ${body}`;
		}
		return change(node);
	};
	const change = (node, plain = false) => {
		note(node);
		const compare = !plain && ts.isBinaryExpression(node) && !isKind(node.left) && !isKind(node.right) && comparisons[node.operatorToken.kind];
		if (compare) {
			const [lead, left] = parts(node.left);
			return `${lead}${compare}(${left},${change(node.right)})`;
		}
		let out = "", at = node.getFullStart();
		ts.forEachChild(node, child => {
			out += text.slice(at, child.getFullStart()) + place(child, node);
			at = child.end;
		});
		return out + text.slice(at, node.end);
	};
	const note = node => {
		if (ts.isNumericLiteral(node)) words.add(Number(node.text));
		else if (ts.isStringLiteral(node) && node.text.length > 1 && node.text.length <= 24 && !ts.isImportDeclaration(node.parent)) words.add(node.text);
	};

	const body = change(file);
	return {
		text: `const { hits: $hits, same: $same, less: $less, more: $more, most: $most, least: $least, step: $step } = globalThis.$coverage.module(${JSON.stringify([...words])}); ${body}`,
		count: next - first,
	};
}

function filesUnder(folder) {
	return readdirSync(folder, { recursive: true, encoding: "utf8" }).map(name => name.replace(/\\/g, "/")).filter(name => name.endsWith(".js")).sort();
}

/** Brings build/instrumented up to date with build/js. Returns how many counters there are. */
export function instrumentAll() {
	const from = join(root, "build", "js"), to = join(root, "build", "instrumented"), index = join(to, "counters.json");
	const files = ["modules", "hosts"].flatMap(layer => filesUnder(join(from, layer)).map(name => `${layer}/${name}`));
	const newest = Math.max(statSync(fileURLToPath(import.meta.url)).mtimeMs, ...files.map(name => statSync(join(from, name)).mtimeMs));
	const known = existsSync(index) && statSync(index).mtimeMs > newest ? JSON.parse(readFileSync(index, "utf8")) : undefined;
	if (known?.files === files.length) return known.counters;
	let counters = 0;
	for (const name of files) {
		const { text, count } = instrument(readFileSync(join(from, name), "utf8"), name, counters);
		counters += count;
		mkdirSync(dirname(join(to, name)), { recursive: true });
		writeFileSync(join(to, name), text);
		if (existsSync(join(from, `${name}.map`))) copyFileSync(join(from, `${name}.map`), join(to, `${name}.map`));
	}
	writeFileSync(index, JSON.stringify({ files: files.length, counters }));
	return counters;
}
