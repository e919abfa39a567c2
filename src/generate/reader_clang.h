/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the files reader*.c, which share libclang.
 */
#ifndef CORM_GENERATE_READER_CLANG_H
#define CORM_GENERATE_READER_CLANG_H

#include "base/buffer.h"
#include "generate/ir.h"
#include <clang-c/Index.h>

/* The translation unit's name. It lives in memory alone, and must not be that of a header. */
#define CORM__GEN_UNIT_NAME "corm-generate.c"

enum { CORM__GEN_SOURCE_MAXIMUM = 64 << 20 };

/* ---- the translation unit ---------------------------------------------------------------------------------------- */

struct corm__gen_unit {
	CXIndex index;
	CXTranslationUnit unit;
};

/* An #include line for each header. */
void corm__gen_write_includes(const struct corm__gen *gen, struct corm__buffer *source);

/* Parses source as a C file that stands in the current directory, with the user's compiler arguments and some more. To
 * be closed also after a failure. */
corm_status corm__gen_unit_open(struct corm__gen *gen, struct corm__gen_unit *unit, const struct corm__buffer *source,
                                const char *const *more, size_t more_count);
void corm__gen_unit_close(struct corm__gen_unit *unit);

/* A copy in the arena; disposes of the string. */
const char *corm__gen_clang_text(struct corm__gen *gen, CXString string);
/* Clang puts "./" before the names of the headers, as they are included from a file in the current directory. */
const char *corm__gen_without_dot(const char *name);
/* Where it stands, in the file that is compiled and not inside of a macro. */
struct corm__gen_location corm__gen_location_of(struct corm__gen *gen, CXSourceLocation location);

/* Reports what the compiler says, and complains about annotations that are not known; true when there was an error. */
bool corm__gen_report_diagnostics(struct corm__gen *gen, CXTranslationUnit unit);
/* Complains that an annotation's macro is not there. */
void corm__gen_complain_unknown(struct corm__gen *gen, CXSourceLocation location, const char *annotation);

/* ---- annotations ------------------------------------------------------------------------------------------------- */

struct corm__gen_mark {
	struct corm__gen *gen;
	const char *annotation; /* corm_table, corm_field, …; NULL: none */
	const char *text;
	size_t count;
};

struct corm__gen_mark corm__gen_find_mark(struct corm__gen *gen, CXCursor cursor);
/* It is one for structs: corm_table, corm_model, corm_row. */
bool corm__gen_marks_struct(const struct corm__gen_mark *mark);
bool corm__gen_is_annotation(const char *name);
/* Complains about annotations where there is nothing to annotate, and about members' options that there are not. */
void corm__gen_check_marks(struct corm__gen *gen, CXTranslationUnit unit);

/* ---- types ------------------------------------------------------------------------------------------------------- */

/* What a member of a struct can be. */
enum corm__gen_shape {
	CORM__GEN_SHAPE_VALUE,   /* something that a column holds */
	CORM__GEN_SHAPE_STRUCT,  /* record is embedded */
	CORM__GEN_SHAPE_POINTER, /* to record */
	CORM__GEN_SHAPE_MANY,    /* corm_many of record */
	CORM__GEN_SHAPE_LIST,    /* corm_list */
	CORM__GEN_SHAPE_FIELDS_SET,
	CORM__GEN_SHAPE_WRONG
};

struct corm__gen_member {
	enum corm__gen_shape shape;
	CXCursor record;   /* of a struct, a pointer, a corm_many */
	const char *wrong; /* why no column can hold it */
};

/* Classifies a member; for a value fills in the column's type. */
struct corm__gen_member corm__gen_read_type(struct corm__gen *gen, CXCursor field, struct corm__gen_column *column);

#endif
