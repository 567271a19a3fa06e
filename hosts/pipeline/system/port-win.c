/* port.h on Win32, from Windows Vista on. */
#include "../port.h"

#include <errno.h>
#include <malloc.h>
#include <process.h>

void port_mutex_create(port_mutex *mutex) { InitializeSRWLock(mutex); }
void port_mutex_delete(port_mutex *mutex) { (void)mutex; }
void port_lock(port_mutex *mutex) { AcquireSRWLockExclusive(mutex); }
void port_unlock(port_mutex *mutex) { ReleaseSRWLockExclusive(mutex); }

void port_event_create(port_event *event) { InitializeConditionVariable(event); }
void port_event_delete(port_event *event) { (void)event; }
void port_signal(port_event *event) { WakeConditionVariable(event); }
void port_wait(port_event *event, port_mutex *mutex) { SleepConditionVariableSRW(event, mutex, INFINITE, 0); }

static unsigned __stdcall task(void *argument)
{
	port_thread *thread = argument;
	thread->run(thread->context);
	return 0;
}

/* Not CreateThread(): the thread calls the C library, which has memory to free when it ends. */
int port_thread_start(port_thread *thread, void (*run)(void *context), void *context)
{
	thread->run = run;
	thread->context = context;
	thread->handle = (HANDLE)_beginthreadex(NULL, 0, task, thread, 0, NULL);
	return thread->handle ? 0 : errno ? errno : EAGAIN;
}

void port_thread_join(port_thread *thread)
{
	WaitForSingleObject(thread->handle, INFINITE);
	CloseHandle(thread->handle);
}

void port_sleep(unsigned milliseconds) { Sleep(milliseconds); }

void *port_allocate(size_t size) { return _aligned_malloc(size, PORT_BLOCK_ALIGNMENT); }
void port_free(void *memory) { _aligned_free(memory); }
