/** "platform": names, the clock, the terminal, the end. */
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "xsmc.h"
#include "host.h"

/* NAMES */

typedef struct {
	xsMachine *the;
	xsSlot callback;
	char *name;
	struct addrinfo *list;
	int error;
} Lookup;

/* Numeric text of the next address of a family in a list, and where to go on. */
static struct addrinfo *nextAddress(struct addrinfo *list, int family, char *text, size_t size)
{
	for (; list; list = list->ai_next) {
		if (list->ai_family == family && getnameinfo(list->ai_addr, list->ai_addrlen, text, (socklen_t)size, NULL, 0, NI_NUMERICHOST) == 0)
			return list;
	}
	return NULL;
}

static void resolved(xsMachine *machine, void *context)
{
	Lookup *lookup = context;
	/* IPv4 first, which is all that the device speaks. */
	static const int families[] = { AF_INET, AF_INET6 };
	host_hold(machine, -1);
	xsBeginHost(machine);
		xsmcVars(3);
		xsmcSetNewArray(xsVar(1), 0);
		int count = 0;
		for (int family = 0; family < 2; family++) {
			char text[80];
			for (struct addrinfo *it = lookup->list; (it = nextAddress(it, families[family], text, sizeof(text))); it = it->ai_next) {
				xsmcSetString(xsVar(2), text);
				xsmcSetIndex(xsVar(1), count++, xsVar(2));
			}
		}
		if (count == 0) {
			char message[400];
			snprintf(message, sizeof(message), "%.255s: %s", lookup->name, lookup->error ? gai_strerror(lookup->error) : "no address");
			host_error(the, &xsVar(0), message, NULL);
		}
		xsVar(2) = lookup->callback;
		xsForget(lookup->callback);
		if (lookup->list)
			freeaddrinfo(lookup->list);
		free(lookup->name);
		free(lookup);
		xsCallFunction2(xsVar(2), xsGlobal, xsVar(0), xsVar(1));
	xsEndHost(machine);
}

static void *lookUp(void *context)
{
	Lookup *lookup = context;
	struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
	lookup->error = getaddrinfo(lookup->name, NULL, &wanted, &lookup->list);
	if (lookup->error)
		lookup->list = NULL;
	host_post(lookup->the, resolved, lookup);
	return NULL;
}

void xs_platform_resolve(xsMachine *the)
{
	if (xsmcArgc < 2 || !xsmcIsCallable(xsArg(1)))
		xsTypeError("no callback");
	Lookup *lookup = calloc(1, sizeof(Lookup));
	if (!lookup || !(lookup->name = strdup(xsmcToString(xsArg(0))))) {
		free(lookup);
		xsUnknownError("no memory");
	}
	lookup->the = the;
	lookup->callback = xsArg(1);
	xsRemember(lookup->callback);
	host_hold(the, +1);
	pthread_t thread;
	pthread_attr_t detached;
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	int error = pthread_create(&thread, &detached, lookUp, lookup);
	pthread_attr_destroy(&detached);
	if (error) {
		host_hold(the, -1);
		xsForget(lookup->callback);
		free(lookup->name);
		free(lookup);
		xsUnknownError("no thread: %s", strerror(error));
	}
}

/* The name servers of resolv.conf(5): of the system's own look-up only these lines are needed, to ask for what getaddrinfo() can't. */
void xs_platform_nameServers(xsMachine *the)
{
	FILE *file = fopen("/etc/resolv.conf", "r");
	char line[256], text[80];
	int count = 0;
	xsmcVars(1);
	xsmcSetNewArray(xsResult, 0);
	while (file && count < 3 && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "nameserver %79s", text) != 1)
			continue;
		xsmcSetString(xsVar(0), text);
		xsmcSetIndex(xsResult, count++, xsVar(0));
	}
	if (file)
		fclose(file);
}

/* CLOCK */

void xs_platform_now(xsMachine *the)
{
	struct timeval now;
	gettimeofday(&now, NULL);
	xsmcSetNumber(xsResult, (double)now.tv_sec * 1000 + (double)(now.tv_usec / 1000));
}

/* OUTPUT */

static int progressShown;

static void eraseProgress(void)
{
	if (progressShown)
		fputs("\r\033[K", stdout);
	progressShown = 0;
}

void xs_platform_print(xsMachine *the)
{
	eraseProgress();
	fputs(xsmcToString(xsArg(0)), stdout);
	fputc('\n', stdout);
	fflush(stdout);
}

void xs_platform_log(xsMachine *the)
{
	eraseProgress();
	fflush(stdout);
	fputs(xsmcToString(xsArg(0)), stderr);
	fputc('\n', stderr);
}

void xs_platform_isTerminal(xsMachine *the)
{
	xsmcSetBoolean(xsResult, isatty(STDOUT_FILENO));
}

void xs_platform_progress(xsMachine *the)
{
	const char *line = xsmcToString(xsArg(0));
	if (!isatty(STDOUT_FILENO))
		return;
	eraseProgress();
	if (*line) {
		fputs(line, stdout);
		progressShown = 1;
	}
	fflush(stdout);
}

/* undefined where nobody counts. */
void xs_platform_freeMemory(xsMachine *the)
{
	long bytes = host_freeMemory();
	if (bytes >= 0)
		xsmcSetNumber(xsResult, (xsNumberValue)bytes);
}

void xs_platform_exit(xsMachine *the)
{
	int code = xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) != xsUndefinedType ? xsmcToInteger(xsArg(0)) : 0;
	eraseProgress();
	fflush(stdout);
	host_exit(the, code);
}
