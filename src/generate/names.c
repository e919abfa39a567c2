/* SPDX-License-Identifier: Apache-2.0
 *
 * Names by convention, and collisions among the generated ones.
 */
#include "generate/names.h"
#include "base/buffer.h"
#include "base/map.h"
#include <string.h>

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static char to_lower(char c)
{
	return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

const char *corm__gen_snake_case(struct corm__gen *gen, const char *name)
{
	size_t length = strlen(name), used = 0;
	char *snake = corm__arena_take(&gen->arena, 2 * length + 1);
	if (!snake) {
		gen->out_of_memory = true;
		return "";
	}
	for (size_t i = 0; i < length; i++) {
		bool word_begins = i > 0 && is_upper(name[i]) && name[i - 1] != '_' &&
		                   (!is_upper(name[i - 1]) || (name[i + 1] && name[i + 1] >= 'a' && name[i + 1] <= 'z'));
		if (word_begins)
			snake[used++] = '_';
		snake[used++] = to_lower(name[i]);
	}
	snake[used] = '\0';
	return snake;
}

const char *corm__gen_capitalised(struct corm__gen *gen, const char *name)
{
	char first = *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
	return *name ? corm__gen_text(gen, "%c%s", first, name + 1) : "";
}

const char *corm__gen_identifier(struct corm__gen *gen, const char *name)
{
	char *identifier = corm__arena_take(&gen->arena, strlen(name) + 2);
	if (!identifier) {
		gen->out_of_memory = true;
		return "";
	}
	size_t used = 0;
	if (*name >= '0' && *name <= '9')
		identifier[used++] = '_';
	for (; *name; name++) {
		bool allowed = (*name >= '0' && *name <= '9') || is_upper(*name) || (*name >= 'a' && *name <= 'z');
		identifier[used++] = allowed ? *name : '_';
	}
	identifier[used] = '\0';
	return identifier;
}

const char *corm__gen_constraint_name(struct corm__gen *gen, const char *prefix, const struct corm__gen_model *model,
                                      const struct corm__gen_columns *columns)
{
	const char *name = corm__gen_text(gen, "%s_%s", prefix, model->table);
	for (size_t i = 0; i < columns->count; i++)
		name = corm__gen_text(gen, "%s_%s", name, columns->items[i]->name);
	return name;
}

const char *corm__gen_parameter(const char *name, const char *other)
{
	static const char taken[] =
		" "
		"alignas alignof and and_eq arena asm auto bitand bitor bool break case catch char class compl const "
		"const_cast constexpr continue decltype default delete do double dynamic_cast else enum explicit "
		"export extern false float for friend goto if inline int linux long mutable namespace new noexcept "
		"not not_eq nullptr operator or or_eq other private protected public register reinterpret_cast restrict "
		"return session short signed sizeof static static_assert static_cast struct switch template this "
		"thread_local throw true try typedef typeid typename typeof union unix unsigned using virtual void "
		"volatile wchar_t while xor xor_eq ";
	size_t length = strlen(name);
	for (const char *at = strstr(taken, name); at; at = strstr(at + 1, name))
		if (at[-1] == ' ' && at[length] == ' ')
			return other;
	return name;
}

size_t corm__gen_distance(const char *a, const char *b)
{
	enum { LONGEST = 64 };
	size_t row[LONGEST + 1], length = strlen(b);
	if (length > LONGEST)
		return SIZE_MAX;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < length; j++) {
			size_t change = diagonal + (a[i] != b[j]);
			size_t shorter = row[j] < row[j + 1] ? row[j] + 1 : row[j + 1] + 1;
			diagonal = row[j + 1];
			row[j + 1] = change < shorter ? change : shorter;
		}
	}
	return row[length];
}

/* ---- collisions -------------------------------------------------------------------------------------------------- */

/* What stands behind the stem in generated identifiers, also in those that a later release of the tool will write, so
 * that models need not change then. Two underscores are for what programs do not use. */
/* clang-format off */
static const char *const suffixes[] = {
	"_model", "_list", "_columns", "_nodes", "_nowhere", "_column_table", "_relationship_table", "_foreign_key_table",
	"_index_table", "_unique_table", "_unique_index_table", "_check_table", "__defaults", "__init", "__before_insert",
	"__before_update", "__before_delete", "__after_load", "_init", "_new", "_values", "_add", "_add_value", "_add_from",
	"_get", "_delete", "_refresh", "_expire", "_expunge", "_copy", "_all", "_all_query", "_first", "_first_query", "_one",
	"_one_query", "_one_or_none", "_one_or_none_query", "_count", "_count_query", "_exists", "_exists_query", "_run",
	"_stream", "_stream_query", "_stream_next", "_insert_many", "_update", "_update_query", "_delete_where",
	"_delete_where_query", "_upsert", "_upsert_query", "_merge", "_merge_query", "_merge_value", "_sql", "_cursor",
	"_select", "_from_json", "_to_json", "_list_to_json", "_json_schema", "_validate", "_is_set", "_apply"
};
/* clang-format on */

