/* SPDX-License-Identifier: Apache-2.0
 *
 * What the options of corm_table(), corm_model(), corm_row() and corm_relationship() mean. Those of a table that name
 * columns are kept for check.c, which knows all columns.
 */
#include "generate/names.h"
#include "generate/options.h"
#include <string.h>

/* The string in an option that has been matched as one. */
static const char *string_of(struct corm__gen *gen, const struct corm__gen_option *option)
{
	const char *value = corm__gen_unquote(gen, option->arguments->text);
	return value ? value : "";
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

static const struct corm__gen_rule table_rules[] = {
	{ "name", CORM__GEN_STRING, false },
	{ "schema", CORM__GEN_STRING, false },
	{ "as", CORM__GEN_WORD, false },
	{ "primary_key", CORM__GEN_LIST, false },
	{ "unique", CORM__GEN_LIST, true },
	{ "index", CORM__GEN_LIST, true },
	{ "foreign_key", CORM__GEN_LIST, true },
	{ "check", CORM__GEN_STRING, true },
	{ "renamed_from", CORM__GEN_STRING, false },
	{ "before_insert", CORM__GEN_WORD, false },
	{ "before_update", CORM__GEN_WORD, false },
	{ "before_delete", CORM__GEN_WORD, false },
	{ "after_load", CORM__GEN_WORD, false },
	{ "validator", CORM__GEN_WORD, false },
};
static const struct corm__gen_rule data_rules[] = {
	{ "of", CORM__GEN_WORD, false },
	{ "as", CORM__GEN_WORD, false },
	{ "validator", CORM__GEN_WORD, false },
};
static const struct corm__gen_rule row_rules[] = {
	{ "as", CORM__GEN_WORD, false },
};

static const struct {
	const char *name;
	const struct corm__gen_rule *rules;
	size_t count;
} annotations[] = {
	[CORM__GEN_TABLE] = { "corm_table", table_rules, sizeof table_rules / sizeof *table_rules },
	[CORM__GEN_DATA] = { "corm_model", data_rules, sizeof data_rules / sizeof *data_rules },
	[CORM__GEN_ROW] = { "corm_row", row_rules, sizeof row_rules / sizeof *row_rules },
};

static void add_check(struct corm__gen *gen, struct corm__gen_model *model, const struct corm__gen_option *option)
{
	struct corm__gen_check *check = corm__gen_node(gen, sizeof *check);
	if (!check)
		return;
	check->sql = string_of(gen, option);
	corm__gen_append(model, checks, last_check, check);
	model->check_count++;
}

/* Asks the compiler whether the function is there and of the one type that is called. */
static void require_hook(struct corm__gen *gen, const struct corm__gen_model *model,
                         const struct corm__gen_option *option, const char *returns)
{
	const char *function = option->arguments->text;
	const char *subject = corm__gen_text(gen, "%s of \"%s\"", option->text, model->c_name);
	corm__gen_probe(gen, model->location, subject, corm__gen_text(gen, "(void)(%s);", function));
	const char *same = corm__gen_text(gen,
	                                  "_Static_assert(__builtin_types_compatible_p(__typeof__(*(%s)), "
	                                  "%s(corm_session *, %s *)), \"another type\");",
	                                  function, returns, model->c_type);
	struct corm__gen_probe *probe = corm__gen_probe(gen, model->location, subject, same);
	if (probe)
		probe->meaning = corm__gen_text(gen, "it has to be \"%s %s(corm_session *session, %s *object)\"", returns,
		                                function, model->c_type);
}

static void add_hook(struct corm__gen *gen, struct corm__gen_model *model, const struct corm__gen_option *option)
{
	struct corm__gen_hook *hook = corm__gen_node(gen, sizeof *hook);
	if (!hook)
		return;
	hook->name = option->name;
	hook->function = option->arguments->text;
	hook->returns_status = strcmp(option->name, "after_load") != 0;
	corm__gen_append(model, hooks, last_hook, hook);
	require_hook(gen, model, option, hook->returns_status ? "corm_status" : "void");
}

static void apply_model_option(struct corm__gen *gen, struct corm__gen_model *model,
                               const struct corm__gen_option *option)
{
	const char *name = option->name;
	if (strcmp(name, "name") == 0)
		model->table = string_of(gen, option);
	else if (strcmp(name, "schema") == 0)
		model->schema = string_of(gen, option);
	else if (strcmp(name, "renamed_from") == 0)
		model->renamed_from = string_of(gen, option);
	else if (strcmp(name, "check") == 0)
		add_check(gen, model, option);
	else if (strcmp(name, "of") == 0)
		model->of = option;
	else if (strncmp(name, "before_", 7) == 0 || strcmp(name, "after_load") == 0)
		add_hook(gen, model, option);
	else if (strcmp(name, "validator") == 0)
		corm__gen_require_function(gen, model->location, option, model->c_name);
	else if (strcmp(name, "as") == 0) {
		model->stem = option->arguments->text;
		model->named = true;
	}
}

/* Options that cannot be matched are taken out, so that later passes meet sound ones alone. */
static void apply_model(struct corm__gen *gen, struct corm__gen_model *model)
{
	struct corm__gen_option *first = NULL, **end = &first;
	for (struct corm__gen_option *option = model->options; option; option = option->next) {
		if (corm__gen_match(gen, model->location, annotations[model->kind].name, annotations[model->kind].rules,
		                    annotations[model->kind].count, sizeof(struct corm__gen_rule), model->options, option) < 0)
			continue;
		apply_model_option(gen, model, option);
		struct corm__gen_option *sound = corm__gen_node(gen, sizeof *sound);
		if (!sound)
			return;
		*sound = *option;
		sound->next = NULL;
		*end = sound;
		end = &sound->next;
	}
	model->options = first;
	if (model->is_typedef && !model->named)
		corm__gen_complain(gen, model->location,
		                   "typedef \"%s\" would collide with the constant of that name: name the model by as(), "
		                   "%s(as(%sModel))",
		                   model->c_name, annotations[model->kind].name, model->c_name);
	model->constant = corm__gen_capitalised(gen, model->stem);
	if (model->kind == CORM__GEN_TABLE && !model->table)
		model->table = corm__gen_snake_case(gen, model->c_name);
}

/* ---- relationships ----------------------------------------------------------------------------------------------- */

static const struct corm__gen_rule relationship_rules[] = {
	{ "back_populates", CORM__GEN_WORD, false },
	{ "foreign_key", CORM__GEN_WORD, false },
	{ "link_model", CORM__GEN_WORD, false },
	{ "cascade", CORM__GEN_LIST, false },
	{ "passive_deletes", CORM__GEN_NOTHING, false },
	{ "order_by", CORM__GEN_LIST, false },
	{ "lazy", CORM__GEN_WORD, false },
};

static void apply_cascade(struct corm__gen *gen, struct corm__gen_relationship *relationship,
                          const struct corm__gen_option *option)
{
	static const struct {
		const char *name;
		unsigned flags;
	} words[] = {
		{ "save_update", CORM_CASCADE_SAVE_UPDATE },
		{ "all", CORM_CASCADE_SAVE_UPDATE | CORM_CASCADE_DELETE },
		{ "delete", CORM_CASCADE_DELETE },
		{ "delete_orphan", CORM_CASCADE_DELETE_ORPHAN },
		{ "none", 0 },
	};
	relationship->cascade = 0;
	for (const struct corm__gen_option *word = option->arguments; word; word = word->next) {
		size_t i = 0;
		while (i < sizeof words / sizeof *words && strcmp(words[i].name, word->text) != 0)
			i++;
		if (i == sizeof words / sizeof *words)
			corm__gen_complain(gen, relationship->location,
			                   "%s of \"%s\": there are save_update, all, delete, delete_orphan and none, not \"%s\"",
			                   option->text, relationship->name, word->text);
		else if (!words[i].flags && option->count > 1)
			corm__gen_complain(gen, relationship->location, "%s of \"%s\": none stands alone", option->text,
			                   relationship->name);
		else
			relationship->cascade |= words[i].flags;
	}
}

static void apply_lazy(struct corm__gen *gen, struct corm__gen_relationship *relationship,
                       const struct corm__gen_option *option)
{
	static const char *const words[] = {
		[CORM_LAZY_SELECT] = "select",
		[CORM_LAZY_SELECTIN] = "selectin",
		[CORM_LAZY_JOINED] = "joined",
		[CORM_LAZY_RAISE] = "raise",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i], option->arguments->text) == 0) {
			relationship->lazy = (corm_lazy)i;
			return;
		}
	corm__gen_complain(gen, relationship->location, "%s of \"%s\": there are select, selectin, joined and raise",
	                   option->text, relationship->name);
}

