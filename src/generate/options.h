/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of annotations. Parsing knows nothing of what they mean; applying writes them into the nodes, asks the
 * compiler about their expressions by probes, and complains about what an option or the type it stands at does not
 * allow.
 */
#ifndef CORM_GENERATE_OPTIONS_H
#define CORM_GENERATE_OPTIONS_H

#include "generate/ir.h"

/* The options in the text of an annotation: `max_length(200), index`. */
struct corm__gen_option *corm__gen_parse_options(struct corm__gen *gen, struct corm__gen_location location,
                                                 const char *text);

/* What one or more adjacent string literals stand for; NULL when text is no such thing. */
const char *corm__gen_unquote(struct corm__gen *gen, const char *text);
bool corm__gen_is_word(const char *text);

/* What an option takes in its parentheses. */
enum corm__gen_takes {
	CORM__GEN_NOTHING,
	CORM__GEN_ONE, /* any one argument */
	CORM__GEN_TWO,
	CORM__GEN_STRING,     /* one string, not empty */
	CORM__GEN_WORD,       /* one identifier */
	CORM__GEN_EXPRESSION, /* everything, commas too */
	CORM__GEN_LIST        /* one or more */
};

/* One row of the tables of options. The functions that apply them are the tables' own. */
struct corm__gen_rule {
	const char *name;
	enum corm__gen_takes takes;
	bool repeats; /* may be given several times */
};

/* Which of count rules, each size bytes from the one before, an option is: its index, or -1 after complaining that it
 * is unknown, given twice (before it in the list that begins with first) or has wrong arguments. */
int corm__gen_match(struct corm__gen *gen, struct corm__gen_location location, const char *annotation,
                    const struct corm__gen_rule *rules, size_t count, size_t size, const struct corm__gen_option *first,
                    const struct corm__gen_option *option);

/* Applies every option of every model, its fields and relationships. Stems come first: foreign keys refer to them. */
void corm__gen_apply_models(struct corm__gen *gen);
void corm__gen_apply_column(struct corm__gen *gen, struct corm__gen_column *column);
void corm__gen_apply_relationship(struct corm__gen *gen, struct corm__gen_relationship *relationship);

/* Complains about options that there are not or that have wrong arguments, whatever they would be applied to. */
void corm__gen_match_column(struct corm__gen *gen, struct corm__gen_location location,
                            const struct corm__gen_option *options);
void corm__gen_match_relationship(struct corm__gen *gen, struct corm__gen_location location,
                                  const struct corm__gen_option *options);

/* on_delete(…) and on_update(…) among the arguments of a foreign_key(…), from the one given on. */
void corm__gen_apply_actions(struct corm__gen *gen, struct corm__gen_location location,
                             const struct corm__gen_option *option, corm_action *on_delete, corm_action *on_update);

/* Checks that the function an option names is declared. */
void corm__gen_require_function(struct corm__gen *gen, struct corm__gen_location location,
                                const struct corm__gen_option *option, const char *of);

#endif
