/**
 * Turns the root machine's heap into what the SDK's linker (xsl) puts into flash: built-ins and functions frozen, Map, Set and
 * buffers not to be written, every value in the form that the collector of another machine leaves alone. What is not frozen gets a
 * number, under which a machine cloned from this one keeps a copy of its own once it writes.
 */
#include "machine.h"

static void each(txMachine *the, void (*visit)(txMachine *, txSlot *))
{
	for (txSlot *heap = the->firstHeap; heap; heap = heap->next) {
		for (txSlot *slot = heap + 1; slot < heap->value.reference; slot++)
			visit(the, slot);
	}
}

static bool isFunctionKind(txSlot *slot)
{
	return slot->kind == XS_CALLBACK_KIND || slot->kind == XS_CALLBACK_X_KIND || slot->kind == XS_CODE_KIND || slot->kind == XS_CODE_X_KIND;
}

static bool isInternal(txSlot *property)
{
	return property && (property->flag & XS_INTERNAL_FLAG);
}

/* Object.freeze() for all that the language itself brings. */
static void freezeBuiltIns(txMachine *the)
{
	txSlot *freeze;
	mxTemporary(freeze);
	mxPush(mxObjectConstructor);
	mxGetID(mxID(_freeze));
	mxPullSlot(freeze);
	for (int index = mxInstanceInspectorsStackIndex + 1; index < mxStackIndexCount; index++) {
		txSlot *intrinsic = &INTRINSIC(the, index);
		if (intrinsic->kind != XS_REFERENCE_KIND)
			continue;
		mxPush(mxObjectConstructor);
		mxPushSlot(freeze);
		mxCall();
		mxPushSlot(intrinsic);
		mxRunCount(1);
		mxPop();
	}
	static const txID typedArrays[] = {
		_BigInt64Array, _BigUint64Array, _Float32Array, _Float64Array, _Int8Array, _Int16Array, _Int32Array, _Uint8Array, _Uint16Array, _Uint32Array, _Uint8ClampedArray,
	};
	for (size_t index = 0; index < sizeof(typedArrays) / sizeof(txID); index++) {
		mxPush(mxObjectConstructor);
		mxPushSlot(freeze);
		mxCall();
		mxPush(INTRINSIC(the, typedArrays[index]));
		mxGetID(mxID(_prototype));
		mxRunCount(1);
		mxPop();
	}
	mxPop();
}

/* The root's globals become a plain object that the app's global object inherits from; the engine's table of them is written on look-up. */
static void openGlobal(txMachine *the)
{
	txSlot *global = mxGlobal.value.reference;
	mxPush(mxGlobal);
	mxDeleteID(mxID(_global));
	mxPop();
	mxPush(mxGlobal);
	mxDeleteID(mxID(_globalThis));
	mxPop();
	if (global->flag & XS_EXOTIC_FLAG) {
		global->flag &= ~XS_EXOTIC_FLAG;
		global->next = global->next->next;
	}
	global->value.instance.prototype = C_NULL;
}

/* Modules belong to no realm any more; the clone finds them and the realm's closures where the engine looks for them. */
static void leaveRealm(txMachine *the)
{
	txSlot *realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
	txSlot *modules = mxOwnModules(realm)->value.reference;
	for (txSlot *module = modules->next; module; module = module->next)
		mxModuleInstanceInternal(module->value.reference)->value.module.realm = C_NULL;
	mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm = C_NULL;
	mxException.kind = XS_REFERENCE_KIND;
	mxException.value.reference = mxRealmClosures(realm)->value.reference;
	mxProgram.value.reference = modules;
	mxHosts = mxUndefined;
	mxModuleQueue = mxUndefined;
	mxUnhandledPromises = mxUndefined;
	mxDuringJobs = mxUndefined;
	mxFinalizationRegistries = mxUndefined;
	mxPendingJobs = mxUndefined;
	mxRunningJobs = mxUndefined;
	mxBreakpoints = mxUndefined;
	mxHostInspectors = mxUndefined;
	mxInstanceInspectors = mxUndefined;
}

static void freezeInstance(txSlot *instance)
{
	for (txSlot *property = instance->next; property; property = property->next) {
		if (property->kind != XS_ACCESSOR_KIND)
			property->flag |= XS_DONT_SET_FLAG;
		property->flag |= XS_DONT_DELETE_FLAG;
	}
	instance->flag |= XS_DONT_PATCH_FLAG;
}

/* What xsl freezes unasked: scopes, functions with their prototypes, and whatever can't have a copy in another machine. */
static void freezeImplied(txMachine *the, txSlot *slot)
{
	if (slot->kind != XS_INSTANCE_KIND || !isInternal(slot->next))
		return;
	txSlot *first = slot->next;
	if (first->ID == XS_ENVIRONMENT_BEHAVIOR && first->kind != XS_ARRAY_KIND) {
		freezeInstance(slot);
		return;
	}
	if (isFunctionKind(first)) {
		freezeInstance(slot);
		if (!(slot->flag & XS_CAN_CONSTRUCT_FLAG))
			return;
		for (txSlot *property = first->next; property; property = property->next) {
			if (property->ID == mxID(_prototype) && property->kind == XS_REFERENCE_KIND && !(property->flag & XS_INTERNAL_FLAG))
				freezeInstance(property->value.reference);
		}
		return;
	}
	switch (first->kind) {
	case XS_MAP_KIND: case XS_SET_KIND: case XS_WEAK_MAP_KIND: case XS_WEAK_SET_KIND: case XS_WEAK_REF_KIND:
	case XS_ARRAY_BUFFER_KIND: case XS_DATA_VIEW_KIND: case XS_TYPED_ARRAY_KIND: case XS_PROXY_KIND: case XS_REGEXP_KIND:
		freezeInstance(slot);
		break;
	case XS_CLOSURE_KIND:
		if (first->value.closure->kind == XS_FINALIZATION_REGISTRY_KIND)
			freezeInstance(slot);
		break;
	case XS_PROMISE_KIND:
		freezeInstance(slot);
		if (first->next && first->next->kind == XS_REFERENCE_KIND)
			freezeInstance(first->next->value.reference);
		break;
	}
}

