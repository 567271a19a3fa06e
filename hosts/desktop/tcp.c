/** TCP on poll(2). See tcp.ts for what is promised. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "xsmc.h"
#include "mc.xs.h"
#include "mc.defines.h"
#include "host.h"
#include "tcp.h"

/** The send buffer that JavaScript sees, as TCP_SND_BUF is on the device. */
#ifndef MODDEF_TCP_ROOM
#define MODDEF_TCP_ROOM 65536
#endif

enum { ENDED = -1 };

typedef struct {
	HostWatch watch;
	/** For what must be told from the loop, but has no event. */
	HostTimer kick;
	/** For poll() that reports bytes which were announced before. */
	HostTimer pause;
	xsMachine *the;
	xsSlot object;
	xsSlot *onReadable, *onWritable, *onError;
	/** Callbacks that run now: they keep the memory. */
	int users;
	uint8_t remembered, watched, connecting, ready, closed, told;
	/** An errno, or ENDED: the peer has closed. */
	int error;
	/** Bytes that onReadable has announced and nobody has read. */
	int left;
	int lowWater;
	/** What write() took and the kernel did not. */
	uint8_t *pending;
	size_t pendingAt, pendingLength;
} TCP;

static void deliver(xsMachine *the, void *context, short events);
static void kicked(xsMachine *the, void *context);
static void paused(xsMachine *the, void *context);

static void stopWatching(TCP *tcp)
{
	if (tcp->watched)
		host_unwatch(&tcp->watch);
	tcp->watched = 0;
	host_timer_clear(&tcp->pause);
}

static void discard(TCP *tcp)
{
	stopWatching(tcp);
	host_timer_clear(&tcp->kick);
	if (tcp->watch.fd >= 0)
		close(tcp->watch.fd);
	free(tcp->pending);
	free(tcp);
}

void xs_tcp_destructor(void *data)
{
	if (data)
		discard(data);
}

static void mark(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	TCP *tcp = data;
	if (tcp->onReadable)
		(*markRoot)(the, tcp->onReadable);
	if (tcp->onWritable)
		(*markRoot)(the, tcp->onWritable);
	if (tcp->onError)
		(*markRoot)(the, tcp->onError);
}

static const xsHostHooks hooks = { xs_tcp_destructor, mark, NULL };

static TCP *self(xsMachine *the, xsSlot *slot)
{
	return xsmcGetHostDataValidate(*slot, (void *)&hooks);
}

static size_t roomOf(const TCP *tcp)
{
	return MODDEF_TCP_ROOM - tcp->pendingLength;
}

static int availableIn(const TCP *tcp)
{
	int count = 0;
	return tcp->watch.fd >= 0 && ioctl(tcp->watch.fd, FIONREAD, &count) == 0 ? count : 0;
}

static void fail(TCP *tcp, int error)
{
	if (!tcp->error)
		tcp->error = error;
	tcp->ready = tcp->connecting = 0;
	stopWatching(tcp);
}

/* OPENING */

xsSlot *socket_callback(xsMachine *the, xsIdentifier id)
{
	xsmcGet(xsVar(0), xsArg(0), id);
	if (xsmcTypeOf(xsVar(0)) == xsUndefinedType || xsmcTypeOf(xsVar(0)) == xsNullType)
		return NULL;
	if (!xsmcIsCallable(xsVar(0)))
		xsTypeError("a callback is no function");
	return fxToReference(the, &xsVar(0));
}

int socket_port(xsMachine *the)
{
	xsmcGet(xsVar(0), xsArg(0), xsID_port);
	double port = xsmcTypeOf(xsVar(0)) == xsUndefinedType ? 0 : xsmcToNumber(xsVar(0));
	if (!(port >= 0 && port <= 65535))
		xsRangeError("invalid port");
	return (int)port;
}