struct names {
	struct corm__gen *gen;
	struct corm__map owners; /* identifier: what it belongs to */
};

/* What has the identifier already, or NULL after it was taken for owner. */
static const char *take(struct names *names, const char *identifier, const char *owner)
{
	const char *before = corm__map_get(&names->owners, identifier, strlen(identifier));
	if (before)
		return before;
	if (!corm__map_set(&names->owners, identifier, strlen(identifier), (void *)(uintptr_t)owner))
		names->gen->out_of_memory = true;
	return NULL;
}

static void take_model(struct names *names, struct corm__gen_model *model)
{
	struct corm__gen *gen = names->gen;
	const char *owner = corm__gen_text(gen, "model \"%s\"", model->stem);
	const char *before = take(names, model->constant, owner);
	if (before) {
		corm__gen_complain(gen, model->location, "the constant \"%s\" of \"%s\" collides with %s: name another by as()",
		                   model->constant, model->c_type, before);
		return;
	}
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		const char *name = corm__gen_text(gen, "%s%s", model->stem, suffixes[i]);
		before = take(names, name, owner);
		if (before)
			corm__gen_complain(gen, model->location,
			                   "the generated \"%s\" of \"%s\" collides with %s: name another by as()", name,
			                   model->c_type, before);
	}
}

static void take_column(struct names *names, struct corm__gen_column *column, const char *ending)
{
	struct corm__gen *gen = names->gen;
	const char *stem = column->model->stem;
	const char *name = corm__gen_text(gen, "%s__%s_%s", stem, column->field, ending);
	const char *before = take(names, name, corm__gen_text(gen, "column \"%s\"", column->field));
	if (before)
		corm__gen_complain(gen, column->location,
		                   "column \"%s\" of \"%s\" collides with the generated \"%s\" of %s: rename it", column->field,
		                   stem, name, before);
}

/* The functions that give columns their values. */
static void take_columns(struct names *names, struct corm__gen_model *model)
{
	for (struct corm__gen_column *column = model->columns; column; column = column->next) {
		if (column->factory)
			take_column(names, column, "default");
		if (column->onupdate_function)
			take_column(names, column, "update");
	}
}

static void take_relationships(struct names *names, struct corm__gen_model *model)
{
	static const char *const endings[] = { "", "_add", "_remove", "_set" };
	struct corm__gen *gen = names->gen;
	for (struct corm__gen_relationship *relationship = model->relationships; relationship;
	     relationship = relationship->next) {
		const char *owner = corm__gen_text(gen, "relationship \"%s\"", relationship->name);
		for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
			const char *name = corm__gen_text(gen, "%s_%s%s", model->stem, relationship->name, endings[i]);
			const char *before = take(names, name, owner);
			if (before) {
				corm__gen_complain(gen, relationship->location,
				                   "relationship \"%s\" of \"%s\" collides with the generated \"%s\" of %s: rename it",
				                   relationship->name, model->stem, name, before);
				break;
			}
		}
	}
}

/* What the headers declare must not be what we generate. */
static void compare_declared(struct names *names)
{
	struct corm__gen *gen = names->gen;
	for (struct corm__gen_name *name = gen->names; name; name = name->next) {
		const char *owner = corm__map_get(&names->owners, name->name, strlen(name->name));
		if (!owner)
			continue;
		struct corm__gen_model *model = corm__gen_find_model(gen, name->name);
		if (model && model->is_typedef && !model->named)
			continue; /* that has been said */
		if (name->is_typedef && model && strcmp(model->constant, name->name) == 0)
			corm__gen_complain(
				gen, name->location,
				"typedef \"%s\" collides with the constant \"%s\" of \"%s\": remove it, or give the model "
				"another stem by as()",
				name->name, name->name, model->c_type);
		else
			corm__gen_complain(gen, name->location, "\"%s\" collides with what is generated for %s: rename it",
			                   name->name, owner);
	}
}

void corm__gen_check_names(struct corm__gen *gen, const char *metadata_name)
{
	struct names names = { .gen = gen };
	corm__map_init(&names.owners, &gen->arena.allocator);
	take(&names, metadata_name, "the metadata");
	for (struct corm__gen_model *model = gen->models; model; model = model->next)
		take_model(&names, model);
	for (struct corm__gen_model *model = gen->models; model; model = model->next) {
		take_columns(&names, model);
		take_relationships(&names, model);
	}
	compare_declared(&names);
	corm__map_release(&names.owners);
}
