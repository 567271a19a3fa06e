/** The connection to xsbug: TCP to XSBUG_HOST (name or address, with :port or XSBUG_PORT, else 5002). Without XSBUG_HOST there is none. */
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include "machine.h"

void fxCreateMachinePlatform(txMachine *the)
{
	the->host = (void *)(intptr_t)-1;
}

void fxDeleteMachinePlatform(txMachine *the)
{
}

#ifdef mxDebug

static int connection(txMachine *the)
{
	return (int)(intptr_t)the->host;
}

void fxRunDebugger(txMachine *the)
{
	fxDebugCommand(the);
}

void fxConnect(txMachine *the)
{
	char name[256], port[16] = "5002";
	const char *host = getenv("XSBUG_HOST");
	/* The root machine is no one's to debug. */
	if (!host || !host[0] || !the->sharedMachine)
		return;
	snprintf(name, sizeof(name), "%s", host);
	if (getenv("XSBUG_PORT"))
		snprintf(port, sizeof(port), "%s", getenv("XSBUG_PORT"));
	char *colon = strrchr(name, ':');
	if (colon) {
		snprintf(port, sizeof(port), "%s", colon + 1);
		*colon = 0;
	}
	struct addrinfo *list, hints = { .ai_socktype = SOCK_STREAM };
	int error = getaddrinfo(name, port, &hints, &list);
	if (error) {
		fprintf(stderr, "xsbug at %s:%s: %s\n", name, port, gai_strerror(error));
		return;
	}
	for (struct addrinfo *it = list; it; it = it->ai_next) {
		int fd = socket(it->ai_family, SOCK_STREAM, 0);
		if (fd >= 0 && connect(fd, it->ai_addr, it->ai_addrlen) == 0) {
			the->host = (void *)(intptr_t)fd;
			break;
		}
		error = errno;
		if (fd >= 0)
			close(fd);
	}
	freeaddrinfo(list);
	if (connection(the) < 0)
		fprintf(stderr, "xsbug at %s:%s: %s\n", name, port, strerror(error));
}

void fxDisconnect(txMachine *the)
{
	if (connection(the) >= 0)
		close(connection(the));
	the->host = (void *)(intptr_t)-1;
}

txBoolean fxIsConnected(txMachine *the)
{
	return connection(the) >= 0;
}

txBoolean fxIsReadable(txMachine *the)
{
	if (connection(the) < 0)
		return 0;
	struct pollfd descriptor = { .fd = connection(the), .events = POLLIN };
	return poll(&descriptor, 1, 0) > 0;
}

void fxReceive(txMachine *the)
{
	ssize_t count = -1;
	if (connection(the) >= 0) {
		do
			count = read(connection(the), the->debugBuffer, sizeof(the->debugBuffer) - 1);
		while (count < 0 && errno == EINTR);
		if (count <= 0)
			fxDisconnect(the);
	}
	the->debugOffset = count > 0 ? (txSize)count : 0;
	the->debugBuffer[the->debugOffset] = 0;
}

void fxSend(txMachine *the, txBoolean more)
{
	const char *at = the->echoBuffer;
	txSize rest = the->echoOffset;
	while (rest > 0 && connection(the) >= 0) {
		ssize_t count = write(connection(the), at, (size_t)rest);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0) {
			fxDisconnect(the);
			return;
		}
		at += count;
		rest -= (txSize)count;
	}
}

#endif