void socket_prepare(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void socket_target(xsMachine *the)
{
	if (xsmcHas(xsArg(0), xsID_target)) {
		xsmcGet(xsVar(0), xsArg(0), xsID_target);
		xsmcSet(xsThis, xsID_target, xsVar(0));
	}
}

void socket_throw(xsMachine *the, int error)
{
	host_error(the, &xsResult, strerror(error), host_errorName(error));
	xsThrow(xsResult);
}

int socket_ownPort(xsMachine *the, int fd)
{
	struct sockaddr_storage own;
	socklen_t size = sizeof(own);
	if (getsockname(fd, (struct sockaddr *)&own, &size) < 0)
		xsUnknownError("%s", strerror(errno));
	return ntohs(own.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&own)->sin6_port : ((struct sockaddr_in *)&own)->sin_port);
}

struct addrinfo *socket_address(const char *text, int port)
{
	char service[8];
	struct addrinfo *list, wanted = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM };
	snprintf(service, sizeof(service), "%d", port);
	return getaddrinfo(text, service, &wanted, &list) == 0 ? list : NULL;
}

/* The memory of a socket, given to xsThis. */
static TCP *make(xsMachine *the)
{
	TCP *tcp = calloc(1, sizeof(TCP));
	if (!tcp)
		xsUnknownError("no memory");
	tcp->the = the;
	tcp->watch.fd = -1;
	tcp->watch.callback = deliver;
	tcp->watch.context = tcp;
	tcp->kick.callback = kicked;
	tcp->kick.context = tcp;
	tcp->pause.callback = paused;
	tcp->pause.context = tcp;
	tcp->lowWater = 1;
	xsmcSetHostData(xsThis, tcp);
	xsSetHostHooks(xsThis, &hooks);
	tcp->object = xsThis;
	return tcp;
}

/* A socket that is open lives until close(), whoever refers to it. */
static void hold(xsMachine *the, TCP *tcp)
{
	if (!tcp->remembered)
		xsRemember(tcp->object);
	tcp->remembered = 1;
}

static void watch(TCP *tcp, short events)
{
	tcp->watch.events = events;
	if (!tcp->watched)
		host_watch(&tcp->watch);
	tcp->watched = 1;
}

static void connectTo(xsMachine *the, TCP *tcp, const char *address, int port)
{
	struct addrinfo *list = socket_address(address, port);
	if (!list)
		xsUnknownError("invalid address");
	tcp->watch.fd = socket(list->ai_family, SOCK_STREAM, 0);
	int error = tcp->watch.fd < 0 ? errno : 0;
	if (!error) {
		socket_prepare(tcp->watch.fd);
		if (connect(tcp->watch.fd, list->ai_addr, list->ai_addrlen) < 0 && errno != EINPROGRESS)
			error = errno;
	}
	freeaddrinfo(list);
	if (error) {
		fail(tcp, error);
		host_timer_set(&tcp->kick, 0);
		return;
	}
	tcp->connecting = 1;
	watch(tcp, POLLOUT);
}

static void release(xsMachine *the, TCP *tcp)
{
	xsSlot object = tcp->object;
	if (tcp->remembered)
		xsForget(tcp->object);
	tcp->remembered = 0;
	xsmcSetHostData(object, NULL);
	xsmcSetHostDestructor(object, NULL);
}

static void takeOver(xsMachine *the, TCP *tcp, TCP *from)
{
	if (from->watch.fd < 0)
		xsUnknownError("invalid from");
	tcp->watch.fd = from->watch.fd;
	tcp->ready = from->ready;
	tcp->connecting = from->connecting;
	tcp->error = from->error;
	tcp->pending = from->pending;
	tcp->pendingAt = from->pendingAt;
	tcp->pendingLength = from->pendingLength;
	tcp->lowWater = from->lowWater;
	stopWatching(from);
	from->watch.fd = -1;
	from->pending = NULL;
	release(the, from);
	if (from->users)
		from->closed = 1;
	else
		discard(from);
	if (!tcp->error)
		watch(tcp, tcp->connecting ? POLLOUT : POLLIN | POLLRDHUP | (tcp->pendingLength ? POLLOUT : 0));
	host_timer_set(&tcp->kick, 0);
}

