/* SPDX-License-Identifier: Apache-2.0
 *
 * A driver library for test_registry.c: enough of a driver to be found, not enough to be used. Built several times,
 * with FIXTURE_ABI another ABI, with FIXTURE_SCHEME another scheme, with FIXTURE_EMPTY without its symbol.
 */
#include <cormorant/driver.h>

#ifndef FIXTURE_ABI
#define FIXTURE_ABI CORM_DRIVER_ABI
#endif
#ifndef FIXTURE_SCHEME
#define FIXTURE_SCHEME "fixture"
#endif

#ifdef FIXTURE_EMPTY
#define corm_driver_entry corm_driver_other_entry
#endif

/* Nothing of the core is called: its symbols are not there when the test links the core statically. */
static corm_status refuse(const corm_driver_settings *settings, void **shared, corm_error_store *error)
{
	(void)settings;
	(void)shared;
	error->error = (corm_error){ .status = CORM_ERROR_CONNECT, .message = "fixture: nothing can be opened" };
	return CORM_ERROR_CONNECT;
}

static const char *const schemes[] = { FIXTURE_SCHEME, NULL };

static const corm_driver fixture = {
	.abi = FIXTURE_ABI,
	.name = "fixture",
	.schemes = schemes,
	.dialect = "fixture",
	.open = refuse,
};

const corm_driver *corm_driver_entry(void);
const corm_driver *corm_driver_entry(void)
{
	return &fixture;
}
