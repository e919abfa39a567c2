/* SPDX-License-Identifier: Apache-2.0
 *
 * The descriptors of models.h, as `corm generate` writes them.
 */
#include "compile/models.h"

static const corm_enum_value Color_values[] = { { RED, "RED" }, { GREEN, "GREEN" }, { BLUE, "BLUE" } };
const corm_enum Color_enum = { .name = "color", .values = Color_values, .count = 3 };
static const corm_enum_value Level_values[] = { { LOW, "LOW" }, { HIGH, "HIGH" } };
static const corm_enum Level_enum = { .name = "level", .values = Level_values, .count = 2 };

/* ---- Author -------------------------------------------------------------------------------------------------------- */

static const corm_column Author_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Author, id),
		.format = { .type = CORM_TYPE_UUID, .size = sizeof(((struct Author *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY,
		.server_default = CORM_SERVER_UUID4,
	},
	{
		.name = "created_at",
		.field = "created_at",
		.offset = offsetof(struct Author, created_at),
		.format = { .type = CORM_TYPE_DATETIME, .size = sizeof(((struct Author *)0)->created_at) },
		.server_default = CORM_SERVER_NOW,
	},
	{
		.name = "name",
		.field = "name",
		.offset = offsetof(struct Author, name),
		.format = { .type = CORM_TYPE_TEXT, .size = sizeof(((struct Author *)0)->name) },
		.max_length = 200,
	},
};

static const corm_index Author_index_table[] = {
	{ .name = "ix_author_name", .columns = (const uint16_t[]){ 2 }, .count = 1 },
};

static const corm_relationship Author_relationship_table[] = {
	{
		.name = "books",
		.offset = offsetof(struct Author, books),
		.kind = CORM_TO_MANY,
		.target = &Book_model,
		.columns = (const uint16_t[]){ 0 },
		.target_columns = (const uint16_t[]){ 2 },
		.count = 1,
		.back = CORM_NO_INDEX,
		.order_column = 1,
	},
};

const corm_model_info Author_model = {
	.name = "Author",
	.table = "author",
	.size = sizeof(struct Author),
	.columns = Author_column_table,
	.column_count = 3,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_author",
	.indexes = Author_index_table,
	.index_count = 1,
	.relationships = Author_relationship_table,
	.relationship_count = 1,
};

static const corm_node Author_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Author_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Author_nodes[0], .b = &Author_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Author_nodes[0], .b = &Author_column_table[1] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Author_nodes[0], .b = &Author_column_table[2] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Author_nodes[0], .b = &Author_relationship_table[0] } },
};

const struct Author_columns Author = {
	{ &Author_nodes[0] },
	.id = { { &Author_nodes[1] } },
	.created_at = { { &Author_nodes[2] } },
	.name = { { &Author_nodes[3] } },
	.books = { .as_source = &Author_nodes[4], .as_relationship = &Author_nodes[4] },
};

/* ---- Book ---------------------------------------------------------------------------------------------------------- */

static const corm_column Book_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Book, id),
		.format = { .type = CORM_TYPE_UUID, .size = sizeof(((struct Book *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY,
	},
	{
		.name = "title",
		.field = "title",
		.offset = offsetof(struct Book, title),
		.format = { .type = CORM_TYPE_TEXT, .size = sizeof(((struct Book *)0)->title) },
	},
	{
		.name = "author_id",
		.field = "author_id",
		.offset = offsetof(struct Book, author_id),
		.format = { .type = CORM_TYPE_UUID, .size = sizeof(((struct Book *)0)->author_id) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
	},
};

static const corm_foreign_key Book_foreign_key_table[] = {
	{
		.name = "fk_book_author_id",
		.columns = (const uint16_t[]){ 2 },
		.target = &Author_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.on_delete = CORM_ACTION_CASCADE,
	},
};

static const corm_index Book_index_table[] = {
	{ .name = "ix_book_author_id", .columns = (const uint16_t[]){ 2 }, .count = 1 },
};

static const corm_relationship Book_relationship_table[] = {
	{
		.name = "author",
		.offset = offsetof(struct Book, author),
		.kind = CORM_TO_ONE,
		.target = &Author_model,
		.columns = (const uint16_t[]){ 2 },
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
};

const corm_model_info Book_model = {
	.name = "Book",
	.table = "book",
	.size = sizeof(struct Book),
	.columns = Book_column_table,
	.column_count = 3,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_book",
	.foreign_keys = Book_foreign_key_table,
	.foreign_key_count = 1,
	.indexes = Book_index_table,
	.index_count = 1,
	.relationships = Book_relationship_table,
	.relationship_count = 1,
};

static const corm_node Book_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Book_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Book_nodes[0], .b = &Book_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Book_nodes[0], .b = &Book_column_table[1] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Book_nodes[0], .b = &Book_column_table[2] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Book_nodes[0], .b = &Book_relationship_table[0] } },
};

const struct Book_columns Book = {
	{ &Book_nodes[0] },
	.id = { { &Book_nodes[1] } },
	.title = { { &Book_nodes[2] } },
	.author_id = { { &Book_nodes[3] } },
	.author = { .as_source = &Book_nodes[4], .as_relationship = &Book_nodes[4] },
};

/* ---- Team ---------------------------------------------------------------------------------------------------------- */

static const corm_column Team_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Team, id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Team *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_GENERATED | CORM_COLUMN_AUTOINCREMENT,
		.bits = 64,
	},
	{
		.name = "name",
		.field = "name",
		.offset = offsetof(struct Team, name),
		.format = { .type = CORM_TYPE_TEXT, .size = sizeof(((struct Team *)0)->name) },
		.flags = CORM_COLUMN_UNIQUE,
	},
};

