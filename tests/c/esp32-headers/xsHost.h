/* Stand-in for the Moddable SDK's header of that name: see README.md. */
#ifndef XS_HOST_H
#define XS_HOST_H
#include <stdint.h>
typedef void (*modMessageDeliver)(void *machine, void *context, uint8_t *message, uint16_t length);
int modMessagePostToMachine(void *machine, uint8_t *message, uint16_t length, modMessageDeliver deliver, void *context);
#endif
