/* SPDX-License-Identifier: Apache-2.0
 *
 * MariaDB's SQL, of version 10.11 and later, as it is understood in the sql_mode that the driver sets: "" and || are
 * what they are by default, \ is no escape.
 *
 * Tables have a collation that compares bytes and does not ignore spaces at the end, so that a comparison, a unique
 * constraint and an order mean what they mean in the other databases.
 */
#include "sql/dialect.h"
#include <cormorant/driver.h>

/* Sorted: those of information_schema.keywords that 10.11 takes neither as a column's nor as a table's name. */
/* clang-format off */
static const char *const reserved[] = {
	"accessible", "add", "all", "alter", "analyze", "and", "as", "asc", "asensitive", "before", "between",
	"bigint", "binary", "blob", "both", "by", "call", "cascade", "case", "change", "char", "character", "check",
	"collate", "column", "condition", "constraint", "continue", "convert", "create", "cross", "current_date",
	"current_role", "current_time", "current_timestamp", "current_user", "cursor", "databases", "day_hour",
	"day_microsecond", "day_minute", "day_second", "dec", "decimal", "declare", "default", "delayed", "delete",
	"delete_domain_id", "desc", "describe", "deterministic", "distinct", "distinctrow", "div", "do_domain_ids",
	"double", "drop", "dual", "each", "else", "elseif", "enclosed", "escaped", "except", "exists", "exit",
	"explain", "false", "fetch", "float", "float4", "float8", "for", "force", "foreign", "from", "fulltext",
	"grant", "group", "having", "high_priority", "hour_microsecond", "hour_minute", "hour_second", "if", "ignore",
	"ignore_domain_ids", "in", "index", "infile", "inner", "inout", "insensitive", "insert", "int", "int1",
	"int2", "int3", "int4", "int8", "integer", "intersect", "interval", "into", "is", "iterate", "join", "key",
	"keys", "kill", "leading", "leave", "left", "like", "limit", "linear", "lines", "load", "localtime",
	"localtimestamp", "lock", "long", "longblob", "longtext", "loop", "low_priority", "master_demote_to_replica",
	"master_demote_to_slave", "master_ssl_verify_server_cert", "match", "maxvalue", "mediumblob", "mediumint",
	"mediumtext", "middleint", "minute_microsecond", "minute_second", "mod", "modifies", "natural",
	"no_write_to_binlog", "not", "null", "numeric", "offset", "on", "optimize", "optionally", "or", "order",
	"out", "outer", "outfile", "over", "page_checksum", "parse_vcol_expr", "partition", "portion", "precision",
	"primary", "procedure", "purge", "range", "read", "read_write", "reads", "real", "recursive", "ref_system_id",
	"references", "regexp", "release", "rename", "repeat", "replace", "require", "resignal", "restrict", "return",
	"returning", "revoke", "right", "rlike", "row_number", "rows", "schemas", "second_microsecond", "select",
	"sensitive", "separator", "set", "show", "signal", "smallint", "spatial", "specific", "sql", "sql_big_result",
	"sql_buffer_result", "sql_cache", "sql_calc_found_rows", "sql_no_cache", "sql_small_result", "sqlexception",
	"sqlstate", "sqlwarning", "ssl", "starting", "stats_auto_recalc", "stats_persistent", "stats_sample_pages",
	"straight_join", "table", "terminated", "then", "tinyblob", "tinyint", "tinytext", "to", "trailing",
	"trigger", "true", "undo", "union", "unique", "unlock", "unsigned", "update", "usage", "use", "using",
	"utc_date", "utc_time", "utc_timestamp", "values", "varbinary", "varchar", "varcharacter", "varying", "when",
	"where", "while", "window", "with", "write", "xor", "year_month", "zerofill",
};
/* clang-format on */

/* ---- types ------------------------------------------------------------------------------------------------------- */

#define LONGEST_VARCHAR 16383UL /* characters of up to four bytes in a row of 65,535 bytes */
#define LONGEST_VARBINARY 65532UL
#define LENGTH_IN_INDEX 255UL

static bool is_among(const corm_model_info *model, const corm_column *column, const uint16_t *columns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (&model->columns[columns[i]] == column)
			return true;
	return false;
}

