/**
 * Binds native() and Native() at build time, as the SDK's xsc does: a function whose body is only a call of native() becomes
 * the C function itself, so that calling it costs no memory. XS writes that `method(a) @ "xs_name"` and
 * `class X @ "xs_destructor"`; XS 13.3 knows only that form. Lines stay where they are, so the source map stays true.
 */
import ts from "typescript";

/** The same module with its natives bound. Throws where a class that extends Native() has a constructor that is more than super() and one native call. */
export function bindNatives(text, path) {
	const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
	const edits = [];
	const replace = (from, to, by) => {
		const lost = text.slice(from, to).split("\n").length - 1;
		edits.push({ from, to, by: by + "\n".repeat(lost) });
	};
	const visit = node => {
		if (ts.isClassLike(node) && bindClass(node))
			return;
		if (isFunction(node) && node.body) {
			const name = soleCall(node.body, node.parameters, 0);
			if (name) {
				replace(node.body.pos, node.body.end, ` @ ${name}${ts.isFunctionExpression(node) ? "" : ";"}`);
				return;
			}
		}
		const name = nativeName(node, "native");
		if (name) {
			replace(node.getStart(), node.end, `(function () @ ${name})`);
			return;
		}
		ts.forEachChild(node, visit);
	};
	const bindClass = node => {
		const clause = node.heritageClauses?.[0];
		const destructor = clause && nativeName(clause.types[0].expression, "Native");
		if (!destructor)
			return false;
		replace(clause.pos, clause.end, ` @ ${destructor}`);
		for (const member of node.members) {
			if (ts.isConstructorDeclaration(member)) {
				const name = soleCall(member.body, member.parameters, 1);
				if (!name) {
					const { line } = file.getLineAndCharacterOfPosition(member.getStart());
					throw new Error(`${path}:${line + 1}: the constructor of a class that extends Native() must be super() and one native call with its parameters`);
				}
				replace(member.body.pos, member.body.end, ` @ ${name};`);
			}
			else
				visit(member);
		}
		return true;
	};
	visit(file);
	let bound = text;
	for (const { from, to, by } of edits.sort((a, b) => b.from - a.from))
		bound = bound.slice(0, from) + by + bound.slice(to);
	return bound;
}

function isFunction(node) {
	return ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)
		|| ts.isGetAccessorDeclaration(node) || ts.isSetAccessorDeclaration(node);
}

/** The literal in native("xs_name"), with its quotes. */
function nativeName(node, callee) {
	if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === callee
	&& node.arguments.length === 1 && ts.isStringLiteral(node.arguments[0]))
		return JSON.stringify(node.arguments[0].text);
	return undefined;
}

/** The native's name if the body is only native("…").call(this, …parameters in order), after super() when leading is 1. */
function soleCall(body, parameters, leading) {
	if (body.statements.length !== leading + 1)
		return undefined;
	if (leading && !(ts.isExpressionStatement(body.statements[0]) && ts.isCallExpression(body.statements[0].expression)
	&& body.statements[0].expression.expression.kind === ts.SyntaxKind.SuperKeyword))
		return undefined;
	const call = body.statements[leading].expression;
	if (!call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression) || call.expression.name.text !== "call")
		return undefined;
	const [self, ...values] = call.arguments;
	if (self?.kind !== ts.SyntaxKind.ThisKeyword || values.length !== parameters.length)
		return undefined;
	const inOrder = values.every((value, index) => ts.isIdentifier(value) && ts.isIdentifier(parameters[index].name)
		&& !parameters[index].initializer && !parameters[index].dotDotDotToken && parameters[index].name.text === value.text);
	return inOrder ? nativeName(call.expression.expression, "native") : undefined;
}
