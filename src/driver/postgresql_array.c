/* SPDX-License-Identifier: Apache-2.0
 *
 * Parameters that are arrays, in the binary form of array_send (src/backend/utils/adt/arrayfuncs.c of PostgreSQL): a
 * header, then each element with its length before it.
 */
#include "driver/postgresql.h"
#include <limits.h>

#define ARRAY_HEADER 20

/* The array of a type, by its OID; text for what the server is to find out. */
static Oid array_of(Oid element)
{
	static const struct {
		Oid element, array;
	} arrays[] = {
		{ CORM__OID_BOOL, 1000 },        { CORM__OID_BYTEA, 1001 },   { CORM__OID_INT8, 1016 },
		{ CORM__OID_TEXT, 1009 },        { CORM__OID_FLOAT8, 1022 },  { CORM__OID_UUID, 2951 },
		{ CORM__OID_DATE, 1182 },        { CORM__OID_TIME, 1183 },    { CORM__OID_TIMESTAMP, 1115 },
		{ CORM__OID_TIMESTAMPTZ, 1185 }, { CORM__OID_NUMERIC, 1231 },
	};
	for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
		if (arrays[i].element == element)
			return arrays[i].array;
	}
	return CORM__OID_UNKNOWN;
}

static void begin_array(struct corm__buffer *out, Oid element, size_t rows)
{
	char header[ARRAY_HEADER];
	corm__put_32(header, 1);     /* dimensions */
	corm__put_32(header + 4, 0); /* set to 1 when there is a NULL */
	corm__put_32(header + 8, element);
	corm__put_32(header + 12, (uint32_t)rows);
	corm__put_32(header + 16, 1); /* its first index */
	corm__buffer_add(out, header, sizeof header);
}

static corm_status add_element(struct corm__buffer *out, const struct corm__postgresql_value *value, size_t begin,
                               size_t row, size_t parameter, corm_error_store *error)
{
	char length[4];
	if (value->problem)
		return corm_error_set(error, CORM_ERROR_VALIDATION, "postgresql: the value of parameter %zu in row %zu %s",
		                      parameter + 1, row, value->problem);
	corm__put_32(length, value->data ? (uint32_t)value->length : UINT32_MAX);
	if (!value->data && out->status == CORM_OK)
		corm__put_32(out->data + begin + 4, 1);
	corm__buffer_add(out, length, sizeof length);
	if (value->data)
		corm__buffer_add(out, value->data, value->length);
	return CORM_OK;
}

/* All elements of one parameter. */
static corm_status add_array(struct corm__postgresql_statement *statement, const corm_format *format, Oid element,
                             const void *const *values, size_t count, size_t rows, size_t parameter,
                             corm_error_store *error)
{
	struct corm__buffer *out = &statement->arrays;
	char scratch[CORM__POSTGRESQL_SCRATCH];
	size_t begin = out->length;
	corm_status status = CORM_OK;
	begin_array(out, element, rows);
	for (size_t row = 0; status == CORM_OK && row < rows; row++) {
		struct corm__postgresql_value value = corm__postgresql_encode(format, values[row * count + parameter], element,
		                                                              scratch);
		status = add_element(out, &value, begin, row, parameter, error);
	}
	statement->lengths[parameter] = (int)(out->length - begin);
	return status;
}

corm_status corm__postgresql_bind_arrays(void *data, const corm_format *const *formats, const void *const *values,
                                         size_t count, size_t rows, corm_error_store *error)
{
	struct corm__postgresql_statement *statement = data;
	corm_status status = corm__postgresql_reserve(statement, count, error);
	bool same = count == statement->parameter_count && statement->is_array;
	corm__buffer_clear(&statement->arrays);
	for (size_t i = 0; status == CORM_OK && i < count; i++) {
		Oid element = corm__postgresql_oid_of(formats[i]);
		if (element == CORM__OID_UNKNOWN)
			element = CORM__OID_TEXT;
		same = same && statement->oids[i] == array_of(element);
		statement->oids[i] = array_of(element);
		statement->formats[i] = 1;
		status = add_array(statement, formats[i], element, values, count, rows, i, error);
	}
	/* Also when it fails: some types may be others already than those that the statement was prepared with. */
	if (!same)
		corm__postgresql_forget(statement);
	if (status != CORM_OK)
		return status;
	if (statement->arrays.status == CORM_ERROR_MEMORY)
		return corm_error_set(error, CORM_ERROR_MEMORY, "postgresql: no memory for arrays of %zu rows", rows);
	if (statement->arrays.status)
		return corm_error_set(error, CORM_ERROR_VALIDATION, "postgresql: the arrays of %zu rows are too long together",
		                      rows);
	const char *at = statement->arrays.data;
	for (size_t i = 0; i < count; i++) {
		statement->values[i] = at;
		at += statement->lengths[i];
	}
	statement->parameter_count = count;
	statement->is_array = true;
	return CORM_OK;
}
