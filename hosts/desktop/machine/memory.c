/**
 * Memory for XS. The root machine gets pages of its own, which become read-only: they stand for flash. The app's machine
 * lives in one block of the manifest's `static` bytes, as on the device: chunks grow from its start, stack and slots from its end.
 */
#include <signal.h>
#include <sys/mman.h>
#include "machine.h"

typedef struct Arena Arena;
struct Arena {
	Arena *next;
	char *start;
	size_t size;
};

static struct {
	Arena *arenas;
	char *start, *end;
	/* What lies between is free. */
	char *low, *high;
	int32_t collections;
	txSlot counter;
} memory;

static void *arena(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size = (size + page - 1) & ~(page - 1);
	Arena *it = malloc(sizeof(Arena));
	if (!it)
		return NULL;
	it->size = size;
	it->start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (it->start == MAP_FAILED) {
		free(it);
		return NULL;
	}
	it->next = memory.arenas;
	memory.arenas = it;
	return it->start;
}

bool memory_begin(size_t staticSize)
{
	if (staticSize) {
		memory.start = memory.low = aligned_alloc(16, staticSize & ~(size_t)15);
		if (!memory.start)
			return false;
		memory.end = memory.high = memory.start + (staticSize & ~(size_t)15);
	}
	return true;
}

void *fxAllocateChunks(txMachine *the, txSize size)
{
	if (!the->sharedMachine)
		return arena((size_t)size);
	if (!memory.start)
		return malloc((size_t)size);
	txBlock *block = the->firstBlock;
	if (block) {
		/* The engine asks for a whole chunk; what is still free at the end of the block counts towards it. */
		txSize grow = size - (txSize)sizeof(txBlock) - (txSize)(block->limit - block->current);
		if (memory.high - memory.low < grow)
			return NULL;
		memory.low += grow;
		block->limit = (txByte *)memory.low - size;
		the->maximumChunksSize += grow - size;
		return block->limit;
	}
	if (memory.high - memory.low < size)
		return NULL;
	void *result = memory.low;
	memory.low += size;
	return result;
}

void fxFreeChunks(txMachine *the, void *chunks)
{
	if (the->sharedMachine && !memory.start)
		free(chunks);
}

static txSlot *takeSlots(size_t size)
{
	if ((size_t)(memory.high - memory.low) < size)
		return NULL;
	memory.high -= size;
	return (txSlot *)memory.high;
}

txSlot *fxAllocateSlots(txMachine *the, txSize count)
{
	size_t size = (size_t)count * sizeof(txSlot);
	if (!the->sharedMachine)
		return arena(size);
	if (!memory.start)
		return malloc(size);
	txSlot *result = takeSlots(size);
	if (!result && the->firstBlock) {
		/* What compaction frees at the end of the chunks can go to slots. */
		fxCollect(the, XS_COMPACT_FLAG | XS_ORGANIC_FLAG);
		the->maximumChunksSize -= (txSize)(the->firstBlock->limit - the->firstBlock->current);
		the->firstBlock->limit = the->firstBlock->current;
		memory.low = (char *)the->firstBlock->current;
		result = takeSlots(size);
	}
	if (!result && !the->stack)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	return result;
}

void fxFreeSlots(txMachine *the, void *slots)
{
	if (the->sharedMachine && !memory.start)
		free(slots);
}

/* PROTECTION */

static void fault(int number, siginfo_t *info, void *context)
{
	const char *at = info->si_addr;
	for (Arena *it = memory.arenas; it; it = it->next) {
		if (it->start <= at && at < it->start + it->size) {
			static const char message[] = "write to a preloaded object: on the device it lies in flash\n";
			ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);
			(void)ignored;
			_exit(103);
		}
	}
	signal(number, SIG_DFL);
	raise(number);
}

void memory_protect(void)
{
	static char stack[65536];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	sigaltstack(&alternate, NULL);
	sigaction(SIGSEGV, &action, NULL);
	for (Arena *it = memory.arenas; it; it = it->next)
		mprotect(it->start, it->size, PROT_READ);
}

/* FIGURES */

/* No slot has this kind, so where it is gone, the stack has been. */
#define PAINT 0x7A

void memory_paintStack(txMachine *the)
{
	for (txSlot *slot = the->stackBottom; slot < the->stack; slot++)
		slot->kind = PAINT;
}

static void countCollection(txMachine *the, void *data, txMarkRoot markRoot)
{
	memory.collections++;
}

static const txHostHooks counterHooks = { NULL, countCollection, NULL };

void memory_countCollections(txMachine *the)
{
	txSlot *slot = &memory.counter;
	slot->kind = XS_HOST_KIND;
	slot->flag = XS_HOST_HOOKS_FLAG;
	slot->value.host.data = &memory;
	slot->value.host.variant.hooks = (txHostHooks *)&counterHooks;
	fxRemember(the, slot);
}

/* Looked for from above: the engine uses the far end as scratch memory when it prints numbers. */
static txSlot *deepestSlot(txMachine *the)
{
	txSlot *deepest = the->stack;
	int painted = 0;
	for (txSlot *slot = the->stack; slot > the->stackBottom && painted < 16; ) {
		slot--;
		if (slot->kind == PAINT)
			painted++;
		else {
			painted = 0;
			deepest = slot;
		}
	}
	return deepest;
}

void memory_figures(txMachine *the, HeapFigures *figures)
{
	txSlot *deepest = deepestSlot(the);
	*figures = (HeapFigures){
		.slotSize = sizeof(txSlot), .slots = the->currentHeapCount, .slotsPeak = the->peakHeapCount,
		.chunks = the->currentChunksSize, .chunksPeak = the->peakChunksSize,
		.stack = (int32_t)(the->stackTop - the->stack), .stackPeak = (int32_t)(the->stackTop - deepest),
		.stackSize = (int32_t)(the->stackTop - the->stackBottom),
		.staticSize = (int32_t)(memory.end - memory.start), .staticUsed = (int32_t)((memory.end - memory.start) - (memory.high - memory.low)),
		.collections = memory.collections,
	};
}

void memory_resetPeaks(txMachine *the)
{
	the->peakChunksSize = the->currentChunksSize;
	the->peakHeapCount = the->currentHeapCount;
	memory.collections = 0;
	memory_paintStack(the);
}
