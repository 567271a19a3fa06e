/* port.h on POSIX threads: Linux and macOS. */
#if !defined(_GNU_SOURCE)
	#define _GNU_SOURCE 1 /* posix_memalign and nanosleep under -std=c11 */
#endif
#include "../port.h"

#include <stdlib.h>
#include <time.h>

void port_mutex_create(port_mutex *mutex) { pthread_mutex_init(mutex, NULL); }
void port_mutex_delete(port_mutex *mutex) { pthread_mutex_destroy(mutex); }
void port_lock(port_mutex *mutex) { pthread_mutex_lock(mutex); }
void port_unlock(port_mutex *mutex) { pthread_mutex_unlock(mutex); }

void port_event_create(port_event *event) { pthread_cond_init(event, NULL); }
void port_event_delete(port_event *event) { pthread_cond_destroy(event); }
void port_signal(port_event *event) { pthread_cond_signal(event); }
void port_wait(port_event *event, port_mutex *mutex) { pthread_cond_wait(event, mutex); }

static void *task(void *argument)
{
	port_thread *thread = argument;
	thread->run(thread->context);
	return NULL;
}

int port_thread_start(port_thread *thread, void (*run)(void *context), void *context)
{
	thread->run = run;
	thread->context = context;
	return pthread_create(&thread->handle, NULL, task, thread);
}

void port_thread_join(port_thread *thread) { pthread_join(thread->handle, NULL); }

void port_sleep(unsigned milliseconds)
{
	struct timespec time = { (time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000L };
	nanosleep(&time, NULL);
}

void *port_allocate(size_t size)
{
	void *memory;
	return 0 == posix_memalign(&memory, PORT_BLOCK_ALIGNMENT, size) ? memory : NULL;
}
void port_free(void *memory) { free(memory); }
