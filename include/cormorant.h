/* SPDX-License-Identifier: Apache-2.0
 *
 * Cormorant: plain C structs as database models.
 *
 * One include for everything. A model header needs <cormorant/model.h> alone. C++ programs get all but the query
 * language, whose macros need C11's _Generic.
 */
#ifndef CORMORANT_H
#define CORMORANT_H

#include <cormorant/engine.h>
#include <cormorant/memory.h>
#include <cormorant/metadata.h>
#include <cormorant/model.h>
#include <cormorant/session.h>
#include <cormorant/status.h>
#include <cormorant/value.h>
#ifndef __cplusplus
#include <cormorant/query.h>
#endif

#endif
