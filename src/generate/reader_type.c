/* SPDX-License-Identifier: Apache-2.0
 *
 * From a member's C type to what a column holds.
 */
#include "generate/reader_clang.h"
#include <string.h>

/* The columns' types that C calls by name, by the name of their struct. */
static const struct {
	const char *name, *constant;
	corm_type type;
} records[] = {
	{ "corm_uuid", "CORM_TYPE_UUID", CORM_TYPE_UUID },
	{ "corm_datetime", "CORM_TYPE_DATETIME", CORM_TYPE_DATETIME },
	{ "corm_date", "CORM_TYPE_DATE", CORM_TYPE_DATE },
	{ "corm_time", "CORM_TYPE_TIME", CORM_TYPE_TIME },
	{ "corm_decimal", "CORM_TYPE_DECIMAL", CORM_TYPE_DECIMAL },
	{ "corm_bytes", "CORM_TYPE_BYTES", CORM_TYPE_BYTES },
	{ "corm_json", "CORM_TYPE_JSON", CORM_TYPE_JSON },
};

/* Integers that are as wide on every target. The bits are those of the database's signed integer that holds them. */
static const struct {
	const char *name, *constant;
	corm_type type;
	uint16_t bits;
} fixed_integers[] = {
	{ "int8_t", "CORM_TYPE_INT8", CORM_TYPE_INT8, 16 },       { "int16_t", "CORM_TYPE_INT16", CORM_TYPE_INT16, 16 },
	{ "int32_t", "CORM_TYPE_INT32", CORM_TYPE_INT32, 32 },    { "int64_t", "CORM_TYPE_INT64", CORM_TYPE_INT64, 64 },
	{ "uint8_t", "CORM_TYPE_UINT8", CORM_TYPE_UINT8, 16 },    { "uint16_t", "CORM_TYPE_UINT16", CORM_TYPE_UINT16, 32 },
	{ "uint32_t", "CORM_TYPE_UINT32", CORM_TYPE_UINT32, 64 }, { "uint64_t", "CORM_TYPE_UINT64", CORM_TYPE_UINT64, 64 },
};

/* The others. type is what stands for them in the checks: the widest that they can be. */
static const struct {
	enum CXTypeKind kind;
	corm_type type;
	uint16_t bits;
} plain_integers[] = {
	{ CXType_SChar, CORM_TYPE_INT8, 16 },     { CXType_UChar, CORM_TYPE_UINT8, 16 },
	{ CXType_Short, CORM_TYPE_INT16, 16 },    { CXType_UShort, CORM_TYPE_UINT16, 32 },
	{ CXType_Int, CORM_TYPE_INT32, 32 },      { CXType_UInt, CORM_TYPE_UINT32, 64 },
	{ CXType_Long, CORM_TYPE_INT64, 64 },     { CXType_ULong, CORM_TYPE_UINT64, 64 },
	{ CXType_LongLong, CORM_TYPE_INT64, 64 }, { CXType_ULongLong, CORM_TYPE_UINT64, 64 },
};

static const char is_volatile[] = "what is volatile may change behind the session's back";

static struct corm__gen_member member(enum corm__gen_shape shape)
{
	return (struct corm__gen_member){ .shape = shape, .record = clang_getNullCursor() };
}

static struct corm__gen_member wrong(const char *why)
{
	return (struct corm__gen_member){ .shape = CORM__GEN_SHAPE_WRONG, .record = clang_getNullCursor(), .wrong = why };
}

static struct corm__gen_member of_record(enum corm__gen_shape shape, CXCursor record)
{
	return (struct corm__gen_member){ .shape = shape, .record = record };
}

static struct corm__gen_member value(struct corm__gen_column *column, corm_type type, const char *constant)
{
	column->type = type;
	column->type_constant = constant;
	return member(CORM__GEN_SHAPE_VALUE);
}

