/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver, for programs that link libcormorant-postgresql themselves: statically, or where nothing may be
 * loaded at run time. Others need nothing of it: the first URL that begins with postgresql:// loads the library.
 *
 *	corm_driver_register(&corm_postgresql_driver);
 *	corm_engine *engine = corm_engine_open("postgresql:///library");
 */
#ifndef CORMORANT_POSTGRESQL_H
#define CORMORANT_POSTGRESQL_H

#include <cormorant/driver.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of postgresql:// and postgres://. Its native handle is a PGconn *. */
extern const corm_driver corm_postgresql_driver;

#ifdef __cplusplus
}
#endif

#endif
