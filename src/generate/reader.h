/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading C. Behind these two functions stands libclang, which no other file knows.
 */
#ifndef CORM_GENERATE_READER_H
#define CORM_GENERATE_READER_H

#include "generate/generate.h"
#include "generate/ir.h"

/* Reads the models from the headers: columns with their types, relationships, options parsed but not applied. What the
 * compiler has against the headers goes to the options' report function as it is, and then CORM_ERROR_VALIDATION is
 * returned; what we have against them becomes complaints. */
corm_status corm__gen_read(struct corm__gen *gen);

/* Compiles gen->probes and fills in their numbers; a line that does not compile becomes a complaint. */
corm_status corm__gen_read_probes(struct corm__gen *gen);

#endif