static const char *spelling(struct corm__gen *gen, CXType type)
{
	const char *text = corm__gen_clang_text(gen, clang_getTypeSpelling(type));
	/* Clang names what has no name by its place, "struct (unnamed struct at ./x.h:5:2)", which is known already. */
	if (strstr(text, "(unnamed ") || strstr(text, "(anonymous "))
		return corm__gen_text(gen, "unnamed %.*s", (int)strcspn(text, " "), text);
	return strcmp(text, "_Bool") == 0 ? "bool" : text;
}

/* ---- anonymous structs that our macros make ---------------------------------------------------------------------- */

struct fields {
	CXCursor items[4];
	size_t count;
};

static enum CXVisitorResult collect_field(CXCursor field, CXClientData data)
{
	struct fields *fields = data;
	if (fields->count < sizeof fields->items / sizeof *fields->items)
		fields->items[fields->count] = field;
	fields->count++;
	return CXVisit_Continue;
}

static bool is_field(struct corm__gen *gen, const struct fields *fields, size_t index, const char *name)
{
	return index < fields->count &&
	       strcmp(corm__gen_clang_text(gen, clang_getCursorSpelling(fields->items[index])), name) == 0;
}

static CXType named_type(CXType type)
{
	return type.kind == CXType_Elaborated ? clang_Type_getNamedType(type) : type;
}

static struct corm__gen_member read_value(struct corm__gen *gen, CXType type, struct corm__gen_column *column);

/* corm_many, corm_list, corm_optional_of, or a struct of the user's that nobody can name. */
static struct corm__gen_member read_anonymous(struct corm__gen *gen, CXType type, struct corm__gen_column *column)
{
	struct fields fields = { .count = 0 };
	clang_Type_visitFields(type, collect_field, &fields);

	if (is_field(gen, &fields, 0, "items") && is_field(gen, &fields, 1, "count")) {
		CXType element = clang_getPointeeType(clang_getCanonicalType(clang_getCursorType(fields.items[0])));
		if (fields.count == 2 && element.kind != CXType_Invalid)
			return member(CORM__GEN_SHAPE_LIST);
		CXType pointee = clang_getPointeeType(element);
		if (fields.count == 3 && is_field(gen, &fields, 2, "corm_state") && pointee.kind == CXType_Record)
			return of_record(CORM__GEN_SHAPE_MANY, clang_getTypeDeclaration(pointee));
		return wrong("a corm_many holds structs alone");
	}
	if (fields.count == 2 && is_field(gen, &fields, 0, "value") && is_field(gen, &fields, 1, "has_value")) {
		struct corm__gen_member inner = read_value(gen, clang_getCursorType(fields.items[0]), column);
		if (inner.shape == CORM__GEN_SHAPE_VALUE && column->array_size == 0 && column->type != CORM_TYPE_TEXT) {
			column->optional = CORM__GEN_OPTIONAL_OF;
			return inner;
		}
		column->type = CORM_TYPE_NONE;
		return wrong("a corm_optional_of holds an enum or a plain value");
	}
	return wrong("a nested anonymous struct cannot be taken apart: give it a name and embed it");
}

static struct corm__gen_member read_record(struct corm__gen *gen, CXType type, struct corm__gen_column *column)
{
	static const char optional[] = "corm_optional_";
	CXCursor record = clang_getTypeDeclaration(type);
	if (clang_getCursorKind(record) == CXCursor_UnionDecl)
		return wrong("a union has no one type");
	if (clang_Cursor_isAnonymous(record))
		return read_anonymous(gen, type, column);

	const char *name = corm__gen_clang_text(gen, clang_getCursorSpelling(record));
	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		if (strcmp(records[i].name, name) == 0) {
			column->c_type = records[i].name;
			return value(column, records[i].type, records[i].constant);
		}
	if (strcmp(name, "corm_fields_set") == 0)
		return member(CORM__GEN_SHAPE_FIELDS_SET);
	if (strncmp(name, optional, sizeof optional - 1) == 0) {
		struct fields fields = { .count = 0 };
		clang_Type_visitFields(type, collect_field, &fields);
		if (fields.count != 2)
			return wrong("there is no such corm_optional");
		struct corm__gen_member inner = read_value(gen, clang_getCursorType(fields.items[0]), column);
		column->optional = CORM__GEN_OPTIONAL;
		column->optional_type = corm__gen_text(gen, "struct %s", name);
		return inner;
	}
	return of_record(CORM__GEN_SHAPE_STRUCT, record);
}

