/* SPDX-License-Identifier: Apache-2.0
 *
 * The generated source: per model its tables, its metadata and its typed columns.
 */
#include "generate/write_source.h"

/* `(const uint16_t[]){ 0, 2 }` */
static void write_indexes(const struct corm__gen_columns *columns, struct corm__buffer *out)
{
	corm__buffer_text(out, "(const uint16_t[]){");
	for (size_t i = 0; i < columns->count; i++)
		corm__buffer_format(out, "%s %u", i ? "," : "", columns->items[i]->index);
	corm__buffer_text(out, " }");
}

static void write_columns_member(struct corm__buffer *out, const char *member, const struct corm__gen_columns *columns)
{
	corm__buffer_format(out, "\t\t.%s = ", member);
	write_indexes(columns, out);
	corm__buffer_text(out, ",\n");
}

/* ---- foreign keys, indexes, checks ------------------------------------------------------------------------------- */

static void write_action(struct corm__buffer *out, const char *member, corm_action action)
{
	static const char *const names[] = {
		[CORM_ACTION_CASCADE] = "CASCADE",
		[CORM_ACTION_SET_NULL] = "SET_NULL",
		[CORM_ACTION_RESTRICT] = "RESTRICT",
	};
	if (action)
		corm__buffer_format(out, "\t\t.%s = CORM_ACTION_%s,\n", member, names[action]);
}

static void write_foreign_keys(const struct corm__gen_model *model, struct corm__buffer *out)
{
	if (!model->foreign_keys)
		return;
	corm__buffer_format(out, "static const corm_foreign_key %s_foreign_key_table[] = {\n", model->stem);
	for (const struct corm__gen_foreign_key *key = model->foreign_keys; key; key = key->next) {
		corm__buffer_text(out, "\t{\n");
		corm__gen_write_member(out, "\t\t", "name", key->name);
		write_columns_member(out, "columns", &key->columns);
		corm__buffer_format(out, "\t\t.target = &%s_model,\n", key->target->stem);
		write_columns_member(out, "target_columns", &key->target_columns);
		corm__buffer_format(out, "\t\t.count = %zu,\n", key->columns.count);
		write_action(out, "on_delete", key->on_delete);
		write_action(out, "on_update", key->on_update);
		corm__buffer_text(out, "\t},\n");
	}
	corm__buffer_text(out, "};\n\n");
}

static size_t count_indexes(const struct corm__gen_model *model, enum corm__gen_index_kind kind)
{
	size_t count = 0;
	for (const struct corm__gen_index *index = model->indexes; index; index = index->next)
		count += index->kind == kind;
	return count;
}

static void write_index_table(const struct corm__gen_model *model, enum corm__gen_index_kind kind, const char *name,
                              struct corm__buffer *out)
{
	if (!count_indexes(model, kind))
		return;
	corm__buffer_format(out, "static const corm_index %s_%s_table[] = {\n", model->stem, name);
	for (const struct corm__gen_index *index = model->indexes; index; index = index->next) {
		if (index->kind != kind)
			continue;
		corm__buffer_text(out, "\t{ .name = ");
		corm__gen_write_literal(out, index->name);
		corm__buffer_text(out, ", .columns = ");
		write_indexes(&index->columns, out);
		corm__buffer_format(out, ", .count = %zu },\n", index->columns.count);
	}
	corm__buffer_text(out, "};\n\n");
}

static void write_checks(const struct corm__gen_model *model, struct corm__buffer *out)
{
	if (!model->checks)
		return;
	corm__buffer_format(out, "static const corm_check %s_check_table[] = {\n", model->stem);
	for (const struct corm__gen_check *check = model->checks; check; check = check->next) {
		corm__buffer_text(out, "\t{ .name = ");
		corm__gen_write_literal(out, check->name);
		corm__buffer_text(out, ", .sql = ");
		corm__gen_write_literal(out, check->sql);
		corm__buffer_text(out, " },\n");
	}
	corm__buffer_text(out, "};\n\n");
}

/* ---- relationships ----------------------------------------------------------------------------------------------- */