static const corm_index Team_unique_index_table[] = {
	{ .name = "ix_team_name", .columns = (const uint16_t[]){ 1 }, .count = 1 },
};

const corm_model_info Team_model = {
	.name = "Team",
	.table = "team",
	.size = sizeof(struct Team),
	.columns = Team_column_table,
	.column_count = 2,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_team",
	.unique_indexes = Team_unique_index_table,
	.unique_index_count = 1,
};

static const corm_node Team_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Team_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Team_nodes[0], .b = &Team_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Team_nodes[0], .b = &Team_column_table[1] } },
};

const struct Team_columns Team = {
	{ &Team_nodes[0] },
	.id = { { &Team_nodes[1] } },
	.name = { { &Team_nodes[2] } },
};

/* ---- Hero ---------------------------------------------------------------------------------------------------------- */

static const corm_column Hero_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Hero, id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Hero *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_GENERATED,
		.bits = 64,
	},
	{
		.name = "name",
		.field = "name",
		.offset = offsetof(struct Hero, name),
		.format = { .type = CORM_TYPE_TEXT, .size = sizeof(((struct Hero *)0)->name) },
	},
	{
		.name = "age",
		.field = "age",
		.offset = offsetof(struct Hero, age.value),
		.format = { .type = CORM_TYPE_INT64, .flags = CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL, .size = sizeof(int64_t),
		            .has_value = offsetof(struct corm_optional_int64_t, has_value) - offsetof(struct corm_optional_int64_t, value) },
		.bits = 64,
	},
	{
		.name = "color",
		.field = "color",
		.offset = offsetof(struct Hero, color),
		.format = { .type = CORM_TYPE_ENUM, .size = sizeof(((struct Hero *)0)->color),
		            .enumeration = &Color_enum },
	},
	{
		.name = "level",
		.field = "level",
		.offset = offsetof(struct Hero, level),
		.format = { .type = CORM_TYPE_ENUM, .size = sizeof(((struct Hero *)0)->level), .storage = CORM_STORAGE_INTEGER,
		            .enumeration = &Level_enum },
	},
	{
		.name = "active",
		.field = "active",
		.offset = offsetof(struct Hero, active),
		.format = { .type = CORM_TYPE_BOOL, .size = sizeof(((struct Hero *)0)->active) },
	},
	{
		.name = "price",
		.field = "price",
		.offset = offsetof(struct Hero, price),
		.format = { .type = CORM_TYPE_DECIMAL, .size = sizeof(((struct Hero *)0)->price) },
		.precision = 10,
		.scale = 2,
	},
	{
		.name = "rough",
		.field = "rough",
		.offset = offsetof(struct Hero, rough),
		.format = { .type = CORM_TYPE_DECIMAL, .size = sizeof(((struct Hero *)0)->rough), .storage = CORM_STORAGE_REAL },
		.precision = 10,
		.scale = 2,
	},
	{
		.name = "weight",
		.field = "weight",
		.offset = offsetof(struct Hero, weight),
		.format = { .type = CORM_TYPE_DOUBLE, .size = sizeof(((struct Hero *)0)->weight) },
	},
	{
		.name = "token",
		.field = "token",
		.offset = offsetof(struct Hero, token),
		.format = { .type = CORM_TYPE_UUID, .size = sizeof(((struct Hero *)0)->token), .storage = CORM_STORAGE_BLOB },
		.server_default = CORM_SERVER_UUID4,
	},
	{
		.name = "seen",
		.field = "seen",
		.offset = offsetof(struct Hero, seen),
		.format = { .type = CORM_TYPE_DATETIME, .size = sizeof(((struct Hero *)0)->seen), .storage = CORM_STORAGE_INTEGER },
		.server_default = CORM_SERVER_NOW,
	},
	{
		.name = "born",
		.field = "born",
		.offset = offsetof(struct Hero, born),
		.format = { .type = CORM_TYPE_DATE, .size = sizeof(((struct Hero *)0)->born) },
		.server_default = CORM_SERVER_NOW,
	},
	{
		.name = "wakes",
		.field = "wakes",
		.offset = offsetof(struct Hero, wakes),
		.format = { .type = CORM_TYPE_TIME, .size = sizeof(((struct Hero *)0)->wakes) },
		.server_default = CORM_SERVER_NOW,
	},
	{
		.name = "data",
		.field = "data",
		.offset = offsetof(struct Hero, data),
		.format = { .type = CORM_TYPE_JSON, .size = sizeof(((struct Hero *)0)->data) },
	},
	{
		.name = "picture",
		.field = "picture",
		.offset = offsetof(struct Hero, picture),
		.format = { .type = CORM_TYPE_BYTES, .size = sizeof(((struct Hero *)0)->picture) },
	},
	{
		.name = "hash",
		.field = "hash",
		.offset = offsetof(struct Hero, hash),
		.format = { .type = CORM_TYPE_BYTES_ARRAY, .size = sizeof(((struct Hero *)0)->hash) },
	},
	{
		.name = "code",
		.field = "code",
		.offset = offsetof(struct Hero, code),
		.format = { .type = CORM_TYPE_TEXT_ARRAY, .size = sizeof(((struct Hero *)0)->code) },
	},
	{
		.name = "rank",
		.field = "rank",
		.offset = offsetof(struct Hero, rank),
		.format = { .type = CORM_TYPE_INT16, .size = sizeof(((struct Hero *)0)->rank) },
		.bits = 16,
		.server_default = CORM_SERVER_SQL,
		.server_default_sql = "1 + 1",
	},
	{
		.name = "order",
		.field = "order",
		.offset = offsetof(struct Hero, order),
		.format = { .type = CORM_TYPE_INT32, .size = sizeof(((struct Hero *)0)->order) },
		.bits = 32,
	},
	{
		.name = "team_id",
		.field = "team_id",
		.offset = offsetof(struct Hero, team_id.value),
		.format = { .type = CORM_TYPE_INT64, .flags = CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL, .size = sizeof(int64_t),
		            .has_value = offsetof(struct corm_optional_int64_t, has_value) - offsetof(struct corm_optional_int64_t, value) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
	{
		.name = "mentor_id",
		.field = "mentor_id",
		.offset = offsetof(struct Hero, mentor_id.value),
		.format = { .type = CORM_TYPE_INT64, .flags = CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL, .size = sizeof(int64_t),
		            .has_value = offsetof(struct corm_optional_int64_t, has_value) - offsetof(struct corm_optional_int64_t, value) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
	{
		.name = "made",
		.field = "made",
		.offset = offsetof(struct Hero, made),
		.format = { .type = CORM_TYPE_DATETIME, .size = sizeof(((struct Hero *)0)->made) },
		.server_default = CORM_SERVER_NOW,
		.onupdate = CORM_SERVER_NOW,
	},
};

static const corm_foreign_key Hero_foreign_key_table[] = {
	{
		.name = "fk_hero_team_id",
		.columns = (const uint16_t[]){ 19 },
		.target = &Team_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.on_delete = CORM_ACTION_SET_NULL,
	},
	{
		.name = "fk_hero_mentor_id",
		.columns = (const uint16_t[]){ 20 },
		.target = &Hero_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.on_delete = CORM_ACTION_RESTRICT,
	},
};

static const corm_index Hero_unique_table[] = {
	{ .name = "uq_hero_name_code", .columns = (const uint16_t[]){ 1, 16 }, .count = 2 },
};

static const corm_relationship Hero_relationship_table[] = {
	{
		.name = "team",
		.offset = offsetof(struct Hero, team),
		.kind = CORM_TO_ONE,
		.target = &Team_model,
		.columns = (const uint16_t[]){ 19 },
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
	{
		.name = "mentor",
		.offset = offsetof(struct Hero, mentor),
		.kind = CORM_TO_ONE,
		.target = &Hero_model,
		.columns = (const uint16_t[]){ 20 },
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
	{
		.name = "pupils",
		.offset = offsetof(struct Hero, pupils),
		.kind = CORM_TO_MANY,
		.target = &Hero_model,
		.columns = (const uint16_t[]){ 0 },
		.target_columns = (const uint16_t[]){ 20 },
		.count = 1,
		.back = CORM_NO_INDEX,
		.order_column = 6,
		.order_descending = 1,
	},
	{
		.name = "tags",
		.offset = offsetof(struct Hero, tags),
		.kind = CORM_MANY_TO_MANY,
		.target = &Tag_model,
		.columns = (const uint16_t[]){ 0 },
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.target_count = 1,
		.link = &HeroTag_model,
		.link_columns = (const uint16_t[]){ 0 },
		.link_target_columns = (const uint16_t[]){ 1 },
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
	{
		.name = "passport",
		.offset = offsetof(struct Hero, passport),
		.kind = CORM_TO_ONE_REMOTE,
		.target = &Passport_model,
		.columns = (const uint16_t[]){ 0 },
		.target_columns = (const uint16_t[]){ 1 },
		.count = 1,
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
};

const corm_model_info Hero_model = {
	.name = "Hero",
	.table = "hero",
	.size = sizeof(struct Hero),
	.columns = Hero_column_table,
	.column_count = 22,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_hero",
	.foreign_keys = Hero_foreign_key_table,
	.foreign_key_count = 2,
	.uniques = Hero_unique_table,
	.unique_count = 1,
	.relationships = Hero_relationship_table,
	.relationship_count = 5,
};

static const corm_node Hero_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Hero_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[1] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[2] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[3] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[4] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[5] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[6] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[7] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[8] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[9] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[10] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[11] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[12] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[13] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[14] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[15] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[16] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[17] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[18] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[19] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[20] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_column_table[21] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_relationship_table[0] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_relationship_table[1] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_relationship_table[2] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_relationship_table[3] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Hero_nodes[0], .b = &Hero_relationship_table[4] } },
};

const struct Hero_columns Hero = {
	{ &Hero_nodes[0] },
	.id = { { &Hero_nodes[1] } },
	.name = { { &Hero_nodes[2] } },
	.age = { { &Hero_nodes[3] } },
	.color = { { &Hero_nodes[4] } },
	.level = { { &Hero_nodes[5] } },
	.active = { { &Hero_nodes[6] } },
	.price = { { &Hero_nodes[7] } },
	.rough = { { &Hero_nodes[8] } },
	.weight = { { &Hero_nodes[9] } },
	.token = { { &Hero_nodes[10] } },
	.seen = { { &Hero_nodes[11] } },
	.born = { { &Hero_nodes[12] } },
	.wakes = { { &Hero_nodes[13] } },
	.data = { { &Hero_nodes[14] } },
	.picture = { { &Hero_nodes[15] } },
	.hash = { { &Hero_nodes[16] } },
	.code = { { &Hero_nodes[17] } },
	.rank = { { &Hero_nodes[18] } },
	.order = { { &Hero_nodes[19] } },
	.team_id = { { &Hero_nodes[20] } },
	.mentor_id = { { &Hero_nodes[21] } },
	.made = { { &Hero_nodes[22] } },
	.team = { .as_source = &Hero_nodes[23], .as_relationship = &Hero_nodes[23] },
	.mentor = { .as_source = &Hero_nodes[24], .as_relationship = &Hero_nodes[24] },
	.pupils = { .as_source = &Hero_nodes[25], .as_relationship = &Hero_nodes[25] },
	.tags = { .as_source = &Hero_nodes[26], .as_relationship = &Hero_nodes[26] },
	.passport = { .as_source = &Hero_nodes[27], .as_relationship = &Hero_nodes[27] },
};

static const corm_node elder_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Hero_model, .b = "elder" } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[1] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[2] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[3] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[4] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[5] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[6] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[7] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[8] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[9] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[10] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[11] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[12] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[13] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[14] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[15] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[16] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[17] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[18] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[19] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[20] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &elder_nodes[0], .b = &Hero_column_table[21] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &elder_nodes[0], .b = &Hero_relationship_table[0] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &elder_nodes[0], .b = &Hero_relationship_table[1] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &elder_nodes[0], .b = &Hero_relationship_table[2] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &elder_nodes[0], .b = &Hero_relationship_table[3] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &elder_nodes[0], .b = &Hero_relationship_table[4] } },
};

