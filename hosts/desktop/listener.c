/** A TCP listener on poll(2). It accepts ahead, so that onReadable can tell how many connections wait. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "xsmc.h"
#include "mc.xs.h"
#include "host.h"
#include "tcp.h"

enum { WAITING = 32 };

typedef struct {
	HostWatch watch;
	xsSlot object;
	xsSlot *onReadable;
	int users;
	uint8_t closed;
	int waiting[WAITING], waitingCount;
} Listener;

static void discardListener(Listener *listener)
{
	host_unwatch(&listener->watch);
	for (int index = 0; index < listener->waitingCount; index++)
		close(listener->waiting[index]);
	close(listener->watch.fd);
	free(listener);
}

void xs_listener_destructor(void *data)
{
	if (data)
		discardListener(data);
}

static void markListener(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	Listener *listener = data;
	if (listener->onReadable)
		(*markRoot)(the, listener->onReadable);
}

static const xsHostHooks listenerHooks = { xs_listener_destructor, markListener, NULL };

static void deliverConnections(xsMachine *machine, void *context, short events)
{
	Listener *listener = context;
	while (listener->waitingCount < WAITING) {
		int fd = accept(listener->watch.fd, NULL, NULL);
		if (fd < 0)
			break;
		socket_prepare(fd);
		listener->waiting[listener->waitingCount++] = fd;
	}
	if (listener->waitingCount == WAITING)
		listener->watch.events = 0;
	if (!listener->onReadable || !listener->waitingCount)
		return;
	listener->users++;
	xsBeginHost(machine);
		xsmcSetInteger(xsResult, listener->waitingCount);
		xsCallFunction1(xsReference(listener->onReadable), listener->object, xsResult);
	xsEndHost(machine);
	listener->users--;
	if (listener->closed)
		discardListener(listener);
}

void xs_listener(xsMachine *the)
{
	char address[80] = "0.0.0.0";
	xsmcVars(1);
	int port = socket_port(the);
	xsSlot *onReadable = socket_callback(the, xsID_onReadable);
	xsmcGet(xsVar(0), xsArg(0), xsID_address);
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType)
		xsmcToStringBuffer(xsVar(0), address, sizeof(address));
	socket_target(the);
	struct addrinfo *list = socket_address(address, port);
	if (!list)
		xsUnknownError("invalid address");
	int fd = socket(list->ai_family, SOCK_STREAM, 0), yes = 1;
	int error = fd < 0 ? errno : 0;
	if (!error) {
		socket_prepare(fd);
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
		if (bind(fd, list->ai_addr, list->ai_addrlen) < 0 || listen(fd, 16) < 0)
			error = errno;
	}
	freeaddrinfo(list);
	Listener *listener = error ? NULL : calloc(1, sizeof(Listener));
	if (!listener) {
		if (fd >= 0)
			close(fd);
		socket_throw(the, error ? error : ENOMEM);
	}
	listener->watch = (HostWatch){ .fd = fd, .events = POLLIN, .callback = deliverConnections, .context = listener };
	listener->onReadable = onReadable;
	xsmcSetHostData(xsThis, listener);
	xsSetHostHooks(xsThis, &listenerHooks);
	listener->object = xsThis;
	xsRemember(listener->object);
	host_watch(&listener->watch);
}

void xs_listener_accept(xsMachine *the)
{
	Listener *listener = xsmcGetHostDataValidate(xsThis, (void *)&listenerHooks);
	if (!listener->waitingCount)
		return;
	tcp_adopt(the, &xsArg(0), listener->waiting[0]);
	memmove(listener->waiting, listener->waiting + 1, sizeof(int) * (size_t)--listener->waitingCount);
	listener->watch.events = POLLIN;
	xsResult = xsArg(0);
}

void xs_listener_close(xsMachine *the)
{
	Listener *listener = xsmcGetHostData(xsThis);
	if (!listener)
		return;
	listener = xsmcGetHostDataValidate(xsThis, (void *)&listenerHooks);
	xsForget(listener->object);
	xsmcSetHostData(xsThis, NULL);
	xsmcSetHostDestructor(xsThis, NULL);
	host_unwatch(&listener->watch);
	if (listener->users)
		listener->closed = 1;
	else
		discardListener(listener);
}

void xs_listener_get_port(xsMachine *the)
{
	Listener *listener = xsmcGetHostDataValidate(xsThis, (void *)&listenerHooks);
	xsmcSetInteger(xsResult, socket_ownPort(the, listener->watch.fd));
}
