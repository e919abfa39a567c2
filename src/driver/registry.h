/* SPDX-License-Identifier: Apache-2.0
 *
 * Which driver a URL's scheme means: the built-in one, a registered one, or one in a library that is loaded for it.
 * corm_driver_register() stands in <cormorant/driver.h>.
 */
#ifndef CORM_DRIVER_REGISTRY_H
#define CORM_DRIVER_REGISTRY_H

#include <cormorant/driver.h>

/* The driver of a scheme; lives as long as the process. NULL, with CORM_ERROR_URL in *error, when there is none. */
const corm_driver *corm__driver_find(const char *scheme, corm_error_store *error);

#endif