static int match_relationship(struct corm__gen *gen, struct corm__gen_location location,
                              const struct corm__gen_option *options, const struct corm__gen_option *option)
{
	return corm__gen_match(gen, location, "corm_relationship", relationship_rules,
	                       sizeof relationship_rules / sizeof *relationship_rules, sizeof *relationship_rules, options,
	                       option);
}

void corm__gen_match_relationship(struct corm__gen *gen, struct corm__gen_location location,
                                  const struct corm__gen_option *options)
{
	for (const struct corm__gen_option *option = options; option; option = option->next)
		match_relationship(gen, location, options, option);
}

void corm__gen_apply_relationship(struct corm__gen *gen, struct corm__gen_relationship *relationship)
{
	relationship->cascade = CORM_CASCADE_SAVE_UPDATE;
	for (const struct corm__gen_option *option = relationship->options; option; option = option->next) {
		if (match_relationship(gen, relationship->location, relationship->options, option) < 0)
			continue;
		const char *name = option->name;
		if (strcmp(name, "back_populates") == 0)
			relationship->back_name = option->arguments->text;
		else if (strcmp(name, "foreign_key") == 0)
			relationship->pick = option->arguments->text;
		else if (strcmp(name, "link_model") == 0)
			relationship->link_name = option->arguments->text;
		else if (strcmp(name, "order_by") == 0)
			relationship->order_by = option;
		else if (strcmp(name, "cascade") == 0)
			apply_cascade(gen, relationship, option);
		else if (strcmp(name, "lazy") == 0)
			apply_lazy(gen, relationship, option);
		else
			relationship->passive_deletes = true;
	}
}

