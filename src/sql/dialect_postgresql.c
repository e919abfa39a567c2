/* SPDX-License-Identifier: Apache-2.0
 *
 * PostgreSQL's SQL, of version 12 and later; gen_random_uuid() came with 13.
 *
 * Parameters have types: the driver says which, but for text, enums and JSON, whose types the server finds by what
 * they stand beside. Where a function takes one type alone, a CAST is written.
 */
#include "sql/dialect.h"

/* Sorted: all that pg_get_keywords() calls reserved, and those that are no names of functions or types. */
/* clang-format off */
static const char *const reserved[] = {
	"all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
	"bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
	"collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
	"current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec",
	"decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
	"false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group",
	"grouping", "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval",
	"into", "is", "isnull", "join", "lateral", "leading", "least", "left", "like", "limit", "localtime",
	"localtimestamp", "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif",
	"numeric", "offset", "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing",
	"position", "precision", "primary", "real", "references", "returning", "right", "row", "select",
	"session_user", "setof", "similar", "smallint", "some", "substring", "symmetric", "table", "tablesample",
	"then", "time", "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using",
	"values", "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
	"xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
	"xmltable",
};
/* clang-format on */

/* ---- types ------------------------------------------------------------------------------------------------------- */

#define LONGEST_VARCHAR 10485760UL

static void text_type(struct corm__buffer *sql, const corm_column *column)
{
	unsigned long length = corm__text_length(column);
	if (length && length <= LONGEST_VARCHAR)
		corm__buffer_format(sql, "VARCHAR(%lu)", length);
	else
		corm__buffer_text(sql, "TEXT");
}

static void decimal_type(struct corm__buffer *sql, const corm_column *column)
{
	if (column->precision)
		corm__buffer_format(sql, "NUMERIC(%u, %u)", column->precision, column->scale);
	else
		corm__buffer_text(sql, "NUMERIC");
}

/* The type stands in the schema of the table. */
static void enum_type(struct corm__buffer *sql, const corm_model_info *model, const corm_column *column)
{
	char name[CORM__MADE_NAME + 1];
	if (column->format.storage == CORM_STORAGE_INTEGER) {
		corm__buffer_text(sql, "INTEGER");
		return;
	}
	if (model->schema) {
		corm__write_identifier(sql, &corm__dialect_postgresql, model->schema);
		corm__buffer_char(sql, '.');
	}
	corm__write_identifier(sql, &corm__dialect_postgresql, corm__enum_type_name(column->format.enumeration, name));
}

static const char *fixed_type(const corm_column *column)
{
	switch ((corm_type)column->format.type) {
	case CORM_TYPE_BOOL:
		return "BOOLEAN";
	case CORM_TYPE_FLOAT:
		return "REAL";
	case CORM_TYPE_DOUBLE:
		return "DOUBLE PRECISION";
	case CORM_TYPE_BYTES:
	case CORM_TYPE_BYTES_ARRAY:
		return "BYTEA";
	case CORM_TYPE_UUID:
		return "UUID";
	case CORM_TYPE_DATETIME:
		return column->format.storage == CORM_STORAGE_NAIVE ? "TIMESTAMP" : "TIMESTAMPTZ";
	case CORM_TYPE_DATE:
		return "DATE";
	case CORM_TYPE_TIME:
		return "TIME";
	case CORM_TYPE_JSON:
		return "JSONB";
	default:
		return column->bits == 16 ? "SMALLINT" : column->bits == 32 ? "INTEGER" : "BIGINT";
	}
}

static void column_type(struct corm__buffer *sql, const corm_model_info *model, const corm_column *column)
{
	if (column->type)
		corm__buffer_text(sql, column->type);
	else if (column->format.type == CORM_TYPE_TEXT || column->format.type == CORM_TYPE_TEXT_ARRAY)
		text_type(sql, column);
	else if (column->format.type == CORM_TYPE_DECIMAL)
		decimal_type(sql, column);
	else if (column->format.type == CORM_TYPE_ENUM)
		enum_type(sql, model, column);
	else
		corm__buffer_text(sql, fixed_type(column));
}

/* ---- defaults ---------------------------------------------------------------------------------------------------- */

#define UTC "timezone('UTC', now())"