const struct Hero_columns elder = {
	{ &elder_nodes[0] },
	.id = { { &elder_nodes[1] } },
	.name = { { &elder_nodes[2] } },
	.age = { { &elder_nodes[3] } },
	.color = { { &elder_nodes[4] } },
	.level = { { &elder_nodes[5] } },
	.active = { { &elder_nodes[6] } },
	.price = { { &elder_nodes[7] } },
	.rough = { { &elder_nodes[8] } },
	.weight = { { &elder_nodes[9] } },
	.token = { { &elder_nodes[10] } },
	.seen = { { &elder_nodes[11] } },
	.born = { { &elder_nodes[12] } },
	.wakes = { { &elder_nodes[13] } },
	.data = { { &elder_nodes[14] } },
	.picture = { { &elder_nodes[15] } },
	.hash = { { &elder_nodes[16] } },
	.code = { { &elder_nodes[17] } },
	.rank = { { &elder_nodes[18] } },
	.order = { { &elder_nodes[19] } },
	.team_id = { { &elder_nodes[20] } },
	.mentor_id = { { &elder_nodes[21] } },
	.made = { { &elder_nodes[22] } },
	.team = { .as_source = &elder_nodes[23], .as_relationship = &elder_nodes[23] },
	.mentor = { .as_source = &elder_nodes[24], .as_relationship = &elder_nodes[24] },
	.pupils = { .as_source = &elder_nodes[25], .as_relationship = &elder_nodes[25] },
	.tags = { .as_source = &elder_nodes[26], .as_relationship = &elder_nodes[26] },
	.passport = { .as_source = &elder_nodes[27], .as_relationship = &elder_nodes[27] },
};