/* ---- foreign keys ------------------------------------------------------------------------------------------------ */

static corm_action read_action(struct corm__gen *gen, struct corm__gen_location location,
                               const struct corm__gen_option *option)
{
	const char *word = option->count == 1 ? option->arguments->text : "";
	if (strcmp(word, "cascade") == 0)
		return CORM_ACTION_CASCADE;
	if (strcmp(word, "set_null") == 0)
		return CORM_ACTION_SET_NULL;
	if (strcmp(word, "restrict") == 0)
		return CORM_ACTION_RESTRICT;
	corm__gen_complain(gen, location, "option \"%s\" takes cascade, set_null or restrict: \"%s\"", option->name,
	                   option->text);
	return CORM_ACTION_NONE;
}

void corm__gen_apply_actions(struct corm__gen *gen, struct corm__gen_location location,
                             const struct corm__gen_option *option, corm_action *on_delete, corm_action *on_update)
{
	static const struct corm__gen_rule rules[] = {
		{ "on_delete", CORM__GEN_ONE, false },
		{ "on_update", CORM__GEN_ONE, false },
	};
	const struct corm__gen_option *first = option;
	for (; option; option = option->next) {
		int index = corm__gen_match(gen, location, "foreign_key", rules, 2, sizeof *rules, first, option);
		if (index >= 0)
			*(index == 0 ? on_delete : on_update) = read_action(gen, location, option);
	}
}

void corm__gen_apply_models(struct corm__gen *gen)
{
	for (struct corm__gen_model *model = gen->models; model; model = model->next)
		apply_model(gen, model);
	for (struct corm__gen_model *model = gen->models; model; model = model->next) {
		for (struct corm__gen_column *column = model->columns; column; column = column->next)
			corm__gen_apply_column(gen, column);
		for (struct corm__gen_relationship *relationship = model->relationships; relationship;
		     relationship = relationship->next)
			corm__gen_apply_relationship(gen, relationship);
	}
}