static void write_cascade(unsigned cascade, struct corm__buffer *out)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {
		{ CORM_CASCADE_SAVE_UPDATE, "CORM_CASCADE_SAVE_UPDATE" },
		{ CORM_CASCADE_DELETE, "CORM_CASCADE_DELETE" },
		{ CORM_CASCADE_DELETE_ORPHAN, "CORM_CASCADE_DELETE_ORPHAN" },
	};
	const char *before = "";
	corm__buffer_text(out, "\t\t.cascade = ");
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (cascade & flags[i].flag) {
			corm__buffer_format(out, "%s%s", before, flags[i].name);
			before = " | ";
		}
	corm__buffer_text(out, cascade ? ",\n" : "0,\n");
}

/* Which columns meet which: see struct corm_relationship. */
static void write_join(const struct corm__gen_relationship *relationship, struct corm__buffer *out)
{
	const struct corm__gen_foreign_key *key = relationship->key;
	if (relationship->kind == CORM_MANY_TO_MANY) {
		const struct corm__gen_foreign_key *own = relationship->link_key, *its = relationship->link_target_key;
		write_columns_member(out, "columns", &own->target_columns);
		write_columns_member(out, "target_columns", &its->target_columns);
		corm__buffer_format(out, "\t\t.count = %zu,\n\t\t.target_count = %zu,\n\t\t.link = &%s_model,\n",
		                    own->columns.count, its->columns.count, relationship->link->stem);
		write_columns_member(out, "link_columns", &own->columns);
		write_columns_member(out, "link_target_columns", &its->columns);
		return;
	}
	bool own = relationship->kind == CORM_TO_ONE;
	write_columns_member(out, "columns", own ? &key->columns : &key->target_columns);
	write_columns_member(out, "target_columns", own ? &key->target_columns : &key->columns);
	corm__buffer_format(out, "\t\t.count = %zu,\n", key->columns.count);
}

static void write_relationship(const struct corm__gen_relationship *relationship, struct corm__buffer *out)
{
	static const char *const kinds[] = {
		[CORM_TO_ONE] = "CORM_TO_ONE",
		[CORM_TO_ONE_REMOTE] = "CORM_TO_ONE_REMOTE",
		[CORM_TO_MANY] = "CORM_TO_MANY",
		[CORM_MANY_TO_MANY] = "CORM_MANY_TO_MANY",
	};
	static const char *const lazy[] = {
		[CORM_LAZY_SELECTIN] = "SELECTIN",
		[CORM_LAZY_JOINED] = "JOINED",
		[CORM_LAZY_RAISE] = "RAISE",
	};
	corm__buffer_text(out, "\t{\n");
	corm__gen_write_member(out, "\t\t", "name", relationship->name);
	corm__buffer_format(out,
	                    "\t\t.offset = offsetof(%s, %s),\n"
	                    "\t\t.kind = %s,\n"
	                    "\t\t.target = &%s_model,\n",
	                    relationship->model->c_type, relationship->path, kinds[relationship->kind],
	                    relationship->target->stem);
	write_join(relationship, out);
	if (relationship->back)
		corm__buffer_format(out, "\t\t.back = %u,\n", relationship->back->index);
	else
		corm__buffer_text(out, "\t\t.back = CORM_NO_INDEX,\n");
	if (relationship->order_column)
		corm__buffer_format(out, "\t\t.order_column = %u,\n", relationship->order_column->index);
	else
		corm__buffer_text(out, "\t\t.order_column = CORM_NO_INDEX,\n");
	if (relationship->order_descending)
		corm__buffer_text(out, "\t\t.order_descending = 1,\n");
	write_cascade(relationship->cascade, out);
	if (relationship->passive_deletes)
		corm__buffer_text(out, "\t\t.passive_deletes = 1,\n");
	if (relationship->lazy)
		corm__buffer_format(out, "\t\t.lazy = CORM_LAZY_%s,\n", lazy[relationship->lazy]);
	corm__buffer_text(out, "\t},\n");
}

