/* SPDX-License-Identifier: Apache-2.0
 *
 * Making and finding the generator's nodes.
 */
#include "generate/ir.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void *corm__gen_node(struct corm__gen *gen, size_t size)
{
	void *node = corm__arena_array(&gen->arena, 1, size);
	if (!node)
		gen->out_of_memory = true;
	return node;
}

const char *corm__gen_copy(struct corm__gen *gen, const char *text, size_t length)
{
	const char *copy = corm__arena_copy(&gen->arena, text, length);
	if (!copy) {
		gen->out_of_memory = true;
		return "";
	}
	return copy;
}

static const char *format_text(struct corm__gen *gen, const char *format, va_list arguments)
{
	va_list again;
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	char *text = length < 0 ? NULL : corm__arena_take(&gen->arena, (size_t)length + 1);
	if (text)
		vsnprintf(text, (size_t)length + 1, format, again);
	else
		gen->out_of_memory = true;
	va_end(again);
	return text ? text : "";
}

const char *corm__gen_text(struct corm__gen *gen, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *text = format_text(gen, format, arguments);
	va_end(arguments);
	return text;
}

/* What a mixin does wrong shows in each model that embeds it, and is said once. */
static bool is_said(const struct corm__gen *gen, struct corm__gen_location location, const char *message)
{
	for (const struct corm__gen_complaint *said = gen->complaints; said; said = said->next)
		if (said->location.line == location.line && said->location.column == location.column &&
		    strcmp(said->location.file, location.file) == 0 && strcmp(said->message, message) == 0)
			return true;
	return false;
}

void corm__gen_complain(struct corm__gen *gen, struct corm__gen_location location, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *message = format_text(gen, format, arguments);
	va_end(arguments);
	if (is_said(gen, location, message))
		return;
	struct corm__gen_complaint *complaint = corm__gen_node(gen, sizeof *complaint);
	if (!complaint)
		return;
	complaint->location = location;
	complaint->message = message;
	corm__gen_append(gen, complaints, last_complaint, complaint);
	gen->complaint_count++;
}

struct corm__gen_probe *corm__gen_probe(struct corm__gen *gen, struct corm__gen_location location, const char *subject,
                                        const char *code)
{
	struct corm__gen_probe *probe = corm__gen_node(gen, sizeof *probe);
	if (!probe)
		return NULL;
	probe->location = location;
	probe->subject = subject;
	probe->code = code;
	corm__gen_append(gen, probes, last_probe, probe);
	return probe;
}

struct corm__gen_model *corm__gen_find_model(const struct corm__gen *gen, const char *name)
{
	struct corm__gen_model *by_c_name = NULL;
	for (struct corm__gen_model *model = gen->models; model; model = model->next) {
		if (strcmp(model->stem, name) == 0 || strcmp(model->constant, name) == 0)
			return model;
		if (!by_c_name && strcmp(model->c_name, name) == 0)
			by_c_name = model;
	}
	return by_c_name;
}

struct corm__gen_model *corm__gen_find_usr(const struct corm__gen *gen, const char *usr)
{
	for (struct corm__gen_model *model = gen->models; model; model = model->next)
		if (strcmp(model->usr, usr) == 0)
			return model;
	return NULL;
}

struct corm__gen_column *corm__gen_find_column(const struct corm__gen_model *model, const char *field)
{
	for (struct corm__gen_column *column = model->columns; column; column = column->next)
		if (strcmp(column->field, field) == 0)
			return column;
	return NULL;
}

struct corm__gen_relationship *corm__gen_find_relationship(const struct corm__gen_model *model, const char *name)
{
	for (struct corm__gen_relationship *relationship = model->relationships; relationship;
	     relationship = relationship->next)
		if (strcmp(relationship->name, name) == 0)
			return relationship;
	return NULL;
}
