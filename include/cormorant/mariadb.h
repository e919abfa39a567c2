/* SPDX-License-Identifier: Apache-2.0
 *
 * The MariaDB driver, for programs that link libcormorant-mariadb themselves: statically, or where nothing may be loaded
 * at run time. Others need nothing of it: the first URL that begins with mariadb:// loads the library.
 *
 *	corm_driver_register(&corm_mariadb_driver);
 *	corm_engine *engine = corm_engine_open("mariadb://localhost/library");
 */
#ifndef CORMORANT_MARIADB_H
#define CORMORANT_MARIADB_H

#include <cormorant/driver.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of mariadb:// and mysql://. Its native handle is a MYSQL *. */
extern const corm_driver corm_mariadb_driver;

#ifdef __cplusplus
}
#endif

#endif
