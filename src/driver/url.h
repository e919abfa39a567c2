/* SPDX-License-Identifier: Apache-2.0
 *
 * Database URLs, as SQLAlchemy writes them:
 *
 *	scheme://user:password@host:port,host:port/database?option=value&option=value
 */
#ifndef CORM_DRIVER_URL_H
#define CORM_DRIVER_URL_H

#include "base/arena.h"
#include <cormorant/driver.h>

/* Takes a URL apart. Every part is decoded and stands in arena; text is not needed afterwards. CORM_ERROR_URL says
 * which part is wrong and never shows the password, nor anything that might be one; CORM_ERROR_MEMORY. */
corm_status corm__url_parse(struct corm_arena *arena, const char *text, corm_url *out, corm_error_store *error);

#endif
