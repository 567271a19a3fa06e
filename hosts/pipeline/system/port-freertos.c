/* port.h on FreeRTOS, as ESP-IDF has it. */
#include "../port.h"

#include <errno.h>
#include "esp_heap_caps.h"
#include "freertos/task.h"

/* Tunables that the manifest's "defines" may set: {"pipeline": {"stack": …}}. */
#include "mc.defines.h"
/* FatFs and the SD driver below read() use about 2.5 KiB, long file names on the stack another 0.5. */
#ifndef MODDEF_PIPELINE_STACK
	#define MODDEF_PIPELINE_STACK 4096
#endif
/*
 * The same as the task that runs XS. The reader mostly sleeps until DMA is done, so it hardly costs XS anything; but on
 * an SPI card the driver polls, and a higher priority would keep XS (on one core) from running while it does.
 */
#ifndef MODDEF_PIPELINE_PRIORITY
	#define MODDEF_PIPELINE_PRIORITY 4
#endif
/*
 * The SDK pins the task of XS to no core, so there is no core that XS does not run on. Left free as well, the reader
 * takes whichever is idle: with two cores that is never the one XS is busy on. A board that pins XS sets the other one here.
 */
#ifndef MODDEF_PIPELINE_CORE
	#define MODDEF_PIPELINE_CORE tskNO_AFFINITY
#endif

void port_mutex_create(port_mutex *mutex) { mutex->handle = xSemaphoreCreateMutexStatic(&mutex->storage); }
void port_mutex_delete(port_mutex *mutex) { vSemaphoreDelete(mutex->handle); }
void port_lock(port_mutex *mutex) { xSemaphoreTake(mutex->handle, portMAX_DELAY); }
void port_unlock(port_mutex *mutex) { xSemaphoreGive(mutex->handle); }

/* A binary semaphore remembers one signal, and only one thread waits: none is lost between unlocking and waiting. */
void port_event_create(port_event *event) { event->handle = xSemaphoreCreateBinaryStatic(&event->storage); }
void port_event_delete(port_event *event) { vSemaphoreDelete(event->handle); }
void port_signal(port_event *event) { xSemaphoreGive(event->handle); }
void port_wait(port_event *event, port_mutex *mutex)
{
	port_unlock(mutex);
	xSemaphoreTake(event->handle, portMAX_DELAY);
	port_lock(mutex);
}

/* A task must not return: it deletes itself. run() may free what thread points to, so that is not touched afterwards. */
static void task(void *argument)
{
	port_thread *thread = argument;
	thread->run(thread->context);
	vTaskDelete(NULL);
}

int port_thread_start(port_thread *thread, void (*run)(void *context), void *context)
{
	thread->run = run;
	thread->context = context;
	return pdPASS == xTaskCreatePinnedToCore(task, "pipeline", MODDEF_PIPELINE_STACK, thread, MODDEF_PIPELINE_PRIORITY, NULL, MODDEF_PIPELINE_CORE)
		? 0 : ENOMEM;
}

void port_thread_join(port_thread *thread) { (void)thread; }
void port_sleep(unsigned milliseconds) { vTaskDelay(pdMS_TO_TICKS(milliseconds) + 1); }

void *port_allocate(size_t size) { return heap_caps_aligned_alloc(PORT_BLOCK_ALIGNMENT, size, MALLOC_CAP_DMA | MALLOC_CAP_INTERNAL); }
void port_free(void *memory) { heap_caps_free(memory); }