/* ---- enums ------------------------------------------------------------------------------------------------------- */

struct enum_reader {
	struct corm__gen *gen;
	struct corm__gen_enum_value *last;
	struct corm__gen_enum *enumeration;
};

static enum CXChildVisitResult visit_constant(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	struct enum_reader *reader = data;
	if (clang_getCursorKind(cursor) != CXCursor_EnumConstantDecl)
		return CXChildVisit_Continue;
	struct corm__gen_enum_value *constant = corm__gen_node(reader->gen, sizeof *constant);
	if (!constant)
		return CXChildVisit_Break;
	constant->name = corm__gen_clang_text(reader->gen, clang_getCursorSpelling(cursor));
	constant->value = clang_getEnumConstantDeclValue(cursor);
	if (reader->last)
		reader->last->next = constant;
	else
		reader->enumeration->values = constant;
	reader->last = constant;
	return CXChildVisit_Continue;
}

static struct corm__gen_enum *read_enum(struct corm__gen *gen, CXType type)
{
	CXCursor declaration = clang_getTypeDeclaration(clang_getCanonicalType(type));
	const char *usr = corm__gen_clang_text(gen, clang_getCursorUSR(declaration));
	for (struct corm__gen_enum *known = gen->enums; known; known = known->next)
		if (strcmp(known->usr, usr) == 0)
			return known;
	struct corm__gen_enum *enumeration = corm__gen_node(gen, sizeof *enumeration);
	if (!enumeration)
		return NULL;
	enumeration->usr = usr;
	enumeration->c_type = spelling(gen, type);
	enumeration->name = corm__gen_clang_text(gen, clang_getCursorSpelling(declaration));
	if (!enumeration->name[0])
		enumeration->name = enumeration->c_type;
	struct enum_reader reader = { .gen = gen, .enumeration = enumeration };
	clang_visitChildren(declaration, visit_constant, &reader);
	corm__gen_append(gen, enums, last_enum, enumeration);
	return enumeration;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static struct corm__gen_member read_integer(struct corm__gen *gen, CXType type, struct corm__gen_column *column)
{
	for (CXType at = named_type(type); at.kind == CXType_Typedef;
	     at = named_type(clang_getTypedefDeclUnderlyingType(clang_getTypeDeclaration(at)))) {
		const char *name = corm__gen_clang_text(gen, clang_getTypedefName(at));
		for (size_t i = 0; i < sizeof fixed_integers / sizeof *fixed_integers; i++)
			if (strcmp(fixed_integers[i].name, name) == 0) {
				column->bits = fixed_integers[i].bits;
				return value(column, fixed_integers[i].type, fixed_integers[i].constant);
			}
	}
	enum CXTypeKind kind = clang_getCanonicalType(type).kind;
	for (size_t i = 0; i < sizeof plain_integers / sizeof *plain_integers; i++)
		if (plain_integers[i].kind == kind) {
			column->bits = plain_integers[i].bits;
			return value(column, plain_integers[i].type, corm__gen_text(gen, "CORM_INTEGER_TYPE(%s)", column->c_type));
		}
	if (kind == CXType_Char_S || kind == CXType_Char_U)
		return wrong("char may be signed or not: use int8_t or uint8_t for a number, char[N] for text");
	return wrong("there is no column for such a type");
}

static struct corm__gen_member read_pointer(struct corm__gen *gen, CXType canonical, struct corm__gen_column *column)
{
	CXType pointee = clang_getPointeeType(canonical);
	if (clang_isVolatileQualifiedType(pointee))
		return wrong(is_volatile);
	if (pointee.kind == CXType_Char_S || pointee.kind == CXType_Char_U) {
		column->is_mutable = !clang_isConstQualifiedType(pointee);
		column->c_type = column->is_mutable ? "char *" : "const char *";
		return value(column, CORM_TYPE_TEXT, "CORM_TYPE_TEXT");
	}
	CXCursor record = clang_getTypeDeclaration(pointee);
	if (pointee.kind == CXType_Record && clang_getCursorKind(record) == CXCursor_StructDecl) {
		/* What corm_optional(char *) becomes. */
		const char *name = corm__gen_clang_text(gen, clang_getCursorSpelling(record));
		if (strcmp(name, "corm_optional_char") == 0)
			return wrong("a text that may be missing is const char * with corm_field(nullable)");
		return of_record(CORM__GEN_SHAPE_POINTER, record);
	}
	if (pointee.kind == CXType_FunctionProto || pointee.kind == CXType_FunctionNoProto)
		return wrong("a pointer to a function cannot be stored");
	return wrong("a pointer can be a text (char *) or a relationship to a table model");
}

static struct corm__gen_member read_array(struct corm__gen *gen, CXType canonical, struct corm__gen_column *column)
{
	CXType element = clang_getArrayElementType(canonical);
	long long size = clang_getArraySize(canonical);
	bool is_text = element.kind == CXType_Char_S || element.kind == CXType_Char_U;
	if (clang_isVolatileQualifiedType(element))
		return wrong(is_volatile);
	if (clang_isConstQualifiedType(element))
		return wrong("what is const cannot be read from the database");
	if (!is_text && element.kind != CXType_UChar)
		return wrong("an array can be a text (char[N]) or bytes (uint8_t[N])");
	if (size < (is_text ? 2 : 1))
		return wrong(is_text ? "there is no room for a character and its NUL" : "there is no room for a byte");
	column->array_size = (uint64_t)size;
	column->c_type = is_text ? corm__gen_text(gen, "char[%lld]", size) : corm__gen_text(gen, "uint8_t[%lld]", size);
	return is_text ? value(column, CORM_TYPE_TEXT_ARRAY, "CORM_TYPE_TEXT_ARRAY")
	               : value(column, CORM_TYPE_BYTES_ARRAY, "CORM_TYPE_BYTES_ARRAY");
}

static struct corm__gen_member read_value(struct corm__gen *gen, CXType type, struct corm__gen_column *column)
{
	CXType canonical = clang_getCanonicalType(type);
	column->c_type = spelling(gen, type);
	if (clang_isVolatileQualifiedType(canonical))
		return wrong(is_volatile);
	if (clang_isConstQualifiedType(canonical))
		return wrong("what is const cannot be read from the database");
	switch (canonical.kind) {
	case CXType_Bool:
		return value(column, CORM_TYPE_BOOL, "CORM_TYPE_BOOL");
	case CXType_Float:
		return value(column, CORM_TYPE_FLOAT, "CORM_TYPE_FLOAT");
	case CXType_Double:
		return value(column, CORM_TYPE_DOUBLE, "CORM_TYPE_DOUBLE");
	case CXType_LongDouble:
		return wrong("no database holds a long double");
	case CXType_Pointer:
		return read_pointer(gen, canonical, column);
	case CXType_ConstantArray:
		return read_array(gen, canonical, column);
	case CXType_IncompleteArray:
	case CXType_VariableArray:
		return wrong("an array needs a size");
	case CXType_Record:
		return read_record(gen, canonical, column);
	case CXType_Enum:
		if (clang_Cursor_isAnonymous(clang_getTypeDeclaration(canonical)))
			return wrong("the enum needs a name");
		column->enumeration = read_enum(gen, type);
		return value(column, CORM_TYPE_ENUM, "CORM_TYPE_ENUM");
	default:
		return read_integer(gen, type, column);
	}
}

struct corm__gen_member corm__gen_read_type(struct corm__gen *gen, CXCursor field, struct corm__gen_column *column)
{
	if (clang_Cursor_isBitField(field)) {
		column->c_type = spelling(gen, clang_getCursorType(field));
		return wrong("a bit-field has no address");
	}
	return read_value(gen, clang_getCursorType(field), column);
}
