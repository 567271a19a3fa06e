/** The event loop: promise jobs, posts from threads, timers, file descriptors by poll(2). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include "machine.h"

typedef struct Post Post;
struct Post {
	Post *next;
	void (*callback)(xsMachine *, void *);
	void *context;
};

static struct {
	bool jobs;
	int holds;
	pthread_mutex_t mutex;
	Post *firstPost, **lastPost;
	int wake[2];
	HostWatch *watches;
	HostTimer *timers;
	uint64_t timerOrder;
	/* The watches of the poll that is being dispatched; host_unwatch() takes them out. */
	HostWatch **polled;
	int polledCount;
	struct pollfd *descriptors;
	int capacity;
} loop = { .mutex = PTHREAD_MUTEX_INITIALIZER, .lastPost = &loop.firstPost };

void loop_begin(void)
{
	if (pipe(loop.wake) < 0) {
		perror("pipe");
		exit(103);
	}
	for (int end = 0; end < 2; end++) {
		fcntl(loop.wake[end], F_SETFL, O_NONBLOCK);
		fcntl(loop.wake[end], F_SETFD, FD_CLOEXEC);
	}
}

/* POSTS */

void host_post(xsMachine *the, void (*callback)(xsMachine *, void *), void *context)
{
	Post *post = malloc(sizeof(Post));
	if (!post)
		abort();
	*post = (Post){ NULL, callback, context };
	pthread_mutex_lock(&loop.mutex);
	*loop.lastPost = post;
	loop.lastPost = &post->next;
	pthread_mutex_unlock(&loop.mutex);
	/* A full pipe wakes as well as another byte would. */
	ssize_t ignored = write(loop.wake[1], "", 1);
	(void)ignored;
}

static Post *takePosts(void)
{
	pthread_mutex_lock(&loop.mutex);
	Post *posts = loop.firstPost;
	loop.firstPost = NULL;
	loop.lastPost = &loop.firstPost;
	pthread_mutex_unlock(&loop.mutex);
	return posts;
}

static bool postsPending(void)
{
	pthread_mutex_lock(&loop.mutex);
	bool pending = loop.firstPost != NULL;
	pthread_mutex_unlock(&loop.mutex);
	return pending;
}

void host_hold(xsMachine *the, int count)
{
	loop.holds += count;
}

/* WATCHES */

void host_watch(HostWatch *watch)
{
	watch->next = loop.watches;
	loop.watches = watch;
}

void host_unwatch(HostWatch *watch)
{
	for (HostWatch **address = &loop.watches; *address; address = &(*address)->next) {
		if (*address == watch) {
			*address = watch->next;
			break;
		}
	}
	for (int index = 0; index < loop.polledCount; index++) {
		if (loop.polled[index] == watch)
			loop.polled[index] = NULL;
	}
}

/* TIMERS */

double host_milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

void host_timer_set(HostTimer *timer, double delay)
{
	host_timer_clear(timer);
	timer->due = host_milliseconds() + (delay > 0 ? delay : 0);
	timer->order = loop.timerOrder++;
	timer->set = 1;
	HostTimer **address = &loop.timers;
	while (*address && (*address)->due <= timer->due)
		address = &(*address)->next;
	timer->next = *address;
	*address = timer;
}

void host_timer_clear(HostTimer *timer)
{
	if (!timer->set)
		return;
	timer->set = 0;
	for (HostTimer **address = &loop.timers; *address; address = &(*address)->next) {
		if (*address == timer) {
			*address = timer->next;
			return;
		}
	}
}

/* JOBS */

void fxQueuePromiseJobs(txMachine *the)
{
	loop.jobs = true;
}

static void runJobs(txMachine *the)
{
	while (loop.jobs) {
		loop.jobs = false;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
#if mxNoChunks
	/* Without blocks of chunks nothing but this frees them. */
	if (the->currentChunksSize > 16 * 1024 * 1024)
		fxCollectGarbage(the);
#endif
	/* A handler could have been attached until now; a rejection that nobody has taken by now is an error. */
	fxCheckUnhandledRejections(the, 1);
}

/* THE LOOP */

static void runTimers(txMachine *the)
{
	double now = host_milliseconds();
	uint64_t last = loop.timerOrder;
	/* What a callback sets anew waits for the next turn, so that timers can't starve sockets. */
	while (loop.timers && loop.timers->due <= now && loop.timers->order < last) {
		HostTimer *timer = loop.timers;
		host_timer_clear(timer);
		timer->callback(the, timer->context);
		runJobs(the);
	}
}

static void runPosts(txMachine *the)
{
	for (Post *post = takePosts(); post; ) {
		Post *next = post->next;
		post->callback(the, post->context);
		free(post);
		post = next;
		runJobs(the);
	}
}

static int timeout(void)
{
	if (postsPending())
		return 0;
	if (!loop.timers)
		return -1;
	double rest = loop.timers->due - host_milliseconds();
	if (rest <= 0)
		return 0;
	return rest > 1e9 ? 1000000000 : (int)rest + 1;
}

static void pollOnce(txMachine *the)
{
	int count = 1;
	for (HostWatch *watch = loop.watches; watch; watch = watch->next)
		count++;
	if (count > loop.capacity) {
		loop.capacity = count + 16;
		loop.descriptors = realloc(loop.descriptors, sizeof(struct pollfd) * (size_t)loop.capacity);
		loop.polled = realloc(loop.polled, sizeof(HostWatch *) * (size_t)loop.capacity);
		if (!loop.descriptors || !loop.polled)
			abort();
	}
	loop.descriptors[0] = (struct pollfd){ .fd = loop.wake[0], .events = POLLIN };
	loop.polled[0] = NULL;
	count = 1;
	for (HostWatch *watch = loop.watches; watch; watch = watch->next) {
		loop.descriptors[count] = (struct pollfd){ .fd = watch->fd, .events = watch->events };
		loop.polled[count++] = watch;
	}
	loop.polledCount = count;
	int ready = poll(loop.descriptors, (nfds_t)count, timeout());
	if (ready > 0) {
		if (loop.descriptors[0].revents) {
			char bytes[256];
			while (read(loop.wake[0], bytes, sizeof(bytes)) > 0)
				;
		}
		for (int index = 1; index < loop.polledCount; index++) {
			HostWatch *watch = loop.polled[index];
			if (!watch || !loop.descriptors[index].revents)
				continue;
			watch->callback(the, watch->context, loop.descriptors[index].revents);
			runJobs(the);
		}
	}
	loop.polledCount = 0;
}

void loop_run(txMachine *the)
{
	runJobs(the);
	while (loop.timers || loop.watches || loop.holds > 0 || postsPending()) {
		runPosts(the);
		runTimers(the);
		if (loop.timers || loop.watches || loop.holds > 0)
			pollOnce(the);
	}
}