static bool is_in_index(const corm_model_info *model, const corm_column *column, const corm_index *indexes,
                        size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_among(model, column, indexes[i].columns, indexes[i].count))
			return true;
	return false;
}

/* Part of a key, a foreign key, a unique constraint or an index? These take no LONGTEXT and no LONGBLOB. */
static bool is_indexed(const corm_model_info *model, const corm_column *column)
{
	for (size_t i = 0; i < model->foreign_key_count; i++)
		if (is_among(model, column, model->foreign_keys[i].columns, model->foreign_keys[i].count))
			return true;
	return is_among(model, column, model->key, model->key_count) ||
	       is_in_index(model, column, model->uniques, model->unique_count) ||
	       is_in_index(model, column, model->indexes, model->index_count) ||
	       is_in_index(model, column, model->unique_indexes, model->unique_index_count);
}

static void text_type(struct corm__buffer *sql, const corm_model_info *model, const corm_column *column)
{
	unsigned long length = corm__text_length(column);
	if (!length && is_indexed(model, column))
		length = LENGTH_IN_INDEX;
	if (length && length <= LONGEST_VARCHAR)
		corm__buffer_format(sql, "VARCHAR(%lu)", length);
	else
		corm__buffer_text(sql, "LONGTEXT");
}

static void bytes_type(struct corm__buffer *sql, const corm_model_info *model, const corm_column *column)
{
	unsigned long length = column->max_length;
	if (!is_indexed(model, column) || length > LONGEST_VARBINARY)
		corm__buffer_text(sql, "LONGBLOB");
	else
		corm__buffer_format(sql, "VARBINARY(%lu)", length ? length : LENGTH_IN_INDEX);
}

/* Up to 255 bytes are BINARY, which has no length of its own. */
static void byte_array_type(struct corm__buffer *sql, const corm_column *column)
{
	unsigned long size = column->format.size;
	if (size > LONGEST_VARBINARY)
		corm__buffer_text(sql, "LONGBLOB");
	else
		corm__buffer_format(sql, "%s(%lu)", size <= 255 ? "BINARY" : "VARBINARY", size);
}

/* DECIMAL alone would be 10 digits without a fraction; this is the most that there is. */
static void decimal_type(struct corm__buffer *sql, const corm_column *column)
{
	if (column->precision)
		corm__buffer_format(sql, "DECIMAL(%u, %u)", column->precision, column->scale);
	else
		corm__buffer_text(sql, "DECIMAL(65, 30)");
}

static void enum_type(struct corm__buffer *sql, const corm_column *column)
{
	const corm_enum *enumeration = column->format.enumeration;
	if (column->format.storage == CORM_STORAGE_INTEGER) {
		corm__buffer_text(sql, "INTEGER");
		return;
	}
	corm__buffer_text(sql, "ENUM(");
	for (size_t i = 0; i < enumeration->count; i++) {
		corm__buffer_text(sql, i ? ", " : "");
		corm__write_literal(sql, enumeration->values[i].name);
	}
	corm__buffer_char(sql, ')');
}

static const char *fixed_type(const corm_column *column)
{
	switch ((corm_type)column->format.type) {
	case CORM_TYPE_BOOL:
		return "BOOLEAN";
	case CORM_TYPE_FLOAT:
		return "FLOAT";
	case CORM_TYPE_DOUBLE:
		return "DOUBLE";
	case CORM_TYPE_UUID:
		return "UUID";
	case CORM_TYPE_DATETIME:
		return "DATETIME(6)";
	case CORM_TYPE_DATE:
		return "DATE";
	case CORM_TYPE_TIME:
		return "TIME(6)";
	case CORM_TYPE_JSON:
		return "JSON";
	default:
		return column->bits == 16 ? "SMALLINT" : column->bits == 32 ? "INTEGER" : "BIGINT";
	}
}

