/** No target, but what shows that fuzzing finds something: a byte too far, three right bytes away. */
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	volatile uint8_t *copy = copy_of(bytes, size);

	if (size > 2 && copy[0] == 'S' && copy[1] == 'M' && copy[2] == 'B')
		copy[0] = copy[size];
	free((void *)copy);
	return 0;
}