/* ---- Tag ----------------------------------------------------------------------------------------------------------- */

static const corm_column Tag_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Tag, id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Tag *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_GENERATED,
		.bits = 64,
	},
	{
		.name = "label",
		.field = "label",
		.offset = offsetof(struct Tag, label),
		.format = { .type = CORM_TYPE_TEXT, .size = sizeof(((struct Tag *)0)->label) },
		.type = "VARCHAR(7)",
	},
};

static const corm_relationship Tag_relationship_table[] = {
	{
		.name = "heroes",
		.offset = offsetof(struct Tag, heroes),
		.kind = CORM_MANY_TO_MANY,
		.target = &Hero_model,
		.columns = (const uint16_t[]){ 0 },
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.target_count = 1,
		.link = &HeroTag_model,
		.link_columns = (const uint16_t[]){ 1 },
		.link_target_columns = (const uint16_t[]){ 0 },
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
};

const corm_model_info Tag_model = {
	.name = "Tag",
	.table = "tag",
	.size = sizeof(struct Tag),
	.columns = Tag_column_table,
	.column_count = 2,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_tag",
	.relationships = Tag_relationship_table,
	.relationship_count = 1,
};

static const corm_node Tag_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Tag_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Tag_nodes[0], .b = &Tag_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Tag_nodes[0], .b = &Tag_column_table[1] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Tag_nodes[0], .b = &Tag_relationship_table[0] } },
};

