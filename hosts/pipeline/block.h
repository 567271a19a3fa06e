/* A block of memory that several holders share: it is freed when the last lets go. All of them live on one thread. */
#ifndef PIPELINE_BLOCK_H
#define PIPELINE_BLOCK_H

#include <stdint.h>

/* length zeroed bytes at a multiple of PORT_BLOCK_ALIGNMENT, that DMA may fill, held once; NULL where there are none. */
uint8_t *block_create(uint32_t length);
uint8_t *block_hold(uint8_t *block);
void block_release(uint8_t *block);
uint32_t block_length(const uint8_t *block);

#endif
