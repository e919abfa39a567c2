/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite's SQL. Types are those that Python's SQLModel declares, so that both can share one file; what counts in
 * SQLite is the affinity that it derives from their names (https://www.sqlite.org/datatype3.html): CHAR and TEXT keep
 * text as it is.
 */
#include "sql/dialect.h"

/* Sorted. Those that SQLite takes as names all the same are left out where SQLModel leaves them out. */
/* clang-format off */
static const char *const reserved[] = {
	"add", "after", "all", "alter", "analyze", "and", "as", "asc", "attach", "autoincrement", "before", "begin",
	"between", "by", "cascade", "case", "cast", "check", "collate", "column", "commit", "conflict", "constraint",
	"create", "cross", "current_date", "current_time", "current_timestamp", "database", "default", "deferrable",
	"deferred", "delete", "desc", "detach", "distinct", "drop", "each", "else", "end", "escape", "except",
	"exclusive", "exists", "explain", "fail", "false", "for", "foreign", "from", "full", "glob", "group", "having",
	"if", "ignore", "immediate", "in", "index", "indexed", "initially", "inner", "insert", "instead", "intersect",
	"into", "is", "isnull", "join", "key", "left", "like", "limit", "match", "natural", "not", "nothing", "notnull",
	"null", "of", "offset", "on", "or", "order", "outer", "plan", "pragma", "primary", "query", "raise",
	"references", "reindex", "rename", "replace", "restrict", "returning", "right", "rollback", "row", "select",
	"set", "table", "temp", "temporary", "then", "to", "transaction", "trigger", "true", "union", "unique",
	"update", "using", "vacuum", "values", "view", "virtual", "when", "where",
};
/* clang-format on */

/* ---- types ------------------------------------------------------------------------------------------------------- */

static void text_type(struct corm__buffer *sql, const corm_column *column)
{
	unsigned long length = corm__text_length(column);
	if (length)
		corm__buffer_format(sql, "VARCHAR(%lu)", length);
	else
		corm__buffer_text(sql, "TEXT");
}

/* The only key column is INTEGER whatever its width: that alone makes it the row's number, which SQLite gives by
 * itself. */
static void integer_type(struct corm__buffer *sql, const corm_column *column)
{
	bool is_plain = (column->flags & CORM_COLUMN_GENERATED) || column->bits == 32;
	corm__buffer_text(sql, is_plain ? "INTEGER" : column->bits == 16 ? "SMALLINT" : "BIGINT");
}

/* Exact decimals are text in canonical form, which a column of numeric affinity would make a binary float. */
static void decimal_type(struct corm__buffer *sql, const corm_column *column)
{
	if (column->format.storage != CORM_STORAGE_REAL)
		corm__buffer_text(sql, "TEXT");
	else if (column->precision)
		corm__buffer_format(sql, "NUMERIC(%u, %u)", column->precision, column->scale);
	else
		corm__buffer_text(sql, "NUMERIC");
}

static void enum_type(struct corm__buffer *sql, const corm_column *column)
{
	size_t longest = 0;
	for (size_t i = 0; i < column->format.enumeration->count; i++) {
		size_t length = strlen(column->format.enumeration->values[i].name);
		longest = length > longest ? length : longest;
	}
	if (column->format.storage == CORM_STORAGE_INTEGER)
		corm__buffer_text(sql, "INTEGER");
	else
		corm__buffer_format(sql, "VARCHAR(%zu)", longest);
}

static void column_type(struct corm__buffer *sql, const corm_model_info *model, const corm_column *column)
{
	(void)model;
	corm_storage storage = (corm_storage)column->format.storage;
	if (column->type) {
		corm__buffer_text(sql, column->type);
		return;
	}
	switch ((corm_type)column->format.type) {
	case CORM_TYPE_BOOL:
		corm__buffer_text(sql, "BOOLEAN");
		break;
	case CORM_TYPE_FLOAT:
	case CORM_TYPE_DOUBLE:
		corm__buffer_text(sql, "REAL");
		break;
	case CORM_TYPE_TEXT:
	case CORM_TYPE_TEXT_ARRAY:
		text_type(sql, column);
		break;
	case CORM_TYPE_BYTES:
		corm__buffer_text(sql, "BLOB");
		break;
	case CORM_TYPE_BYTES_ARRAY:
		corm__buffer_format(sql, "BLOB(%lu)", (unsigned long)column->format.size);
		break;
	case CORM_TYPE_UUID:
		corm__buffer_text(sql, storage == CORM_STORAGE_BLOB ? "BLOB" : "CHAR(32)");
		break;
	case CORM_TYPE_DATETIME:
		corm__buffer_text(sql, storage == CORM_STORAGE_INTEGER ? "INTEGER" : "DATETIME");
		break;
	case CORM_TYPE_DATE:
		corm__buffer_text(sql, "DATE");
		break;
	case CORM_TYPE_TIME:
		corm__buffer_text(sql, "TIME");
		break;
	case CORM_TYPE_DECIMAL:
		decimal_type(sql, column);
		break;
	case CORM_TYPE_ENUM:
		enum_type(sql, column);
		break;
	case CORM_TYPE_JSON:
		corm__buffer_text(sql, "JSON");
		break;
	default:
		integer_type(sql, column);
	}
}

/* ---- defaults ---------------------------------------------------------------------------------------------------- */

/* SQLite's clock counts milliseconds. */
static void now(struct corm__buffer *sql, corm_storage storage)
{
	if (storage == CORM_STORAGE_INTEGER)
		corm__buffer_text(sql, "CAST(strftime('%s', 'now') || substr(strftime('%f', 'now'), 4) || '000' AS INTEGER)");
	else
		corm__buffer_text(sql, "strftime('%Y-%m-%d %H:%M:%f000', 'now')");
}

static void now_default(struct corm__buffer *sql, const corm_column *column)
{
	corm__buffer_char(sql, '(');
	if (column->format.type == CORM_TYPE_DATE)
		corm__buffer_text(sql, "date('now')");
	else if (column->format.type == CORM_TYPE_TIME)
		corm__buffer_text(sql, "strftime('%H:%M:%f000', 'now')");
	else
		now(sql, (corm_storage)column->format.storage);
	corm__buffer_char(sql, ')');
}

/* A random UUID of RFC 9562, section 5.4: the version, 4, stands in the upper half of byte 6, the variant, binary
 * 10, in the two upper bits of byte 8. SQLite has no arithmetic on bytes, so these two are picked from a row of all
 * that are right. */
static void uuid4_default(struct corm__buffer *sql, corm_storage storage)
{
	if (storage != CORM_STORAGE_BLOB) {
		corm__buffer_text(sql, "(lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) || "
		                       "substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(8)), 2)))");
		return;
	}
	corm__buffer_text(sql, "(CAST(randomblob(6) || substr(x'");
	for (unsigned byte = 0x40; byte < 0x50; byte++)
		corm__buffer_format(sql, "%02x", byte);
	corm__buffer_text(sql, "', 1 + (random() & 15), 1) || randomblob(1) || substr(x'");
	for (unsigned byte = 0x80; byte < 0xC0; byte++)
		corm__buffer_format(sql, "%02x", byte);
	corm__buffer_text(sql, "', 1 + (random() & 63), 1) || randomblob(7) AS BLOB))");
}

static void server_default(struct corm__buffer *sql, const corm_column *column)
{
	switch (column->server_default) {
	case CORM_SERVER_NOW:
		now_default(sql, column);
		break;
	case CORM_SERVER_UUID4:
		uuid4_default(sql, (corm_storage)column->format.storage);
		break;
	default:
		corm__buffer_format(sql, "(%s)", column->server_default_sql);
	}
}

const struct corm__dialect corm__dialect_sqlite = {
	.name = "sqlite",
	.quote = '"',
	.reserved = reserved,
	.reserved_count = sizeof reserved / sizeof reserved[0],
	.parameter_limit = 32766,
	.any_case = true,
	.enum_checks = true,
	.inline_generated_key = true,
	.generated = "",
	.table_options = "",
	.column_type = column_type,
	.server_default = server_default,
	.columns_query = "SELECT name FROM pragma_table_xinfo(?)",
	.begin_schema = "BEGIN IMMEDIATE",
	.defer_foreign_keys = "PRAGMA defer_foreign_keys = ON",
	.now = now,
	.compact_storage = true,
	.is_distinct = { "", " IS NOT " },
	.is_same = "IS",
	.regexp = "REGEXP",
	.decimal_collation = "corm_decimal",
	.divide_integers = " / ",
	.mod_real = { "", " % ", "" },
	.concat = { "", " || ", "" },
	.length = "length(",
	.substr = { "substr(", ", ", ", ", ")" },
	.nulls_order = true,
	.row_list = "VALUES ",
	.offset_without_limit = " LIMIT -1",
	.lock = { "", "", "" },
	.insert_nothing = " DEFAULT VALUES",
	.conflict_columns = " ON CONFLICT (",
	.conflict_update = ") DO UPDATE SET ",
	.conflict_nothing = ") DO NOTHING",
	.inserted = { "excluded.", "" },
	.json_get = { "json_extract(", ", ", ")" },
	.date_part = {
		[CORM__DATE_YEAR] = { "CAST(strftime('%Y', ", ") AS INTEGER)" },
		[CORM__DATE_MONTH] = { "CAST(strftime('%m', ", ") AS INTEGER)" },
		[CORM__DATE_DAY] = { "CAST(strftime('%d', ", ") AS INTEGER)" },
		[CORM__DATE_HOUR] = { "CAST(strftime('%H', ", ") AS INTEGER)" },
		[CORM__DATE_MINUTE] = { "CAST(strftime('%M', ", ") AS INTEGER)" },
		[CORM__DATE_SECOND] = { "CAST(strftime('%S', ", ") AS INTEGER)" },
	},
};
