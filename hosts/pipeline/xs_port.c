/* The event loops behind xs_port.h. */
#include "xs_port.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef void (*port_deliver)(xsMachine *the, void *context);

#if defined(ESP_PLATFORM) || ESP32

#include "xsHost.h"

static void deliverMessage(void *machine, void *context, uint8_t *message, uint16_t length)
{
	port_deliver deliver;
	(void)length;
	memcpy(&deliver, message, sizeof(deliver)); /* a message is aligned to nothing in particular */
	deliver(machine, context);
}

/* A message no longer than a pointer travels inside the queue's entry: no memory is taken for it. */
int port_post(xsMachine *the, port_deliver deliver, void *context)
{
	return 0 == modMessagePostToMachine(the, (uint8_t *)&deliver, sizeof(deliver), deliverMessage, context) ? 0 : -1;
}

/* The device's loop never ends. */
void port_hold(xsMachine *the, int delta) { (void)the; (void)delta; }

#elif HOST_DESKTOP

#include "host.h"

int port_post(xsMachine *the, port_deliver deliver, void *context)
{
	host_post(the, deliver, context);
	return 0;
}

void port_hold(xsMachine *the, int delta) { host_hold(the, delta); }

#else

/* A job as the simulators for Linux, macOS and Windows lay it out; they free it after its callback. */
typedef struct port_job port_job;
struct port_job {
	port_job *next;
	void (*callback)(void *machine, void *job);
	port_deliver deliver;
	void *context;
};
extern void fxQueueWorkerJob(void *machine, void *job);

static void deliverJob(void *machine, void *it)
{
	port_job *job = it;
	job->deliver(machine, job->context);
}

int port_post(xsMachine *the, port_deliver deliver, void *context)
{
	port_job *job = calloc(1, sizeof(port_job));
	if (!job)
		return -1;
	job->callback = deliverJob;
	job->deliver = deliver;
	job->context = context;
	fxQueueWorkerJob(the, job);
	return 0;
}

/* The simulators' loop ends with their window. */
void port_hold(xsMachine *the, int delta) { (void)the; (void)delta; }

#endif
