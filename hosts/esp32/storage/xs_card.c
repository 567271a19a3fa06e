/* A medium of scans for XS: see card.ts. What it does is in card.c. */
#include "card.h"

#include "xsmc.h"
#include "mc.xs.h"

#include <stdlib.h>
#include <string.h>

void xs_volume_destructor(void *data)
{
	if (data) {
		card_unmount(data);
		free(data);
	}
}

static card *getCard(xsMachine *the)
{
	card *it = xsmcGetHostDataValidate(xsThis, (void *)xs_volume_destructor);
	if (!it)
		xsUnknownError("closed");
	return it;
}

void xs_volume(xsMachine *the)
{
	card_wiring wiring;
	void *numbers;
	xsUnsignedValue length;
	card *it;

	/* Both become strings before the pointer into the numbers' chunk is fetched. */
	xsmcToString(xsArg(0));
	xsmcToString(xsArg(1));
	xsmcGetBufferReadable(xsArg(2), &numbers, &length);
	if (length != sizeof(wiring))
		xsRangeError("wiring has the wrong length");
	memcpy(&wiring, numbers, sizeof(wiring));
	it = malloc(sizeof(card));
	if (!it)
		xsUnknownError("no memory");
	card_prepare(it, xsmcToString(xsArg(0)), xsmcToString(xsArg(1)), &wiring);
	xsmcSetHostData(xsThis, it);
}

void xs_volume_mount(xsMachine *the) { xsmcSetInteger(xsResult, card_mount(getCard(the))); }
void xs_volume_answers(xsMachine *the) { xsmcSetBoolean(xsResult, card_answers(getCard(the))); }
void xs_volume_code(xsMachine *the) { xsmcSetInteger(xsResult, getCard(the)->code); }
void xs_volume_unmount(xsMachine *the) { card_unmount(getCard(the)); }

void xs_volume_close(xsMachine *the)
{
	xs_volume_destructor(xsmcGetHostDataValidate(xsThis, (void *)xs_volume_destructor));
	xsmcSetHostData(xsThis, NULL);
}
