/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows by their keys, for messages.
 */
#include "session/session.h"
#include "type/codec.h"
#include <cormorant/value.h>
#include <stdio.h>

static void describe_value(const corm_format *format, const void *value, char *out, size_t size)
{
	union {
		const char *text;
		corm_uuid uuid;
		corm_datetime datetime;
		corm_date date;
		corm_time time;
		corm_decimal decimal;
	} copy;
	int64_t number;
	memcpy(&copy, value, format->size < sizeof copy ? format->size : sizeof copy);
	switch (format->type) {
	case CORM_TYPE_TEXT:
		snprintf(out, size, "\"%s\"", copy.text ? copy.text : "");
		break;
	case CORM_TYPE_TEXT_ARRAY:
		snprintf(out, size, "\"%.*s\"", (int)format->size, (const char *)value);
		break;
	case CORM_TYPE_UUID:
		snprintf(out, size, "%s", corm_uuid_string(copy.uuid).text);
		break;
	case CORM_TYPE_DATETIME:
		snprintf(out, size, "%s", corm_datetime_string(copy.datetime).text);
		break;
	case CORM_TYPE_DATE:
		snprintf(out, size, "%s", corm_date_string(copy.date).text);
		break;
	case CORM_TYPE_TIME:
		snprintf(out, size, "%s", corm_time_string(copy.time).text);
		break;
	case CORM_TYPE_DECIMAL:
		snprintf(out, size, "%s", corm_decimal_string(copy.decimal).text);
		break;
	default:
		if (corm__integer_load(format, value, &number))
			snprintf(out, size, "%lld", (long long)number);
		else
			snprintf(out, size, "(binary)");
	}
}

void corm__describe_key(const corm_model_info *model, const void *value, char *out, size_t size)
{
	size_t used = (size_t)snprintf(out, size, model->key_count > 1 ? "key (" : "key ");
	for (size_t i = 0; i < model->key_count && used + 3 < size; i++) {
		const corm_column *column = &model->columns[model->key[i]];
		if (i)
			used += (size_t)snprintf(out + used, size - used, ", ");
		describe_value(&column->format, (const char *)value + column->offset, out + used, size - used);
		used += strlen(out + used);
	}
	if (model->key_count > 1 && used + 1 < size)
		snprintf(out + used, size - used, ")");
}
