/** What listener and UDP share with TCP: options of the constructors, errors, and a connection that was accepted. */
#ifndef TCP_H
#define TCP_H

#include <netdb.h>
#include "xs.h"

/** The function in option id of xsArg(0), or NULL. Uses xsVar(0), as does socket_port(). */
xsSlot *socket_callback(xsMachine *the, xsIdentifier id);
/** Option "port" of xsArg(0), 0 without it. */
int socket_port(xsMachine *the);
/** Non-blocking, and not for child processes. */
void socket_prepare(int fd);
/** Hands option target of xsArg(0), if there is one, to xsThis. Uses xsVar(0). */
void socket_target(xsMachine *the);
/** Throws what host_error() makes of an errno. */
void socket_throw(xsMachine *the, int error);
/** The port that a socket is bound to. */
int socket_ownPort(xsMachine *the, int fd);
/** A numeric address for a stream socket, for freeaddrinfo(); NULL for a name. */
struct addrinfo *socket_address(const char *text, int port);
/** Gives a connection to a TCP that was made without options; throws for anything else. */
void tcp_adopt(xsMachine *the, xsSlot *slot, int fd);

#endif