void xs_tcp(xsMachine *the)
{
	xsmcVars(1);
	if (xsmcArgc < 1 || xsmcTypeOf(xsArg(0)) == xsUndefinedType) {
		make(the);
		return;
	}
	if (xsmcHas(xsArg(0), xsID_format)) {
		char format[16];
		xsmcGet(xsVar(0), xsArg(0), xsID_format);
		if (xsmcTypeOf(xsVar(0)) != xsUndefinedType && strcmp(xsmcToStringBuffer(xsVar(0), format, sizeof(format)), "buffer"))
			xsRangeError("format: only \"buffer\"");
	}
	xsSlot *onReadable = socket_callback(the, xsID_onReadable);
	xsSlot *onWritable = socket_callback(the, xsID_onWritable);
	xsSlot *onError = socket_callback(the, xsID_onError);
	socket_target(the);
	int nodelay = 0;
	if (xsmcHas(xsArg(0), xsID_nodelay)) {
		xsmcGet(xsVar(0), xsArg(0), xsID_nodelay);
		nodelay = xsmcTest(xsVar(0));
	}
	TCP *tcp;
	xsmcGet(xsVar(0), xsArg(0), xsID_from);
	if (xsmcTypeOf(xsVar(0)) == xsReferenceType) {
		TCP *from = self(the, &xsVar(0));
		tcp = make(the);
		takeOver(the, tcp, from);
	}
	else {
		char address[80];
		int port = socket_port(the);
		xsmcGet(xsVar(0), xsArg(0), xsID_address);
		if (xsmcTypeOf(xsVar(0)) == xsUndefinedType)
			xsUnknownError("invalid address");
		xsmcToStringBuffer(xsVar(0), address, sizeof(address));
		tcp = make(the);
		connectTo(the, tcp, address, port);
	}
	tcp->onReadable = onReadable;
	tcp->onWritable = onWritable;
	tcp->onError = onError;
	hold(the, tcp);
	if (nodelay && tcp->watch.fd >= 0)
		setsockopt(tcp->watch.fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, sizeof(nodelay));
}

void xs_tcp_close(xsMachine *the)
{
	TCP *tcp = xsmcGetHostData(xsThis);
	if (!tcp)
		return;
	tcp = self(the, &xsThis);
	release(the, tcp);
	tcp->closed = 1;
	host_timer_clear(&tcp->kick);
	host_timer_clear(&tcp->pause);
	if (tcp->pendingLength && tcp->ready) {
		/* What write() took is still sent, by deliver(), which frees the memory then. */
		shutdown(tcp->watch.fd, SHUT_RD);
		watch(tcp, POLLOUT);
	}
	else if (!tcp->users)
		discard(tcp);
	else {
		stopWatching(tcp);
		tcp->pendingLength = 0;
	}
}

/* CALLBACKS */

static void tell(xsMachine *machine, TCP *tcp, xsSlot *callback, int count)
{
	if (!callback || tcp->closed)
		return;
	xsBeginHost(machine);
		xsmcSetInteger(xsResult, count);
		xsCallFunction1(xsReference(callback), tcp->object, xsResult);
	xsEndHost(machine);
}

static void tellError(xsMachine *machine, TCP *tcp)
{
	if (tcp->told || tcp->closed)
		return;
	tcp->told = 1;
	if (tcp->watch.fd >= 0)
		close(tcp->watch.fd);
	tcp->watch.fd = -1;
	if (!tcp->onError)
		return;
	xsBeginHost(machine);
		if (tcp->error == ENDED)
			host_error(the, &xsResult, "the peer has closed the connection", "EOF");
		else
			host_error(the, &xsResult, strerror(tcp->error), host_errorName(tcp->error));
		xsCallFunction1(xsReference(tcp->onError), tcp->object, xsResult);
	xsEndHost(machine);
}

/* poll() is to report bytes beyond those that were announced, not these again and again. */
static void setLowWater(TCP *tcp)
{
	int wanted = tcp->left + 1;
	if (tcp->closed || tcp->watch.fd < 0 || wanted == tcp->lowWater)
		return;
	if (setsockopt(tcp->watch.fd, SOL_SOCKET, SO_RCVLOWAT, &wanted, sizeof(wanted)) == 0)
		tcp->lowWater = wanted;
}

static int tellReadable(xsMachine *the, TCP *tcp)
{
	int available = availableIn(tcp);
	if (available <= tcp->left)
		return 0;
	tcp->left = available;
	tell(the, tcp, tcp->onReadable, available);
	return 1;
}