const struct Tag_columns Tag = {
	{ &Tag_nodes[0] },
	.id = { { &Tag_nodes[1] } },
	.label = { { &Tag_nodes[2] } },
	.heroes = { .as_source = &Tag_nodes[3], .as_relationship = &Tag_nodes[3] },
};

/* ---- HeroTag ------------------------------------------------------------------------------------------------------- */

static const corm_column HeroTag_column_table[] = {
	{
		.name = "hero_id",
		.field = "hero_id",
		.offset = offsetof(struct HeroTag, hero_id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct HeroTag *)0)->hero_id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
	{
		.name = "tag_id",
		.field = "tag_id",
		.offset = offsetof(struct HeroTag, tag_id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct HeroTag *)0)->tag_id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
};

static const corm_foreign_key HeroTag_foreign_key_table[] = {
	{
		.name = "fk_hero_tag_hero_id",
		.columns = (const uint16_t[]){ 0 },
		.target = &Hero_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
	},
	{
		.name = "fk_hero_tag_tag_id",
		.columns = (const uint16_t[]){ 1 },
		.target = &Tag_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
	},
};

const corm_model_info HeroTag_model = {
	.name = "HeroTag",
	.table = "hero_tag",
	.size = sizeof(struct HeroTag),
	.columns = HeroTag_column_table,
	.column_count = 2,
	.key = (const uint16_t[]){ 0, 1 },
	.key_count = 2,
	.key_name = "pk_hero_tag",
	.foreign_keys = HeroTag_foreign_key_table,
	.foreign_key_count = 2,
};

static const corm_node HeroTag_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &HeroTag_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &HeroTag_nodes[0], .b = &HeroTag_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &HeroTag_nodes[0], .b = &HeroTag_column_table[1] } },
};

const struct HeroTag_columns HeroTag = {
	{ &HeroTag_nodes[0] },
	.hero_id = { { &HeroTag_nodes[1] } },
	.tag_id = { { &HeroTag_nodes[2] } },
};

/* ---- Passport ------------------------------------------------------------------------------------------------------ */

static const corm_column Passport_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Passport, id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Passport *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_GENERATED,
		.bits = 64,
	},
	{
		.name = "hero_id",
		.field = "hero_id",
		.offset = offsetof(struct Passport, hero_id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Passport *)0)->hero_id) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
};

static const corm_foreign_key Passport_foreign_key_table[] = {
	{
		.name = "fk_passport_hero_id",
		.columns = (const uint16_t[]){ 1 },
		.target = &Hero_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
	},
};

static const corm_relationship Passport_relationship_table[] = {
	{
		.name = "hero",
		.offset = offsetof(struct Passport, hero),
		.kind = CORM_TO_ONE,
		.target = &Hero_model,
		.columns = (const uint16_t[]){ 1 },
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
};

const corm_model_info Passport_model = {
	.name = "Passport",
	.table = "passport",
	.size = sizeof(struct Passport),
	.columns = Passport_column_table,
	.column_count = 2,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_passport",
	.foreign_keys = Passport_foreign_key_table,
	.foreign_key_count = 1,
	.relationships = Passport_relationship_table,
	.relationship_count = 1,
};

static const corm_node Passport_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Passport_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Passport_nodes[0], .b = &Passport_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Passport_nodes[0], .b = &Passport_column_table[1] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Passport_nodes[0], .b = &Passport_relationship_table[0] } },
};

