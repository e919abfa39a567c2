/* SPDX-License-Identifier: Apache-2.0
 *
 * Adding objects.
 */
#ifndef CORM_SESSION_ADD_H
#define CORM_SESSION_ADD_H

#include "session/session.h"

/* Adds a copy of a struct as a pending object; NULL: failed. */
struct corm__object *corm__add_object(corm_session *session, const corm_model_info *model, const void *value);
/* The same with the model's defaults. */
struct corm__object *corm__add_new(corm_session *session, const corm_model_info *model);
/* Takes an object out of those that are pending; it stays readable. When a flush does so and fails, it is pending
 * again. */
void corm__pending_drop(corm_session *session, struct corm__object *object);

#endif