static bool isFixed(txSlot *property)
{
	return (property->kind == XS_ACCESSOR_KIND || (property->flag & XS_DONT_SET_FLAG)) && (property->flag & XS_DONT_DELETE_FLAG);
}

static bool isFrozen(txMachine *the, txSlot *instance)
{
	if (!(instance->flag & XS_DONT_PATCH_FLAG))
		return false;
	txSlot *property = instance->next;
	for (; isInternal(property); property = property->next) {
		if (property->kind != XS_ARRAY_KIND)
			continue;
		txSlot *item = property->value.array.address;
		for (txIndex count = fxGetIndexSize(the, property); count > 0; count--, item++) {
			if (!isFixed(item))
				return false;
		}
	}
	for (; property; property = property->next) {
		if (!isFixed(property))
			return false;
	}
	return true;
}

/* A frozen object's insides can't be set either. */
static void petrify(txSlot *instance)
{
	for (txSlot *property = instance->next; isInternal(property); property = property->next) {
		switch (property->kind) {
		case XS_ARRAY_BUFFER_KIND: case XS_DATE_KIND: case XS_MAP_KIND: case XS_REGEXP_KIND: case XS_SET_KIND: case XS_WEAK_MAP_KIND: case XS_WEAK_SET_KIND:
			property->flag |= XS_DONT_SET_FLAG;
			break;
		case XS_PRIVATE_KIND:
			for (txSlot *item = property->value.private.first; item; item = item->next) {
				if (item->kind != XS_ACCESSOR_KIND)
					item->flag |= XS_DONT_SET_FLAG;
				item->flag |= XS_DONT_DELETE_FLAG;
			}
			break;
		}
	}
}

/* From 1: number 0 would mean "frozen". */
static txID aliasCount;

static void numberInstance(txMachine *the, txSlot *slot)
{
	if (slot->kind != XS_INSTANCE_KIND)
		return;
	if (isFrozen(the, slot)) {
		slot->ID = XS_NO_ID;
		petrify(slot);
	}
	else
		slot->ID = aliasCount++;
}

static void numberClosure(txMachine *the, txSlot *slot)
{
	if (slot->kind != XS_CLOSURE_KIND || !slot->value.closure)
		return;
	txSlot *closure = slot->value.closure;
	if (closure->kind == XS_REFERENCE_KIND && closure->value.reference->next && isFunctionKind(closure->value.reference->next))
		closure->flag |= XS_DONT_SET_FLAG;
#ifdef mxHostFunctionPrimitive
	else if (closure->kind == XS_HOST_FUNCTION_KIND)
		closure->flag |= XS_DONT_SET_FLAG;
#endif
	if (closure->flag & XS_DONT_SET_FLAG) {
		if (closure->ID != XS_NO_ID)
			closure->flag |= XS_DONT_DELETE_FLAG;
	}
	else {
		if (closure->ID == XS_NO_ID)
			closure->ID = aliasCount++;
		slot->flag &= ~XS_DONT_SET_FLAG;
	}
}

/* The collector of a clone must neither mark nor move what a value points to here. */
static void settle(txMachine *the, txSlot *slot)
{
	switch (slot->kind) {
	case XS_STRING_KIND: slot->kind = XS_STRING_X_KIND; break;
	case XS_BIGINT_KIND: slot->kind = XS_BIGINT_X_KIND; break;
	case XS_CODE_KIND: slot->kind = XS_CODE_X_KIND; break;
	case XS_CALLBACK_KIND: slot->kind = XS_CALLBACK_X_KIND; break;
	case XS_KEY_KIND: slot->kind = XS_KEY_X_KIND; break;
	case XS_ERROR_KIND: slot->value.error.info = C_NULL; break;
	case XS_HOST_KIND: slot->value.host.data = C_NULL; break;
	case XS_INSTANCE_KIND: slot->flag |= XS_DONT_MARSHALL_FLAG; slot->value.instance.garbage = C_NULL; break;
	case XS_ARRAY_KIND:
		if (slot->value.array.address) {
			txSlot *item = slot->value.array.address;
			for (txIndex count = fxGetIndexSize(the, slot); count > 0; count--, item++)
				settle(the, item);
		}
		break;
	}
	slot->flag |= XS_MARK_FLAG;
}

void rom_finish(txMachine *the)
{
	txSlot *stack = the->stack, *scope = the->scope, *frame = the->frame;
	txByte *code = the->code;
	fxBeginHost(the);
	freezeBuiltIns(the);
	openGlobal(the);
	leaveRealm(the);
	/* Not fxEndHost(): it looks into what leaveRealm() took away. */
	the->stack = stack;
	the->scope = scope;
	the->frame = frame;
	the->code = code;
	fxCollectGarbage(the);
	aliasCount = 1;
	each(the, freezeImplied);
	each(the, numberInstance);
	each(the, numberClosure);
	each(the, settle);
	for (txSlot *slot = the->stack; slot < the->stackTop; slot++) {
		settle(the, slot);
		/* The engine copies these with their flags. */
		slot->flag &= ~XS_MARK_FLAG;
	}
	the->aliasCount = aliasCount;
	the->shared = 1;
}
