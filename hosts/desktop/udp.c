/** UDP on poll(2). See udp.ts for what is promised. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "xsmc.h"
#include "mc.xs.h"
#include "mc.defines.h"
#include "host.h"
#include "tcp.h"

/** Longer packets are dropped: a device's network hands out none, and the heap is small. */
#ifndef MODDEF_UDP_LONGEST
#define MODDEF_UDP_LONGEST 2048
#endif

typedef struct {
	HostWatch watch;
	xsSlot object;
	xsSlot *onReadable, *onError;
	/** Callbacks that run now: they keep the memory. */
	int users;
	uint8_t closed;
} UDP;

static void discardUDP(UDP *udp)
{
	host_unwatch(&udp->watch);
	close(udp->watch.fd);
	free(udp);
}

void xs_udp_destructor(void *data)
{
	if (data)
		discardUDP(data);
}

static void markUDP(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	UDP *udp = data;
	if (udp->onReadable)
		(*markRoot)(the, udp->onReadable);
	if (udp->onError)
		(*markRoot)(the, udp->onError);
}

static const xsHostHooks udpHooks = { xs_udp_destructor, markUDP, NULL };

static void tellError(xsMachine *machine, UDP *udp, int error)
{
	if (!udp->onError)
		return;
	xsBeginHost(machine);
		host_error(the, &xsResult, strerror(error), host_errorName(error));
		xsCallFunction1(xsReference(udp->onError), udp->object, xsResult);
	xsEndHost(machine);
}

/* What ICMP said: poll(2) reports it until its queue is empty. */
static int takeError(UDP *udp)
{
	int error = 0;
	socklen_t size = sizeof(error);
	struct msghdr report = { 0 };
	getsockopt(udp->watch.fd, SOL_SOCKET, SO_ERROR, &error, &size);
	while (recvmsg(udp->watch.fd, &report, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0);
	return error;
}

static void deliverPackets(xsMachine *machine, void *context, short events)
{
	UDP *udp = context;
	int error = events & POLLERR ? takeError(udp) : 0;
	udp->users++;
	if (error)
		tellError(machine, udp, error);
	if ((events & POLLIN) && !udp->closed) {
		/* Until somebody reads: else poll(2) reports the same packets again and again. */
		udp->watch.events = 0;
		if (udp->onReadable) {
			xsBeginHost(machine);
				xsmcSetInteger(xsResult, 1);
				xsCallFunction1(xsReference(udp->onReadable), udp->object, xsResult);
			xsEndHost(machine);
		}
	}
	udp->users--;
	if (udp->closed && !udp->users)
		discardUDP(udp);
}

void xs_udp(xsMachine *the)
{
	char text[80] = "0.0.0.0";
	xsmcVars(1);
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons((uint16_t)socket_port(the)) };
	xsSlot *onReadable = socket_callback(the, xsID_onReadable);
	xsSlot *onError = socket_callback(the, xsID_onError);
	xsmcGet(xsVar(0), xsArg(0), xsID_address);
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType)
		xsmcToStringBuffer(xsVar(0), text, sizeof(text));
	if (inet_pton(AF_INET, text, &own.sin_addr) != 1)
		xsUnknownError("invalid address");
	socket_target(the);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), yes = 1;
	int error = fd < 0 ? errno : 0;
	if (!error) {
		socket_prepare(fd);
		/* Without it nobody hears of a refused packet. */
		setsockopt(fd, IPPROTO_IP, IP_RECVERR, &yes, sizeof(yes));
		if (bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0)
			error = errno;
	}
	UDP *udp = error ? NULL : calloc(1, sizeof(UDP));
	if (!udp) {
		if (fd >= 0)
			close(fd);
		socket_throw(the, error ? error : ENOMEM);
	}
	udp->watch = (HostWatch){ .fd = fd, .events = POLLIN, .callback = deliverPackets, .context = udp };
	udp->onReadable = onReadable;
	udp->onError = onError;
	xsmcSetHostData(xsThis, udp);
	xsSetHostHooks(xsThis, &udpHooks);
	udp->object = xsThis;
	xsRemember(udp->object);
	host_watch(&udp->watch);
}

void xs_udp_close(xsMachine *the)
{
	UDP *udp = xsmcGetHostData(xsThis);
	if (!udp)
		return;
	udp = xsmcGetHostDataValidate(xsThis, (void *)&udpHooks);
	xsForget(udp->object);
	xsmcSetHostData(xsThis, NULL);
	xsmcSetHostDestructor(xsThis, NULL);
	host_unwatch(&udp->watch);
	udp->closed = 1;
	if (!udp->users)
		discardUDP(udp);
}

void xs_udp_read(xsMachine *the)
{
	UDP *udp = xsmcGetHostDataValidate(xsThis, (void *)&udpHooks);
	uint8_t packet[MODDEF_UDP_LONGEST];
	char text[INET_ADDRSTRLEN];
	struct sockaddr_in from;
	ssize_t length;
	xsmcVars(1);
	udp->watch.events = POLLIN;
	do {
		socklen_t size = sizeof(from);
		length = recvfrom(udp->watch.fd, packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&from, &size);
	} while (length > (ssize_t)sizeof(packet) || (length < 0 && errno == EINTR));
	if (length < 0)
		return;
	xsmcSetArrayBuffer(xsResult, packet, (xsIntegerValue)length);
	xsmcSetInteger(xsVar(0), ntohs(from.sin_port));
	xsmcSet(xsResult, xsID_port, xsVar(0));
	xsmcSetString(xsVar(0), (char *)inet_ntop(AF_INET, &from.sin_addr, text, sizeof(text)));
	xsmcSet(xsResult, xsID_address, xsVar(0));
}

void xs_udp_write(xsMachine *the)
{
	UDP *udp = xsmcGetHostDataValidate(xsThis, (void *)&udpHooks);
	char text[80];
	const uint8_t *bytes;
	xsUnsignedValue length;
	struct sockaddr_in to = { .sin_family = AF_INET };
	xsmcToStringBuffer(xsArg(1), text, sizeof(text));
	int port = xsmcToInteger(xsArg(2));
	if (inet_pton(AF_INET, text, &to.sin_addr) != 1 || port < 1 || port > 65535)
		xsRangeError("invalid address or port");
	to.sin_port = htons((uint16_t)port);
	xsmcGetBufferReadable(xsArg(0), (void **)&bytes, &length);
	if (sendto(udp->watch.fd, bytes, length, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to)) < 0)
		socket_throw(the, errno);
}

void xs_udp_get_port(xsMachine *the)
{
	UDP *udp = xsmcGetHostDataValidate(xsThis, (void *)&udpHooks);
	xsmcSetInteger(xsResult, socket_ownPort(the, udp->watch.fd));
}
