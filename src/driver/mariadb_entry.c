/* SPDX-License-Identifier: Apache-2.0
 *
 * What the core looks up in the library of the MariaDB driver. Not part of the static library, in which two drivers would
 * clash.
 */
#include <cormorant/mariadb.h>

corm_driver_entry_function corm_driver_entry;

const corm_driver *corm_driver_entry(void)
{
	return &corm_mariadb_driver;
}
