/** trace() and console: globals that the desktop has for tests and for people; an app does not count on console. */
#include "machine.h"

static void printArguments(txMachine *the, FILE *stream, bool spaced)
{
	for (int index = 0; index < mxArgc; index++) {
		mxPushSlot(mxArgv(index));
		if (the->stack->kind == XS_SYMBOL_KIND)
			fputs("Symbol()", stream);
		else {
			if (mxIsReference(the->stack) && the->stack->value.reference->next && the->stack->value.reference->next->kind == XS_ERROR_KIND)
				mxGetID(mxID(_stack));
			fputs(fxToString(the, the->stack), stream);
		}
		mxPop();
		if (spaced && index + 1 < mxArgc)
			fputc(' ', stream);
	}
}

static void console_out(txMachine *the)
{
	printArguments(the, stdout, true);
	fputc('\n', stdout);
	fflush(stdout);
}

static void console_error(txMachine *the)
{
	fflush(stdout);
	printArguments(the, stderr, true);
	fputc('\n', stderr);
}

static void traceLine(txMachine *the)
{
	fflush(stdout);
	printArguments(the, stderr, false);
}

static void define(txMachine *the, txSlot *object, const char *name, txCallback callback)
{
	txID id = fxNewNameC(the, (txString)name);
	fxNewHostFunction(the, callback, 1, id, XS_NO_ID);
	txSlot *property = mxBehaviorSetProperty(the, object, id, 0, XS_OWN);
	property->flag = XS_DONT_ENUM_FLAG;
	property->kind = the->stack->kind;
	property->value = the->stack->value;
	mxPop();
}

void console_install(txMachine *the)
{
	fxBeginHost(the);
	define(the, mxGlobal.value.reference, "trace", traceLine);
	mxPush(mxObjectPrototype);
	txSlot *console = fxNewObjectInstance(the);
	define(the, console, "log", console_out);
	define(the, console, "info", console_out);
	define(the, console, "debug", console_out);
	define(the, console, "warn", console_error);
	define(the, console, "error", console_error);
	txSlot *property = mxBehaviorSetProperty(the, mxGlobal.value.reference, fxNewNameC(the, "console"), 0, XS_OWN);
	property->flag = XS_DONT_ENUM_FLAG;
	property->kind = the->stack->kind;
	property->value = the->stack->value;
	mxPop();
	fxEndHost(the);
}