/* Without a zone the time is that of UTC, whatever zone the session has that inserts. */
static void now(struct corm__buffer *sql, corm_storage storage)
{
	corm__buffer_text(sql, storage == CORM_STORAGE_NAIVE ? UTC : "now()");
}

static void now_default(struct corm__buffer *sql, const corm_column *column)
{
	if (column->format.type == CORM_TYPE_DATE)
		corm__buffer_text(sql, "CAST(" UTC " AS date)");
	else if (column->format.type == CORM_TYPE_TIME)
		corm__buffer_text(sql, "CAST(" UTC " AS time)");
	else
		now(sql, (corm_storage)column->format.storage);
}

static void server_default(struct corm__buffer *sql, const corm_column *column)
{
	if (column->server_default == CORM_SERVER_NOW)
		now_default(sql, column);
	else if (column->server_default == CORM_SERVER_UUID4)
		corm__buffer_text(sql, "gen_random_uuid()");
	else
		corm__buffer_format(sql, "(%s)", column->server_default_sql);
}

const struct corm__dialect corm__dialect_postgresql = {
	.name = "postgresql",
	.quote = '"',
	.reserved = reserved,
	.reserved_count = sizeof reserved / sizeof reserved[0],
	.parameter_limit = 65535,
	.numbered_parameters = true,
	.name_limit = 63,
	.comments = CORM__COMMENTS_STATEMENTS,
	.enum_types = true,
	.generated = " GENERATED BY DEFAULT AS IDENTITY",
	.table_options = "",
	.drop_foreign_key = " DROP CONSTRAINT IF EXISTS ",
	.column_type = column_type,
	.server_default = server_default,
	.lock_schema = "SELECT pg_advisory_xact_lock(1668248173)", /* "corm", as a number */
	.columns_query = "SELECT CAST(a.attname AS text) FROM pg_catalog.pg_attribute a "
					 "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
					 "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
					 "WHERE c.relname = CAST($1 AS text) AND n.nspname = coalesce(CAST($2 AS text), current_schema()) "
					 "AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped",
	.schema_parameter = true,
	.labels_query = "SELECT CAST(e.enumlabel AS text) FROM pg_catalog.pg_enum e "
					"JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid "
					"JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
					"WHERE t.typname = CAST($1 AS text) AND n.nspname = coalesce(CAST($2 AS text), current_schema()) "
					"ORDER BY e.enumsortorder",
	.now = now,
	.ilike = "ILIKE",
	.is_distinct = { "", " IS DISTINCT FROM " },
	.is_same = "IS NOT DISTINCT FROM",
	.regexp = "~",
	.regexp_is_tight = true,
	.divide_integers = " / ",
	.mod_real = { "CAST(", " AS numeric) % CAST(", " AS numeric)" },
	.concat = { "", " || ", "" },
	.length = "length(",
	.substr = { "substr(", ", CAST(", " AS integer), CAST(", " AS integer))" },
	.nulls_order = true,
	.row_list = "",
	.offset_without_limit = "",
	.distinct_order = true,
	.lock = { " FOR UPDATE", " FOR UPDATE SKIP LOCKED", " FOR UPDATE NOWAIT" },
	.insert_nothing = " DEFAULT VALUES",
	.conflict_columns = " ON CONFLICT (",
	.conflict_update = ") DO UPDATE SET ",
	.conflict_nothing = ") DO NOTHING",
	.conflict_is_ambiguous = true,
	.inserted = { "excluded.", "" },
	.json_get = { "(jsonb_path_query_first(", ", CAST(", " AS jsonpath)) #>> '{}')" },
	.date_part = {
		[CORM__DATE_YEAR] = { "CAST(date_part('year', ", ") AS bigint)" },
		[CORM__DATE_MONTH] = { "CAST(date_part('month', ", ") AS bigint)" },
		[CORM__DATE_DAY] = { "CAST(date_part('day', ", ") AS bigint)" },
		[CORM__DATE_HOUR] = { "CAST(date_part('hour', ", ") AS bigint)" },
		[CORM__DATE_MINUTE] = { "CAST(date_part('minute', ", ") AS bigint)" },
		[CORM__DATE_SECOND] = { "CAST(floor(date_part('second', ", ")) AS bigint)" },
	},
};