static void column_type(struct corm__buffer *sql, const corm_model_info *model, const corm_column *column)
{
	if (column->type) {
		corm__buffer_text(sql, column->type);
		return;
	}
	switch ((corm_type)column->format.type) {
	case CORM_TYPE_TEXT:
	case CORM_TYPE_TEXT_ARRAY:
		text_type(sql, model, column);
		break;
	case CORM_TYPE_BYTES:
		bytes_type(sql, model, column);
		break;
	case CORM_TYPE_BYTES_ARRAY:
		byte_array_type(sql, column);
		break;
	case CORM_TYPE_DECIMAL:
		decimal_type(sql, column);
		break;
	case CORM_TYPE_ENUM:
		enum_type(sql, column);
		break;
	default:
		corm__buffer_text(sql, fixed_type(column));
	}
}

/* ---- defaults ---------------------------------------------------------------------------------------------------- */

static void now(struct corm__buffer *sql, corm_storage storage)
{
	(void)storage;
	corm__buffer_text(sql, "utc_timestamp(6)");
}

/* uuid() is of version 1: time and the server's address. This is of version 4, RFC 9562, section 5.4: all random but
 * the version, 4, and the variant, the two upper bits of the digit that is one of 8, 9, a and b. */
#define UUID4 \
	"concat(hex(random_bytes(4)), '-', hex(random_bytes(2)), '-4', substr(hex(random_bytes(2)), 2), '-', " \
	"substr('89ab', 1 + (ord(random_bytes(1)) & 3), 1), substr(hex(random_bytes(2)), 2), '-', hex(random_bytes(6)))"

static void server_default(struct corm__buffer *sql, const corm_column *column)
{
	const char *text = column->server_default_sql;
	if (column->server_default == CORM_SERVER_UUID4)
		text = UUID4;
	else if (column->server_default == CORM_SERVER_NOW)
		text = column->format.type == CORM_TYPE_DATE   ? "utc_date()"
		       : column->format.type == CORM_TYPE_TIME ? "utc_time(6)"
		                                               : "utc_timestamp(6)";
	corm__buffer_format(sql, "(%s)", text);
}

const struct corm__dialect corm__dialect_mariadb = {
	.name = "mariadb",
	.quote = '`',
	.reserved = reserved,
	.reserved_count = sizeof reserved / sizeof reserved[0],
	.lacks = CORM_CAN_FULL_JOIN | CORM_CAN_UPDATE_RETURNING,
	.parameter_limit = 65535,
	.name_limit = 64,
	.name_limit_in_characters = true,
	.any_case = true,
	.comments = CORM__COMMENTS_INLINE,
	.table_comment_characters = 2048,
	.column_comment_characters = 1024,
	.generated = " AUTO_INCREMENT",
	.table_options = " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin",
	.drop_foreign_key = " DROP FOREIGN KEY IF EXISTS ",
	.column_type = column_type,
	.server_default = server_default,
	.lock_schema = "DO GET_LOCK('corm_create_all', 60)",
	.unlock_schema = "DO RELEASE_LOCK('corm_create_all')",
	.columns_query = "SELECT column_name FROM information_schema.columns "
					 "WHERE table_name = ? AND table_schema = coalesce(?, database())",
	.schema_parameter = true,
	.now = now,
	.is_distinct = { "NOT ", " <=> " },
	.is_same = "<=>",
	.regexp = "REGEXP",
	.decimal_precision = 65,
	.decimal_scale = 30,
	.divide_integers = " DIV ",
	.mod_real = { "", " % ", "" },
	.concat = { "concat(", ", ", ")" },
	.length = "char_length(",
	.substr = { "substr(", ", ", ", ", ")" },
	.row_list = "",
	.offset_without_limit = " LIMIT 18446744073709551615",
	.limit_in_from = true,
	.lock = { " FOR UPDATE", " FOR UPDATE SKIP LOCKED", " FOR UPDATE NOWAIT" },
	.insert_nothing = " () VALUES ()",
	.conflict_update = " ON DUPLICATE KEY UPDATE ",
	.inserted = { "VALUES(", ")" },
	.json_get = { "json_value(", ", ", ")" },
	.date_part = {
		[CORM__DATE_YEAR] = { "year(", ")" },
		[CORM__DATE_MONTH] = { "month(", ")" },
		[CORM__DATE_DAY] = { "day(", ")" },
		[CORM__DATE_HOUR] = { "hour(", ")" },
		[CORM__DATE_MINUTE] = { "minute(", ")" },
		[CORM__DATE_SECOND] = { "second(", ")" },
	},
};
