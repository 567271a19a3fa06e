/**
 * For LD_PRELOAD: a program's own DNS. Names below "test" (RFC 6761 6.2) are this machine; what the program reads of /etc/resolv.conf is the file that
 * NAMES_RESOLV_CONF names, and a name server's port is NAMES_PORT, for only root can listen on 53.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

typedef FILE *(*Open)(const char *, const char *);

static FILE *openAs(const char *name, const char *path, const char *mode)
{
	const char *instead = strcmp(path, "/etc/resolv.conf") ? NULL : getenv("NAMES_RESOLV_CONF");
	return ((Open)dlsym(RTLD_NEXT, name))(instead ? instead : path, mode);
}

FILE *fopen(const char *path, const char *mode) { return openAs("fopen", path, mode); }
FILE *fopen64(const char *path, const char *mode) { return openAs("fopen64", path, mode); }

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **list)
{
	int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
	size_t length = name ? strlen(name) : 0;
	return next(length > 5 && !strcmp(name + length - 5, ".test") ? "127.0.0.1" : name, service, hints, list);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
	struct sockaddr_in to;
	const char *port = getenv("NAMES_PORT");
	if (port && address->sa_family == AF_INET && length == sizeof(to)) {
		memcpy(&to, address, sizeof(to));
		if (to.sin_port == htons(53)) {
			to.sin_port = htons((uint16_t)atoi(port));
			address = (struct sockaddr *)&to;
		}
		return next(fd, address, length);
	}
	return next(fd, address, length);
}
