/*
 * What the pipeline needs of the operating system: a lock, events, one thread and memory that DMA may fill. Only
 * system/ knows which it is. (How a thread reaches XS is in xs_port.h.)
 */
#ifndef PIPELINE_PORT_H
#define PIPELINE_PORT_H

#include <stddef.h>

#if defined(ESP_PLATFORM) || ESP32
	#include "sdkconfig.h"
	#include "freertos/FreeRTOS.h"
	#include "freertos/semphr.h"
	typedef struct { SemaphoreHandle_t handle; StaticSemaphore_t storage; } port_mutex;
	typedef struct { SemaphoreHandle_t handle; StaticSemaphore_t storage; } port_event;
	typedef struct { void (*run)(void *context); void *context; } port_thread;
#elif defined(_WIN32)
	#if !defined(WIN32_LEAN_AND_MEAN)
		#define WIN32_LEAN_AND_MEAN
	#endif
	#include <windows.h>
	typedef SRWLOCK port_mutex;
	typedef CONDITION_VARIABLE port_event;
	typedef struct { void (*run)(void *context); void *context; HANDLE handle; } port_thread;
#else
	#include <pthread.h>
	typedef pthread_mutex_t port_mutex;
	typedef pthread_cond_t port_event;
	typedef struct { void (*run)(void *context); void *context; pthread_t handle; } port_thread;
#endif

/*
 * Data positions are multiples of this: 16 suits AES and SHA hardware and is a multiple of what every SD host's DMA
 * wants. Where internal memory is cached (ESP32-P4), DMA also wants whole cache lines.
 */
#if defined(CONFIG_CACHE_L1_CACHE_LINE_SIZE) && (CONFIG_CACHE_L1_CACHE_LINE_SIZE > 16)
	#define PORT_ALIGNMENT CONFIG_CACHE_L1_CACHE_LINE_SIZE
#else
	#define PORT_ALIGNMENT 16
#endif
/* Blocks of memory start at multiples of this. */
#define PORT_BLOCK_ALIGNMENT 64

void port_mutex_create(port_mutex *mutex);
void port_mutex_delete(port_mutex *mutex);
void port_lock(port_mutex *mutex);
void port_unlock(port_mutex *mutex);

/*
 * One thread at most waits for an event. port_wait() gives the mutex up while it waits; it may also return for no
 * reason, so the caller looks again. An event signalled with the mutex held is not lost.
 */
void port_event_create(port_event *event);
void port_event_delete(port_event *event);
void port_signal(port_event *event);
void port_wait(port_event *event, port_mutex *mutex);

/* Runs run(context) in a thread of its own: 0 or an errno. thread stays where it is until run() has returned. */
int port_thread_start(port_thread *thread, void (*run)(void *context), void *context);
/*
 * Waits until run() has returned. On FreeRTOS it returns at once: the task may at this moment wait for room in the very
 * message queue that the caller empties, so the two must not wait for each other. What run() uses has to be counted.
 */
void port_thread_join(port_thread *thread);
void port_sleep(unsigned milliseconds);

/* Memory that DMA may fill, at a multiple of PORT_BLOCK_ALIGNMENT; NULL where there is none. */
void *port_allocate(size_t size);
void port_free(void *memory);

#endif