static void write_relationships(const struct corm__gen_model *model, struct corm__buffer *out)
{
	if (!model->relationships)
		return;
	corm__buffer_format(out, "static const corm_relationship %s_relationship_table[] = {\n", model->stem);
	for (const struct corm__gen_relationship *relationship = model->relationships; relationship;
	     relationship = relationship->next)
		write_relationship(relationship, out);
	corm__buffer_text(out, "};\n\n");
}

/* ---- the model --------------------------------------------------------------------------------------------------- */

/* A model has pointers to functions of one type only: these have it, and call those of the model's own. */
static void write_callbacks(const struct corm__gen_model *model, struct corm__buffer *out)
{
	const char *stem = model->stem;
	corm__buffer_format(out, "static void %s__init(void *value)\n{\n\t%s_init(value);\n}\n\n", stem, stem);
	for (const struct corm__gen_hook *hook = model->hooks; hook; hook = hook->next) {
		corm__buffer_format(out, "static corm_status %s__%s(corm_session *session, void *object)\n{\n", stem,
		                    hook->name);
		if (hook->returns_status)
			corm__buffer_format(out, "\treturn %s(session, object);\n}\n\n", hook->function);
		else
			corm__buffer_format(out, "\t%s(session, object);\n\treturn CORM_OK;\n}\n\n", hook->function);
	}
}

static void write_table_member(struct corm__buffer *out, const struct corm__gen_model *model, const char *members,
                               const char *name, size_t count)
{
	if (count)
		corm__buffer_format(out, "\t.%s = %s_%s_table,\n\t.%s_count = %zu,\n", members, model->stem, name, name, count);
}

static void write_model(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__buffer *out)
{
	size_t foreign_keys = 0;
	for (const struct corm__gen_foreign_key *key = model->foreign_keys; key; key = key->next)
		foreign_keys++;
	bool is_table = model->kind == CORM__GEN_TABLE;
	if (is_table) {
		write_callbacks(model, out);
		corm__buffer_format(out, "static %s %s_nowhere;\n\n", model->c_type, model->stem);
	}
	corm__buffer_format(out, "const corm_model_info %s_model = {\n", model->stem);
	corm__gen_write_member(out, "\t", "name", model->stem);
	corm__gen_write_member(out, "\t", "table", model->table);
	corm__gen_write_member(out, "\t", "schema", model->schema);
	corm__gen_write_member(out, "\t", "comment", model->comment);
	corm__gen_write_member(out, "\t", "renamed_from", model->renamed_from);
	corm__buffer_format(out, "\t.size = sizeof(%s),\n", model->c_type);
	write_table_member(out, model, "columns", "column", model->column_count);
	if (is_table) {
		corm__buffer_text(out, "\t.key = ");
		write_indexes(&model->key, out);
		corm__buffer_format(out, ",\n\t.key_count = %zu,\n", model->key.count);
		corm__gen_write_member(out, "\t", "key_name", corm__gen_text(gen, "pk_%s", model->table));
	}
	write_table_member(out, model, "foreign_keys", "foreign_key", foreign_keys);
	write_table_member(out, model, "uniques", "unique", count_indexes(model, CORM__GEN_UNIQUE));
	write_table_member(out, model, "indexes", "index", count_indexes(model, CORM__GEN_INDEX));
	write_table_member(out, model, "unique_indexes", "unique_index", count_indexes(model, CORM__GEN_UNIQUE_INDEX));
	write_table_member(out, model, "checks", "check", model->check_count);
	write_table_member(out, model, "relationships", "relationship", model->relationship_count);
	if (is_table) {
		corm__buffer_format(out, "\t.init = %s__init,\n", model->stem);
		for (const struct corm__gen_hook *hook = model->hooks; hook; hook = hook->next)
			corm__buffer_format(out, "\t.%s = %s__%s,\n", hook->name, model->stem, hook->name);
		corm__buffer_format(out, "\t.nowhere = &%s_nowhere,\n", model->stem);
	}
	corm__buffer_text(out, "};\n\n");
}