static void deliverReadable(xsMachine *the, TCP *tcp, short events)
{
	int told = tellReadable(the, tcp);
	if (tcp->closed || tcp->watch.fd < 0)
		return;
	int error = 0;
	socklen_t size = sizeof(error);
	if ((events & (POLLERR | POLLHUP)) && getsockopt(tcp->watch.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error)
		fail(tcp, error);
	else if (events & (POLLHUP | POLLRDHUP))
		fail(tcp, ENDED);
	else if (!told && tcp->left) {
		/* Where the receive window is nearly full, poll() reports old bytes in spite of the low-water mark: look again a little later. */
		tcp->watch.events &= ~POLLIN;
		host_timer_set(&tcp->pause, 1);
	}
}

static void flush(xsMachine *the, TCP *tcp)
{
	size_t before = tcp->pendingLength;
	while (tcp->pendingLength) {
		ssize_t count = send(tcp->watch.fd, tcp->pending + tcp->pendingAt, tcp->pendingLength, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (count < 0) {
			if (errno == EINTR)
				continue;
			if (errno != EAGAIN)
				fail(tcp, errno);
			break;
		}
		tcp->pendingAt += (size_t)count;
		tcp->pendingLength -= (size_t)count;
	}
	if (!tcp->pendingLength) {
		tcp->pendingAt = 0;
		tcp->watch.events &= ~POLLOUT;
	}
	if (tcp->pendingLength < before && !tcp->error)
		tell(the, tcp, tcp->onWritable, (int)roomOf(tcp));
}

static void deliverConnected(xsMachine *the, TCP *tcp)
{
	int error = 0;
	socklen_t size = sizeof(error);
	if (getsockopt(tcp->watch.fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (error) {
		fail(tcp, error);
		return;
	}
	tcp->connecting = 0;
	tcp->ready = 1;
	tcp->watch.events = POLLIN | POLLRDHUP;
	tell(the, tcp, tcp->onWritable, (int)roomOf(tcp));
}

static void deliver(xsMachine *the, void *context, short events)
{
	TCP *tcp = context;
	tcp->users++;
	if (tcp->closed) {
		flush(the, tcp);
		if (tcp->error)
			tcp->pendingLength = 0;
	}
	else if (tcp->connecting)
		deliverConnected(the, tcp);
	else {
		if (events & (POLLIN | POLLERR | POLLHUP | POLLRDHUP))
			deliverReadable(the, tcp, events);
		if ((events & POLLOUT) && tcp->ready && tcp->pendingLength)
			flush(the, tcp);
	}
	if (tcp->error && !tcp->closed && availableIn(tcp) == 0)
		tellError(the, tcp);
	setLowWater(tcp);
	tcp->users--;
	if (tcp->closed && !tcp->users && !tcp->pendingLength)
		discard(tcp);
}

/* After `from`, after a failed connect or write, and when the last bytes before an error were read. */
static void kicked(xsMachine *the, void *context)
{
	TCP *tcp = context;
	tcp->users++;
	/* Also after a failed write: what had arrived before is read first. */
	if (tcp->ready || tcp->error)
		tellReadable(the, tcp);
	if (tcp->ready && !tcp->closed && !tcp->error)
		tell(the, tcp, tcp->onWritable, (int)roomOf(tcp));
	if (tcp->error && !tcp->closed && availableIn(tcp) == 0)
		tellError(the, tcp);
	setLowWater(tcp);
	tcp->users--;
	if (tcp->closed && !tcp->users && !tcp->pendingLength)
		discard(tcp);
}

static void paused(xsMachine *the, void *context)
{
	TCP *tcp = context;
	tcp->watch.events |= POLLIN;
}

/* READING AND WRITING */

void xs_tcp_read(xsMachine *the)
{
	TCP *tcp = self(the, &xsThis);
	int available = availableIn(tcp);
	if (available == 0)
		return;
	uint8_t *bytes;
	xsUnsignedValue length;
	int intoBuffer = xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType;
	if (intoBuffer)
		xsmcGetBufferWritable(xsArg(0), (void **)&bytes, &length);
	else if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) != xsUndefinedType) {
		double wanted = xsmcToNumber(xsArg(0));
		length = wanted >= 0 && wanted <= available ? (xsUnsignedValue)wanted : 0;
	}
	else
		length = (xsUnsignedValue)available;
	if (length == 0 || length > (xsUnsignedValue)available)
		xsUnknownError("invalid length: %d bytes are available", available);
	if (!intoBuffer) {
		xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)length);
		xsmcGetBufferWritable(xsResult, (void **)&bytes, &length);
	}
	for (xsUnsignedValue done = 0; done < length; ) {
		ssize_t count = recv(tcp->watch.fd, bytes + done, length - done, MSG_DONTWAIT);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			xsUnknownError("read: %s", count < 0 ? strerror(errno) : "fewer bytes than announced");
		done += (xsUnsignedValue)count;
	}
	if (intoBuffer)
		xsmcSetInteger(xsResult, (xsIntegerValue)length);
	tcp->left = tcp->left > (int)length ? tcp->left - (int)length : 0;
	if (tcp->ready) {
		tcp->watch.events |= POLLIN;
		host_timer_clear(&tcp->pause);
	}
	if (tcp->error && !tcp->told && (int)length == available)
		host_timer_set(&tcp->kick, 0);
	if (!tcp->users)
		setLowWater(tcp);
}

