/** Errors that carry the errno's name. */
#include "machine.h"

const char *host_errorName(int number)
{
	static const struct { int number; const char *name; } names[] = {
		{ EACCES, "EACCES" }, { EADDRINUSE, "EADDRINUSE" }, { EADDRNOTAVAIL, "EADDRNOTAVAIL" }, { EAFNOSUPPORT, "EAFNOSUPPORT" }, { ECONNABORTED, "ECONNABORTED" },
		{ ECONNREFUSED, "ECONNREFUSED" }, { ECONNRESET, "ECONNRESET" }, { EHOSTUNREACH, "EHOSTUNREACH" }, { EINVAL, "EINVAL" }, { EMFILE, "EMFILE" },
		{ ENETDOWN, "ENETDOWN" }, { ENETUNREACH, "ENETUNREACH" }, { ENOBUFS, "ENOBUFS" }, { ENOMEM, "ENOMEM" }, { ENOTCONN, "ENOTCONN" }, { EPERM, "EPERM" },
		{ EPIPE, "EPIPE" }, { ETIMEDOUT, "ETIMEDOUT" },
	};
	for (size_t index = 0; index < sizeof(names) / sizeof(names[0]); index++) {
		if (names[index].number == number)
			return names[index].name;
	}
	return NULL;
}

void host_error(xsMachine *the, xsSlot *slot, const char *message, const char *code)
{
	mxPush(mxErrorConstructor);
	mxNew();
	mxPushStringC((txString)message);
	mxRunCount(1);
	if (code) {
		txSlot *error = the->stack;
		mxPushStringC((txString)code);
		mxPushSlot(error);
		mxSetID(fxNewNameC(the, "code"));
		mxPop();
	}
	mxPullSlot(slot);
}
