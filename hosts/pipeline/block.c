/* See block.h. The count lies before the bytes, so that a host object's destructor, which is given only these, finds it. */
#include "block.h"
#include "port.h"

#include <string.h>

typedef struct { uint32_t references, length; } block_head;

static block_head *head(const uint8_t *block) { return (block_head *)(uintptr_t)(block - PORT_BLOCK_ALIGNMENT); }

uint8_t *block_create(uint32_t length)
{
	uint8_t *block;
	if (length > UINT32_MAX - PORT_BLOCK_ALIGNMENT)
		return NULL;
	block = port_allocate((size_t)PORT_BLOCK_ALIGNMENT + length);
	if (!block)
		return NULL;
	block += PORT_BLOCK_ALIGNMENT;
	memset(block, 0, length);
	head(block)->references = 1;
	head(block)->length = length;
	return block;
}

uint8_t *block_hold(uint8_t *block)
{
	head(block)->references++;
	return block;
}

void block_release(uint8_t *block)
{
	if (0 == --head(block)->references)
		port_free(head(block));
}

uint32_t block_length(const uint8_t *block) { return head(block)->length; }
