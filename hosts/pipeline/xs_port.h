/* How the pipeline's thread reaches the event loop that runs XS: the device, our desktop host, the SDK's simulators. */
#ifndef PIPELINE_XS_PORT_H
#define PIPELINE_XS_PORT_H

#include <stddef.h>
#include <stdint.h>
#include "xsmc.h"

/* Has the event loop call deliver(the, context), later and on its own thread. From any thread; 0, or -1 where it has no room. */
int port_post(xsMachine *the, void (*deliver)(xsMachine *the, void *context), void *context);
/* Where a program ends when nothing is left to wait for: delta +1 says that there is something, -1 takes that back. On XS's thread. */
void port_hold(xsMachine *the, int delta);

#endif