static void write_nodes(const struct corm__gen_model *model, struct corm__buffer *out)
{
	const char *stem = model->stem;
	corm__buffer_format(out,
	                    "static const corm_node %s_nodes[] = {\n"
	                    "\t{ .op = CORM_OP_MODEL, .of.arg = { .a = &%s_model } },\n",
	                    stem, stem);
	for (size_t i = 0; i < model->column_count; i++)
		corm__buffer_format(
			out, "\t{ .op = CORM_OP_COLUMN, .of.arg = { .a = &%s_nodes[0], .b = &%s_column_table[%zu] } },\n", stem,
			stem, i);
	for (size_t i = 0; i < model->relationship_count; i++)
		corm__buffer_format(
			out,
			"\t{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &%s_nodes[0], .b = &%s_relationship_table[%zu] } },\n",
			stem, stem, i);
	corm__buffer_format(out,
	                    "};\n\n"
	                    "const struct %s_columns %s = {\n"
	                    "\t{ &%s_nodes[0] },\n",
	                    stem, model->constant, stem);
	size_t node = 1;
	for (const struct corm__gen_column *column = model->columns; column; column = column->next)
		corm__buffer_format(out, "\t.%s = { { &%s_nodes[%zu] } },\n", column->field, stem, node++);
	for (const struct corm__gen_relationship *relationship = model->relationships; relationship;
	     relationship = relationship->next, node++)
		corm__buffer_format(out, "\t.%s = { .as_source = &%s_nodes[%zu], .as_relationship = &%s_nodes[%zu] },\n",
		                    relationship->name, stem, node, stem, node);
	corm__buffer_text(out, "};\n\n");
}

static void write_metadata(const struct corm__gen *gen, const struct corm__gen_target *target, struct corm__buffer *out)
{
	enum { PER_LINE = 4 };
	size_t count = 0;
	corm__gen_write_section(out, "metadata");
	corm__buffer_format(out, "const corm_metadata %s_metadata = {\n", target->identifier);
	corm__gen_write_member(out, "\t", "name", target->identifier);
	for (const struct corm__gen_model *model = gen->models; model; model = model->next)
		count += model->kind == CORM__GEN_TABLE;
	const char *before = count > PER_LINE ? "\n\t\t" : " ", *between = count > PER_LINE ? ",\n\t\t" : ", ";
	if (count)
		corm__buffer_text(out, "\t.models = (const corm_model_info *const[]){");
	for (const struct corm__gen_model *model = gen->models; model; model = model->next) {
		if (model->kind != CORM__GEN_TABLE)
			continue;
		corm__buffer_format(out, "%s&%s_model", before, model->stem);
		before = between;
	}
	if (count)
		corm__buffer_text(out, count > PER_LINE ? ",\n\t},\n" : " },\n");
	corm__buffer_format(out, "\t.count = %zu,\n};\n", count);
}

void corm__gen_write_source(struct corm__gen *gen, const struct corm__gen_target *target, struct corm__buffer *out)
{
	bool copies_text = false;
	for (const struct corm__gen_model *model = gen->models; model; model = model->next)
		copies_text |= corm__gen_has_array_key(model);
	corm__gen_write_head(target, out);
	corm__buffer_format(out, "#include \"%s\"\n%s\n", target->header_name, copies_text ? "#include <string.h>\n" : "");
	if (gen->enum_formats) {
		corm__gen_write_section(out, "enums");
		corm__gen_write_enums(gen, out);
	}
	for (const struct corm__gen_model *model = gen->models; model; model = model->next) {
		corm__gen_write_title(gen, model, out);
		corm__gen_write_columns(model, out);
		write_foreign_keys(model, out);
		write_relationships(model, out);
		write_index_table(model, CORM__GEN_UNIQUE, "unique", out);
		write_index_table(model, CORM__GEN_INDEX, "index", out);
		write_index_table(model, CORM__GEN_UNIQUE_INDEX, "unique_index", out);
		write_checks(model, out);
		write_model(gen, model, out);
		if (model->column_count)
			write_nodes(model, out);
		if (model->kind == CORM__GEN_TABLE)
			corm__gen_write_functions(gen, model, out);
	}
	write_metadata(gen, target, out);
}
