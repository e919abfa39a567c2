/* SPDX-License-Identifier: Apache-2.0
 *
 * The names that the generator makes: tables, constraints, parameters, and which of them would collide.
 */
#ifndef CORM_GENERATE_NAMES_H
#define CORM_GENERATE_NAMES_H

#include "generate/ir.h"

/* HeroTeamLink: hero_team_link; HTTPServer: http_server. */
const char *corm__gen_snake_case(struct corm__gen *gen, const char *name);
/* author: Author. */
const char *corm__gen_capitalised(struct corm__gen *gen, const char *name);
/* my-lib: my_lib; a digit at the beginning gets an underscore before it. */
const char *corm__gen_identifier(struct corm__gen *gen, const char *name);
/* fk_book_author_id: prefix, table, columns. */
const char *corm__gen_constraint_name(struct corm__gen *gen, const char *prefix, const struct corm__gen_model *model,
                                      const struct corm__gen_columns *columns);
/* A parameter's name that is neither a keyword of C or C++ nor taken; other where name is. */
const char *corm__gen_parameter(const char *name, const char *other);
/* How many letters have to be changed, added or taken away to get from a to b. */
size_t corm__gen_distance(const char *a, const char *b);

/* Complains about identifiers that would be generated twice or that the headers have already. */
void corm__gen_check_names(struct corm__gen *gen, const char *metadata_name);

#endif