const struct Passport_columns Passport = {
	{ &Passport_nodes[0] },
	.id = { { &Passport_nodes[1] } },
	.hero_id = { { &Passport_nodes[2] } },
	.hero = { .as_source = &Passport_nodes[3], .as_relationship = &Passport_nodes[3] },
};

/* ---- Match --------------------------------------------------------------------------------------------------------- */

static const corm_column Match_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Match, id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Match *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_GENERATED,
		.bits = 64,
	},
	{
		.name = "home_id",
		.field = "home_id",
		.offset = offsetof(struct Match, home_id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Match *)0)->home_id) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
	{
		.name = "away_id",
		.field = "away_id",
		.offset = offsetof(struct Match, away_id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Match *)0)->away_id) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
};

static const corm_foreign_key Match_foreign_key_table[] = {
	{
		.name = "fk_match_home_id",
		.columns = (const uint16_t[]){ 1 },
		.target = &Team_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
	},
	{
		.name = "fk_match_away_id",
		.columns = (const uint16_t[]){ 2 },
		.target = &Team_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
	},
};

static const corm_relationship Match_relationship_table[] = {
	{
		.name = "home",
		.offset = offsetof(struct Match, home),
		.kind = CORM_TO_ONE,
		.target = &Team_model,
		.columns = (const uint16_t[]){ 1 },
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
	{
		.name = "away",
		.offset = offsetof(struct Match, away),
		.kind = CORM_TO_ONE,
		.target = &Team_model,
		.columns = (const uint16_t[]){ 2 },
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
};

const corm_model_info Match_model = {
	.name = "Match",
	.table = "match",
	.size = sizeof(struct Match),
	.columns = Match_column_table,
	.column_count = 3,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_match",
	.foreign_keys = Match_foreign_key_table,
	.foreign_key_count = 2,
	.relationships = Match_relationship_table,
	.relationship_count = 2,
};

static const corm_node Match_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Match_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Match_nodes[0], .b = &Match_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Match_nodes[0], .b = &Match_column_table[1] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Match_nodes[0], .b = &Match_column_table[2] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Match_nodes[0], .b = &Match_relationship_table[0] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &Match_nodes[0], .b = &Match_relationship_table[1] } },
};

const struct Match_columns Match = {
	{ &Match_nodes[0] },
	.id = { { &Match_nodes[1] } },
	.home_id = { { &Match_nodes[2] } },
	.away_id = { { &Match_nodes[3] } },
	.home = { .as_source = &Match_nodes[4], .as_relationship = &Match_nodes[4] },
	.away = { .as_source = &Match_nodes[5], .as_relationship = &Match_nodes[5] },
};

/* ---- Order --------------------------------------------------------------------------------------------------------- */

static const corm_column Order_column_table[] = {
	{
		.name = "region",
		.field = "region",
		.offset = offsetof(struct Order, region),
		.format = { .type = CORM_TYPE_TEXT, .size = sizeof(((struct Order *)0)->region) },
		.flags = CORM_COLUMN_PRIMARY_KEY,
		.max_length = 2,
	},
	{
		.name = "number",
		.field = "number",
		.offset = offsetof(struct Order, number),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Order *)0)->number) },
		.flags = CORM_COLUMN_PRIMARY_KEY,
		.bits = 64,
	},
	{
		.name = "total",
		.field = "total",
		.offset = offsetof(struct Order, total),
		.format = { .type = CORM_TYPE_DECIMAL, .size = sizeof(((struct Order *)0)->total) },
	},
	{
		.name = "Odd \"name\"",
		.field = "note",
		.offset = offsetof(struct Order, note),
		.format = { .type = CORM_TYPE_TEXT, .flags = CORM_FORMAT_NULLABLE, .size = sizeof(const char *) },
	},
};

static const corm_check Order_check_table[] = {
	{ .name = "ck_order_total", .sql = "total >= 0" },
};

const corm_model_info Order_model = {
	.name = "Order",
	.table = "order",
	.size = sizeof(struct Order),
	.columns = Order_column_table,
	.column_count = 4,
	.key = (const uint16_t[]){ 0, 1 },
	.key_count = 2,
	.key_name = "pk_order",
	.checks = Order_check_table,
	.check_count = 1,
};

static const corm_node Order_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Order_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Order_nodes[0], .b = &Order_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Order_nodes[0], .b = &Order_column_table[1] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Order_nodes[0], .b = &Order_column_table[2] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Order_nodes[0], .b = &Order_column_table[3] } },
};

const struct Order_columns Order = {
	{ &Order_nodes[0] },
	.region = { { &Order_nodes[1] } },
	.number = { { &Order_nodes[2] } },
	.total = { { &Order_nodes[3] } },
	.note = { { &Order_nodes[4] } },
};

/* ---- OrderLine ----------------------------------------------------------------------------------------------------- */

