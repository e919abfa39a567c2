/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and meanings of statuses.
 */
#include <cormorant/status.h>
#include <stddef.h>

static const struct {
	const char *name, *meaning;
} statuses[] = {
#define STATUS(name, meaning) [CORM_##name] = { "CORM_" #name, meaning },
	CORM_STATUS_MAP(STATUS)
#undef STATUS
};

/* The enum's type is signed or unsigned as the compiler likes; as a size a negative number is a large one. */
static int is_status(corm_status status)
{
	return (size_t)status < sizeof statuses / sizeof statuses[0];
}

const char *corm_status_name(corm_status status)
{
	return is_status(status) ? statuses[status].name : "CORM_ERROR_?";
}

const char *corm_status_meaning(corm_status status)
{
	return is_status(status) ? statuses[status].meaning : "an unknown status";
}
