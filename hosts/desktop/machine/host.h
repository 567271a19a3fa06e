/**
 * What native C can ask of the desktop host: posts from other threads, file descriptors and timers in the loop.
 * Callbacks run from the loop, never inside another call; an exception that leaves one ends the program.
 */
#ifndef HOST_H
#define HOST_H

#include <stdint.h>
#include "xs.h"

/** Runs callback(the, context) from the loop, in the order of posting. From any thread; wakes the loop. */
void host_post(xsMachine *the, void (*callback)(xsMachine *the, void *context), void *context);

/** Keeps the loop going (+1) or lets it end (-1), for threads at work. From the loop's thread. */
void host_hold(xsMachine *the, int count);

/** A file descriptor that the loop polls. The memory is the caller's and must stay in place until host_unwatch(). */
typedef struct HostWatch HostWatch;
struct HostWatch {
	HostWatch *next;
	int fd;
	/** POLLIN, POLLOUT…; may be changed at any time, 0 keeps only errors. */
	short events;
	void (*callback)(xsMachine *the, void *context, short revents);
	void *context;
};
void host_watch(HostWatch *watch);
/** Safe to call twice, and within callbacks. */
void host_unwatch(HostWatch *watch);

/** A timer; the memory is the caller's until it has fired or host_timer_clear(). */
typedef struct HostTimer HostTimer;
struct HostTimer {
	HostTimer *next;
	/** As host_milliseconds() counts. */
	double due;
	/** Breaks ties: timers that are due together fire in the order in which they were set. */
	uint64_t order;
	int set;
	void (*callback)(xsMachine *the, void *context);
	void *context;
};
void host_timer_set(HostTimer *timer, double delay);
void host_timer_clear(HostTimer *timer);

/** Monotonic, with fractions. */
double host_milliseconds(void);

/** Bytes that a device would have free for its write pipeline (--memory); -1 where the machine is no device and nobody counts. */
long host_freeMemory(void);

/** Ends the program with that exit code: the machine is deleted, so that destructors run and keys are wiped. Does not return. */
void host_exit(xsMachine *the, int code) __attribute__((noreturn));

/** Sets slot to a new Error with that message and, unless it is 0, the errno name as its code. Allocates. */
void host_error(xsMachine *the, xsSlot *slot, const char *message, const char *code);

/** "ECONNRESET" for ECONNRESET; NULL for what has no name here. */
const char *host_errorName(int number);

#endif