static const corm_column OrderLine_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct OrderLine, id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct OrderLine *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_GENERATED,
		.bits = 64,
	},
	{
		.name = "region",
		.field = "region",
		.offset = offsetof(struct OrderLine, region),
		.format = { .type = CORM_TYPE_TEXT, .size = sizeof(((struct OrderLine *)0)->region) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
	},
	{
		.name = "number",
		.field = "number",
		.offset = offsetof(struct OrderLine, number),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct OrderLine *)0)->number) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
};

static const corm_foreign_key OrderLine_foreign_key_table[] = {
	{
		.name = "fk_order_line",
		.columns = (const uint16_t[]){ 1, 2 },
		.target = &Order_model,
		.target_columns = (const uint16_t[]){ 0, 1 },
		.count = 2,
		.on_delete = CORM_ACTION_CASCADE,
	},
};

static const corm_relationship OrderLine_relationship_table[] = {
	{
		.name = "order",
		.offset = offsetof(struct OrderLine, order),
		.kind = CORM_TO_ONE,
		.target = &Order_model,
		.columns = (const uint16_t[]){ 1, 2 },
		.target_columns = (const uint16_t[]){ 0, 1 },
		.count = 2,
		.back = CORM_NO_INDEX,
		.order_column = CORM_NO_INDEX,
	},
};

const corm_model_info OrderLine_model = {
	.name = "OrderLine",
	.table = "order_line",
	.size = sizeof(struct OrderLine),
	.columns = OrderLine_column_table,
	.column_count = 3,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_order_line",
	.foreign_keys = OrderLine_foreign_key_table,
	.foreign_key_count = 1,
	.relationships = OrderLine_relationship_table,
	.relationship_count = 1,
};

static const corm_node OrderLine_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &OrderLine_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &OrderLine_nodes[0], .b = &OrderLine_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &OrderLine_nodes[0], .b = &OrderLine_column_table[1] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &OrderLine_nodes[0], .b = &OrderLine_column_table[2] } },
	{ .op = CORM_OP_RELATIONSHIP, .of.arg = { .a = &OrderLine_nodes[0], .b = &OrderLine_relationship_table[0] } },
};

const struct OrderLine_columns OrderLine = {
	{ &OrderLine_nodes[0] },
	.id = { { &OrderLine_nodes[1] } },
	.region = { { &OrderLine_nodes[2] } },
	.number = { { &OrderLine_nodes[3] } },
	.order = { .as_source = &OrderLine_nodes[4], .as_relationship = &OrderLine_nodes[4] },
};

/* ---- Chicken ------------------------------------------------------------------------------------------------------- */

static const corm_column Chicken_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Chicken, id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Chicken *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_GENERATED,
		.bits = 64,
	},
	{
		.name = "egg_id",
		.field = "egg_id",
		.offset = offsetof(struct Chicken, egg_id.value),
		.format = { .type = CORM_TYPE_INT64, .flags = CORM_FORMAT_NULLABLE | CORM_FORMAT_OPTIONAL, .size = sizeof(int64_t),
		            .has_value = offsetof(struct corm_optional_int64_t, has_value) - offsetof(struct corm_optional_int64_t, value) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
};

static const corm_foreign_key Chicken_foreign_key_table[] = {
	{
		.name = "fk_chicken_egg_id",
		.columns = (const uint16_t[]){ 1 },
		.target = &Egg_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
	},
};

const corm_model_info Chicken_model = {
	.name = "Chicken",
	.table = "chicken",
	.size = sizeof(struct Chicken),
	.columns = Chicken_column_table,
	.column_count = 2,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_chicken",
	.foreign_keys = Chicken_foreign_key_table,
	.foreign_key_count = 1,
};

/* ---- Egg ----------------------------------------------------------------------------------------------------------- */

static const corm_column Egg_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Egg, id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Egg *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_GENERATED,
		.bits = 64,
	},
	{
		.name = "chicken_id",
		.field = "chicken_id",
		.offset = offsetof(struct Egg, chicken_id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Egg *)0)->chicken_id) },
		.flags = CORM_COLUMN_FOREIGN_KEY,
		.bits = 64,
	},
};

static const corm_foreign_key Egg_foreign_key_table[] = {
	{
		.name = "fk_egg_chicken_id",
		.columns = (const uint16_t[]){ 1 },
		.target = &Chicken_model,
		.target_columns = (const uint16_t[]){ 0 },
		.count = 1,
		.on_delete = CORM_ACTION_RESTRICT,
	},
};

const corm_model_info Egg_model = {
	.name = "Egg",
	.table = "egg",
	.size = sizeof(struct Egg),
	.columns = Egg_column_table,
	.column_count = 2,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_egg",
	.foreign_keys = Egg_foreign_key_table,
	.foreign_key_count = 1,
};

/* ---- Article ------------------------------------------------------------------------------------------------------- */

static void touch(void *value)
{
	*(int32_t *)value = 1;
}

