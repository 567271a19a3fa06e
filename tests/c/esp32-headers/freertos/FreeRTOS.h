/* Stand-in: see README.md. */
#ifndef FREERTOS_H
#define FREERTOS_H
#include <stdint.h>
typedef int BaseType_t;
typedef unsigned int UBaseType_t;
typedef uint32_t TickType_t;
typedef uint8_t StackType_t;
typedef struct { void *words[20]; } StaticSemaphore_t;
#define pdPASS 1
#define pdTRUE 1
#define pdFALSE 0
#define portMAX_DELAY 0xffffffffu
#define portTICK_PERIOD_MS 1
#define tskNO_AFFINITY 0x7fffffff
#define pdMS_TO_TICKS(milliseconds) ((TickType_t)(milliseconds))
#endif
