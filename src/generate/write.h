/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing the generated files' text, from models that have been checked, and putting it into files.
 */
#ifndef CORM_GENERATE_WRITE_H
#define CORM_GENERATE_WRITE_H

#include "base/buffer.h"
#include "generate/ir.h"

/* What both files are called by. */
struct corm__gen_target {
	const char *header_name;    /* library.h */
	const char *identifier;     /* library */
	const char *const *sources; /* the models' headers, by their path from the generated file */
	size_t source_count;
};

void corm__gen_write_header(struct corm__gen *gen, const struct corm__gen_target *target, struct corm__buffer *out);
void corm__gen_write_source(struct corm__gen *gen, const struct corm__gen_target *target, struct corm__buffer *out);

/* What both begin with. */
void corm__gen_write_head(const struct corm__gen_target *target, struct corm__buffer *out);
/* `…` as a line that divides a file, 120 columns wide. */
void corm__gen_write_section(struct corm__buffer *out, const char *title);
/* Such a line for a model. */
void corm__gen_write_title(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__buffer *out);
/* Text in which each @ stands for the model's stem, each $ for its C type, and each % for the name of a parameter that
 * is an object of it. */
void corm__gen_write_template(struct corm__gen *gen, const struct corm__gen_model *model, const char *text,
                              struct corm__buffer *out);
/* Text as a C string literal. */
void corm__gen_write_literal(struct corm__buffer *out, const char *text);
/* `.member = "text",` on a line of its own behind tabs; nothing for NULL. */
void corm__gen_write_member(struct corm__buffer *out, const char *tabs, const char *member, const char *text);
/* `struct Author *Author_get(corm_session *session, corm_uuid id)` */
void corm__gen_write_get(struct corm__gen *gen, const struct corm__gen_model *model, struct corm__buffer *out);
/* `Book_list Author_books(corm_session *session, struct Author *author)` */
void corm__gen_write_related(struct corm__gen *gen, const struct corm__gen_relationship *relationship,
                             struct corm__buffer *out);
/* What a relationship's functions are called that change it: add and remove, or set. NULL ends them. */
const char *const *corm__gen_changes(const struct corm__gen_relationship *relationship);
/* `corm_status Author_books_add(corm_session *session, struct Author *author, struct Book *book)` */
void corm__gen_write_change(struct corm__gen *gen, const struct corm__gen_relationship *relationship,
                            const char *change, struct corm__buffer *out);
/* The name of the parameter that is an object of the model. */
const char *corm__gen_object_name(struct corm__gen *gen, const struct corm__gen_model *model);
/* The name of the parameter that is an object of the relationship's target, beside one of its own model. */
const char *corm__gen_target_name(struct corm__gen *gen, const struct corm__gen_relationship *relationship);
/* The name of X_get's parameter for a column. */
const char *corm__gen_key_name(struct corm__gen *gen, const struct corm__gen_column *column);

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* A file that has been written beside its place, and is to be moved there or forgotten. */
struct corm__gen_output {
	const char *path;
	const char *temporary; /* NULL: the file has these contents already, or it has been moved */
};

/* Makes the directory that a file is to stand in, and those above it, where they are missing. A system error is
 * reported. */
corm_status corm__gen_make_directory(struct corm__gen *gen, const char *file);
/* Writes text beside path unless the file there has it already. A system error is reported. */
corm_status corm__gen_output_prepare(struct corm__gen *gen, struct corm__gen_output *output, const char *path,
                                     const struct corm__buffer *text);
/* Moves it to its place. */
corm_status corm__gen_output_commit(struct corm__gen *gen, struct corm__gen_output *output);
/* Removes it when it was not moved. */
void corm__gen_output_release(struct corm__gen_output *output);

/* Both paths lead to one file that is there. */
bool corm__gen_is_same_file(const char *a, const char *b);
/* Both paths lead to one place, whether a file is there or not. */
bool corm__gen_is_same_place(struct corm__gen *gen, const char *a, const char *b);

/* The path from a file's directory to another file; both relative to the current directory or absolute. */
const char *corm__gen_relative_path(struct corm__gen *gen, const char *from_file, const char *to);

#endif
