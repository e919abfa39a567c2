/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection in a forked child: the socket is the parent's too.
 */
#ifndef CORM_DRIVER_ABANDON_H
#define CORM_DRIVER_ABANDON_H

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

/* From now on what a client library says to the socket when it closes its connection goes nowhere. False where that
 * cannot be had: the socket is closed then, and the connection must not be, so that memory is lost and no connection of
 * the parent's. */
static inline bool corm__abandon_socket(int socket)
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool away = nowhere >= 0 && dup2(nowhere, socket) >= 0;
	if (nowhere >= 0)
		close(nowhere);
	if (!away)
		close(socket);
	return away;
}

#endif
