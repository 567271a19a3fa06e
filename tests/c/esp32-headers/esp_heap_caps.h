/* Stand-in: see README.md. */
#ifndef ESP_HEAP_CAPS_H
#define ESP_HEAP_CAPS_H
#include <stddef.h>
#include <stdint.h>
#define MALLOC_CAP_8BIT (1u << 2)
#define MALLOC_CAP_DMA (1u << 3)
#define MALLOC_CAP_INTERNAL (1u << 11)
#define MALLOC_CAP_DEFAULT (1u << 12)
void *heap_caps_malloc(size_t size, uint32_t capabilities);
void *heap_caps_aligned_alloc(size_t alignment, size_t size, uint32_t capabilities);
void heap_caps_free(void *memory);
size_t heap_caps_get_free_size(uint32_t capabilities);
size_t heap_caps_get_minimum_free_size(uint32_t capabilities);
size_t heap_caps_get_largest_free_block(uint32_t capabilities);
#endif