static const corm_column Article_column_table[] = {
	{
		.name = "id",
		.field = "id",
		.offset = offsetof(struct Article, id),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Article *)0)->id) },
		.flags = CORM_COLUMN_PRIMARY_KEY | CORM_COLUMN_GENERATED,
		.bits = 64,
	},
	{
		.name = "code",
		.field = "code",
		.offset = offsetof(struct Article, code),
		.format = { .type = CORM_TYPE_TEXT, .size = sizeof(((struct Article *)0)->code) },
		.flags = CORM_COLUMN_UNIQUE,
	},
	{
		.name = "region",
		.field = "region",
		.offset = offsetof(struct Article, region),
		.format = { .type = CORM_TYPE_TEXT, .size = sizeof(((struct Article *)0)->region) },
	},
	{
		.name = "number",
		.field = "number",
		.offset = offsetof(struct Article, number),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Article *)0)->number) },
		.bits = 64,
	},
	{
		.name = "title",
		.field = "title",
		.offset = offsetof(struct Article, title),
		.format = { .type = CORM_TYPE_TEXT, .flags = CORM_FORMAT_NULLABLE, .size = sizeof(((struct Article *)0)->title) },
	},
	{
		.name = "copies",
		.field = "copies",
		.offset = offsetof(struct Article, copies),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Article *)0)->copies) },
		.bits = 64,
	},
	{
		.name = "price",
		.field = "price",
		.offset = offsetof(struct Article, price),
		.format = { .type = CORM_TYPE_DECIMAL, .size = sizeof(((struct Article *)0)->price) },
	},
	{
		.name = "updated_at",
		.field = "updated_at",
		.offset = offsetof(struct Article, updated_at),
		.format = { .type = CORM_TYPE_DATETIME, .size = sizeof(((struct Article *)0)->updated_at) },
		.onupdate = CORM_SERVER_NOW,
	},
	{
		.name = "touched",
		.field = "touched",
		.offset = offsetof(struct Article, touched),
		.format = { .type = CORM_TYPE_INT32, .size = sizeof(((struct Article *)0)->touched) },
		.bits = 32,
		.onupdate = CORM_SERVER_FUNCTION,
		.onupdate_function = touch,
	},
	{
		.name = "revision",
		.field = "revision",
		.offset = offsetof(struct Article, revision),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Article *)0)->revision) },
		.bits = 64,
		.onupdate = CORM_SERVER_SQL,
		.onupdate_sql = "revision + 1",
	},
	{
		.name = "version",
		.field = "version",
		.offset = offsetof(struct Article, version),
		.format = { .type = CORM_TYPE_INT64, .size = sizeof(((struct Article *)0)->version) },
		.flags = CORM_COLUMN_VERSION,
		.bits = 64,
	},
};

static const corm_index Article_unique_table[] = {
	{ .name = "uq_article_code", .columns = (const uint16_t[]){ 1 }, .count = 1 },
};

static const corm_index Article_unique_index_table[] = {
	{ .name = "ix_article_region_number", .columns = (const uint16_t[]){ 2, 3 }, .count = 2 },
};

const corm_model_info Article_model = {
	.name = "Article",
	.table = "article",
	.size = sizeof(struct Article),
	.columns = Article_column_table,
	.column_count = 11,
	.key = (const uint16_t[]){ 0 },
	.key_count = 1,
	.key_name = "pk_article",
	.uniques = Article_unique_table,
	.unique_count = 1,
	.unique_indexes = Article_unique_index_table,
	.unique_index_count = 1,
};

static const corm_node Article_nodes[] = {
	{ .op = CORM_OP_MODEL, .of.arg = { .a = &Article_model } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[0] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[1] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[2] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[3] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[4] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[5] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[6] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[7] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[8] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[9] } },
	{ .op = CORM_OP_COLUMN, .of.arg = { .a = &Article_nodes[0], .b = &Article_column_table[10] } },
};

const struct Article_columns Article = {
	{ &Article_nodes[0] },
	.id = { { &Article_nodes[1] } },
	.code = { { &Article_nodes[2] } },
	.region = { { &Article_nodes[3] } },
	.number = { { &Article_nodes[4] } },
	.title = { { &Article_nodes[5] } },
	.copies = { { &Article_nodes[6] } },
	.price = { { &Article_nodes[7] } },
	.updated_at = { { &Article_nodes[8] } },
	.touched = { { &Article_nodes[9] } },
	.revision = { { &Article_nodes[10] } },
	.version = { { &Article_nodes[11] } },
};

/* ---- metadata -------------------------------------------------------------------------------------------------------- */

/* Children stand before their parents here, so that the order has to be found. */
const corm_metadata zoo_metadata = {
	.name = "zoo",
	.models = (const corm_model_info *const[]){ &Book_model, &Author_model, &HeroTag_model, &Hero_model, &Team_model, &Tag_model,
	                                            &Passport_model, &Match_model, &OrderLine_model, &Order_model, &Chicken_model,
	                                            &Egg_model },
	.count = 12,
};
