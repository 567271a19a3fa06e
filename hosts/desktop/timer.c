/** "timer": a timer is a host object that stays alive while it is set. */
#include <stdlib.h>
#include <time.h>
#include "xsmc.h"
#include "host.h"

typedef struct {
	HostTimer timer;
	xsMachine *the;
	xsSlot object;
	xsSlot *callback;
	double repeat;
	/* Within its callback: closing must leave the memory to fire(). */
	uint8_t firing, closed;
} Timer;

static void xs_timer_destructor(void *data)
{
	Timer *timer = data;
	if (!timer)
		return;
	host_timer_clear(&timer->timer);
	free(timer);
}

static void mark(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	Timer *timer = data;
	if (timer->callback)
		(*markRoot)(the, timer->callback);
}

static const xsHostHooks hooks = { xs_timer_destructor, mark, NULL };

static void release(xsMachine *the, Timer *timer)
{
	xsSlot object = timer->object;
	host_timer_clear(&timer->timer);
	xsForget(timer->object);
	xsmcSetHostData(object, NULL);
	xsmcSetHostDestructor(object, NULL);
	if (timer->firing)
		timer->closed = 1;
	else
		free(timer);
}

static void fire(xsMachine *machine, void *context)
{
	Timer *timer = context;
	timer->firing = 1;
	if (timer->repeat > 0)
		host_timer_set(&timer->timer, timer->repeat);
	xsBeginHost(machine);
		xsCallFunction1(xsReference(timer->callback), xsGlobal, timer->object);
		timer->firing = 0;
		if (timer->closed)
			free(timer);
		else if (!timer->timer.set)
			release(the, timer);
	xsEndHost(machine);
}

static double milliseconds(xsMachine *the, int index)
{
	if (xsmcArgc <= index || xsmcTypeOf(xsArg(index)) == xsUndefinedType)
		return 0;
	double value = xsmcToNumber(xsArg(index));
	return value >= 0 ? value : 0;
}

static void create(xsMachine *the, double delay, double repeat)
{
	if (xsmcArgc < 1 || !xsmcIsCallable(xsArg(0)))
		xsTypeError("no callback");
	Timer *timer = calloc(1, sizeof(Timer));
	if (!timer)
		xsUnknownError("no memory");
	xsResult = xsNewHostObject(xs_timer_destructor);
	xsmcSetHostData(xsResult, timer);
	timer->the = the;
	timer->callback = fxToReference(the, &xsArg(0));
	xsSetHostHooks(xsResult, &hooks);
	timer->object = xsResult;
	xsRemember(timer->object);
	timer->repeat = repeat;
	timer->timer.callback = fire;
	timer->timer.context = timer;
	host_timer_set(&timer->timer, delay);
}

void xs_timer_set(xsMachine *the)
{
	create(the, milliseconds(the, 1), milliseconds(the, 2));
}

void xs_timer_repeat(xsMachine *the)
{
	double delay = milliseconds(the, 1);
	create(the, delay, delay);
}

void xs_timer_schedule(xsMachine *the)
{
	Timer *timer = xsmcGetHostDataValidate(xsArg(0), (void *)&hooks);
	if (xsmcArgc < 2 || xsmcTypeOf(xsArg(1)) == xsUndefinedType) {
		/* Kept for a later schedule(), without keeping the loop going. */
		timer->repeat = 0;
		host_timer_clear(&timer->timer);
		return;
	}
	timer->repeat = milliseconds(the, 2);
	host_timer_set(&timer->timer, milliseconds(the, 1));
}

void xs_timer_clear(xsMachine *the)
{
	if (xsmcArgc < 1 || xsmcTypeOf(xsArg(0)) != xsReferenceType)
		return;
	/* NULL once it has fired or was cleared: then there are no hooks to validate either. */
	if (xsmcGetHostData(xsArg(0)))
		release(the, xsmcGetHostDataValidate(xsArg(0), (void *)&hooks));
}

void xs_timer_delay(xsMachine *the)
{
	double delay = milliseconds(the, 0);
	struct timespec rest = { (time_t)(delay / 1000), 0 };
	rest.tv_nsec = (long)((delay - (double)rest.tv_sec * 1000) * 1e6);
	nanosleep(&rest, NULL);
}