void xs_tcp_write(xsMachine *the)
{
	TCP *tcp = self(the, &xsThis);
	const uint8_t *bytes;
	xsUnsignedValue length;
	if (tcp->error)
		return;
	if (!tcp->ready)
		xsUnknownError("not ready");
	xsmcGetBufferReadable(xsArg(0), (void **)&bytes, &length);
	if (length > roomOf(tcp))
		xsUnknownError("would block");
	size_t done = 0;
	while (!tcp->pendingLength && done < length) {
		ssize_t count = send(tcp->watch.fd, bytes + done, length - done, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (count < 0) {
			if (errno == EINTR)
				continue;
			if (errno == EAGAIN)
				break;
			fail(tcp, errno);
			host_timer_set(&tcp->kick, 0);
			return;
		}
		done += (size_t)count;
	}
	if (done < length) {
		if (!tcp->pending && !(tcp->pending = malloc(MODDEF_TCP_ROOM))) {
			fail(tcp, ENOMEM);
			host_timer_set(&tcp->kick, 0);
			return;
		}
		if (tcp->pendingAt + tcp->pendingLength + (length - done) > MODDEF_TCP_ROOM) {
			memmove(tcp->pending, tcp->pending + tcp->pendingAt, tcp->pendingLength);
			tcp->pendingAt = 0;
		}
		memcpy(tcp->pending + tcp->pendingAt + tcp->pendingLength, bytes + done, length - done);
		tcp->pendingLength += length - done;
		tcp->watch.events |= POLLOUT;
	}
	xsmcSetInteger(xsResult, (xsIntegerValue)roomOf(tcp));
}

static int peerOf(const TCP *tcp, char *address, size_t addressSize, char *port, size_t portSize)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);
	return tcp->watch.fd >= 0 && getpeername(tcp->watch.fd, (struct sockaddr *)&peer, &size) == 0
		&& getnameinfo((struct sockaddr *)&peer, size, address, (socklen_t)addressSize, port, (socklen_t)portSize, NI_NUMERICHOST | NI_NUMERICSERV) == 0;
}

void xs_tcp_get_remoteAddress(xsMachine *the)
{
	char address[80], port[8];
	if (peerOf(self(the, &xsThis), address, sizeof(address), port, sizeof(port)))
		xsmcSetString(xsResult, address);
}

void xs_tcp_get_remotePort(xsMachine *the)
{
	char address[80], port[8];
	if (peerOf(self(the, &xsThis), address, sizeof(address), port, sizeof(port)))
		xsmcSetInteger(xsResult, atoi(port));
}

/* FOR THE LISTENER */

void tcp_adopt(xsMachine *the, xsSlot *slot, int fd)
{
	TCP *tcp = self(the, slot);
	tcp->watch.fd = fd;
	tcp->ready = 1;
}
