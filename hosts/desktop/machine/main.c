/**
 * The desktop host: builds a root machine with all preloaded modules, makes it read-only, runs the app in a clone of the
 * manifest's size. Exit codes: the app's own (0 at the end of the loop), or 100 + the engine's reason: 101 memory full, 102 stack overflow,
 * 103 write to a preloaded object or a broken heap, 105 uncaught exception, 106 no more keys, 108 unhandled rejection. 100: wrong call.
 */
#include <signal.h>
#include "machine.h"
#include "mc.xs.h"

static struct {
	/* Where host_exit() goes. */
	jmp_buf end;
	int code;
	bool running, ending;
} host;

bool host_cloned;

/* What the modules have added to the root machine, which on the device lies in flash: slots, bytes of byte code, names. And how many of its objects the app could have a copy of: 4 bytes of RAM each. */
static struct {
	int slots, code, keys, aliases;
} rom;

#ifdef __SANITIZE_ADDRESS__
/* The root machine is never deleted. */
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

/* In fxThrowMessage()'s place of fxBufferFrameName(): messages are to be the same in every variant. XS 17 has begun the addition before the call. */
void host_noFrameName(txMachine *the, txString buffer, txSize size, txSlot *frame, txString suffix)
{
	buffer[0] = 0;
	if (*suffix == ')')
		buffer[-5] = 0;
}

/* ENDS */

void host_report(txMachine *the)
{
	HeapFigures it;
	if (!settings.report || !host_cloned)
		return;
	settings.report = false;
	memory_figures(the, &it);
	fprintf(stderr, "heap slotSize=%d slots=%d slotsPeak=%d chunks=%d chunksPeak=%d stackPeak=%d stackSize=%d static=%d staticUsed=%d collections=%d\n",
		it.slotSize, it.slots, it.slotsPeak, it.chunks, it.chunksPeak, it.stackPeak, it.stackSize, it.staticSize, it.staticUsed, it.collections);
	fprintf(stderr, "rom slots=%d code=%d keys=%d aliases=%d\n", rom.slots, rom.code, rom.keys, rom.aliases);
}

void host_exit(xsMachine *the, int code)
{
	host.code = code;
	if (host.running && !host.ending)
		longjmp(host.end, 1);
	fflush(stdout);
	_exit(code);
}

/* The string of a property of what is on top of the stack, which it replaces. */
static const char *textOf(txMachine *the, txID id)
{
	mxGetID(id);
	return mxIsUndefined(the->stack) ? NULL : fxToString(the, the->stack);
}

/* Prints mxException with its stack and causes; survives exceptions on the way. */
void host_printException(txMachine *the, const char *before)
{
	const char *volatile what = before;
	fflush(stdout);
	fxBeginHost(the);
	{
		mxTry(the) {
			mxPush(mxException);
			for (int depth = 0; depth < 8; depth++) {
				mxDub();
				bool isError = mxIsReference(the->stack) && the->stack->value.reference->next && the->stack->value.reference->next->kind == XS_ERROR_KIND;
				const char *text = isError ? textOf(the, mxID(_stack)) : fxToString(the, the->stack);
				fprintf(stderr, "%s%s\n", what, text ? text : "?");
				mxPop();
				if (!isError || !mxBehaviorHasProperty(the, the->stack->value.reference, mxID(_cause), 0))
					break;
				mxGetID(mxID(_cause));
				what = "caused by ";
			}
			mxPop();
		}
		mxCatch(the) {
			fprintf(stderr, "%san exception that can't be shown\n", what);
		}
	}
	fxEndHost(the);
}

/* Where the app is, without allocating: names of functions, and lines where the engine notes them. */
static void printFrames(txMachine *the)
{
	int count = 0;
	for (txSlot *frame = the->frame; frame && frame->next && count < 20; frame = frame->next) {
		char name[128] = "";
		txSlot *environment = mxFrameToEnvironment(frame);
		if (frame->flag & XS_C_FLAG)
			continue;
		fxBufferFrameName(the, name, sizeof(name), frame, "");
		fprintf(stderr, " at %s", name);
		if (environment->ID != XS_NO_ID)
			fprintf(stderr, " (%s:%d)", fxGetKeyName(the, environment->ID), (int)environment->value.environment.line);
		fputc('\n', stderr);
		count++;
	}
}

