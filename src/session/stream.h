/* SPDX-License-Identifier: Apache-2.0
 *
 * Streams, as the session's end sees them.
 */
#ifndef CORM_SESSION_STREAM_H
#define CORM_SESSION_STREAM_H

#include "session/session.h"

/* Ends the statements of all streams: their connection is given back, or their transaction has ended. */
void corm__streams_end(corm_session *session);
/* Frees them as well. */
void corm__streams_free(corm_session *session);

#endif