void fxAbort(txMachine *the, int status)
{
	static bool aborting;
	const char *reason = "the engine gave up";
	int code = 100 + status;
	if (aborting)
		_exit(code);
	aborting = true;
	fflush(stdout);
	switch (status) {
	case XS_UNHANDLED_EXCEPTION_EXIT:
		host_printException(the, "");
		host_exit(the, 105);
	case XS_UNHANDLED_REJECTION_EXIT:
		host_printException(the, "unhandled rejection: ");
		host_exit(the, 108);
	case XS_NOT_ENOUGH_MEMORY_EXIT: code = 101; reason = "memory full"; break;
	case XS_STACK_OVERFLOW_EXIT: case XS_NATIVE_STACK_OVERFLOW_EXIT: code = 102; reason = "stack overflow"; break;
	case XS_NO_MORE_KEYS_EXIT: code = 106; reason = "no more keys"; break;
	case XS_DEAD_STRIP_EXIT: reason = "dead strip"; break;
	case XS_TOO_MUCH_COMPUTATION_EXIT: reason = "too much computation"; break;
	case XS_DEBUGGER_EXIT: reason = "ended by the debugger"; break;
	}
	HeapFigures it;
	memory_figures(the, &it);
	fprintf(stderr, "%s: %d of %d bytes of static memory taken, %d slots of %d bytes, %d bytes of chunks, stack %d of %d\n",
		reason, it.staticUsed, it.staticSize, it.slots, it.slotSize, it.chunks, it.stack, it.stackSize);
	if (host_cloned)
		printFrames(the);
	host_report(the);
	fflush(stderr);
	_exit(code);
}

/* RUN */

static txMachine *makeRoot(void)
{
	txCreation creation = {
		.initialChunkSize = 4 * 1024 * 1024, .incrementalChunkSize = 1024 * 1024, .initialHeapCount = 64 * 1024, .incrementalHeapCount = 16 * 1024,
		.stackCount = 16 * 1024, .initialKeyCount = 8 * 1024, .incrementalKeyCount = 1024, .nameModulo = settings.creation.engine.nameModulo,
		.symbolModulo = settings.creation.engine.symbolModulo, .parserBufferSize = 32768, .parserTableModulo = 1993,
	};
	txMachine *root = fxCreateMachine(&creation, "root", NULL, XS_NO_ID);
	if (!root)
		settings_fail("no memory for the root machine");
	for (int index = 0; index < host_nameCount; index++)
		host_ids[index] = fxNewNameC(root, (txString)host_names[index]);
	console_install(root);
	fxCollectGarbage(root);
	rom.slots = -(int)root->currentHeapCount;
	rom.keys = -(int)root->keyIndex;
	modules_load(root, settings.mainName);
	rom_finish(root);
	rom.slots += (int)root->currentHeapCount;
	rom.keys += (int)root->keyIndex;
	rom.code = modules_codeSize();
	rom.aliases = (int)root->aliasCount;
	memory_protect();
	return root;
}

static void mainRejected(txMachine *the)
{
	mxException.kind = mxArgv(0)->kind;
	mxException.value = mxArgv(0)->value;
	fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
}

/* As on the device: a default export that is a function is called once all is loaded. */
static void mainFulfilled(txMachine *the)
{
	mxPushSlot(mxArgv(0));
	mxGetID(mxID(_default));
	txSlot *start = the->stack;
	if (mxIsReference(start) && mxIsFunction(start->value.reference)) {
		mxTry(the) {
			mxPushUndefined();
			mxPushSlot(start);
			mxCall();
			mxRunCount(0);
		}
		mxCatch(the) {
			fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
		}
	}
}

static void importMain(txMachine *the)
{
	fxBeginHost(the);
	{
		mxTry(the) {
			mxPushStringC((txString)settings.mainName);
			fxAwaitImport(the, XS_IMPORT_ASYNC);
			mxDub();
			mxGetID(mxID(_then));
			mxCall();
			fxNewHostFunction(the, mainFulfilled, 1, XS_NO_ID, XS_NO_ID);
			fxNewHostFunction(the, mainRejected, 1, XS_NO_ID, XS_NO_ID);
			mxRunCount(2);
			mxPop();
		}
		mxCatch(the) {
			fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
		}
	}
	fxEndHost(the);
}

static int run(txMachine *root)
{
	Creation *creation = &settings.creation;
	/* The same numbers of slots and bytes of chunks: a slot of a 64-bit machine has twice the size. */
	if (sizeof(void *) == 8 && !creation->staticExact)
		creation->staticSize *= 2;
	if (!memory_begin(creation->staticSize))
		settings_fail("no memory for static=%zu", creation->staticSize);
	txMachine *the = fxCloneMachine(&creation->engine, root, (txString)settings.mainName, NULL);
	if (!the)
		settings_fail("no memory for the app's machine");
	host_cloned = true;
	memory_paintStack(the);
	memory_countCollections(the);
#if mxStress
	extern int gxStress;
	gxStress = settings.stress;
#endif
	host.running = true;
	if (setjmp(host.end) == 0) {
		importMain(the);
		loop_run(the);
	}
	host.running = false;
	host.ending = true;
	host_report(the);
	fxDeleteMachine(the);
	fflush(stdout);
	return host.code;
}

int main(int argc, char *argv[])
{
	signal(SIGPIPE, SIG_IGN);
	settings_read(argc, argv);
	loop_begin();
	return run(makeRoot());
}
