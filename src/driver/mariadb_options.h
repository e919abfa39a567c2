/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of a MariaDB URL that are the driver's own.
 */
#ifndef CORM_DRIVER_MARIADB_OPTIONS_H
#define CORM_DRIVER_MARIADB_OPTIONS_H

#include <cormorant/driver.h>
#include <stdbool.h>

/* Strings are the URL's; NULL where it has none. */
struct corm__mariadb_options {
	const char *unix_socket, *application_name;
	const char *ssl_ca, *ssl_capath, *ssl_cert, *ssl_key, *ssl_cipher;
	bool ssl;        /* no connection without TLS; else none with it */
	bool ssl_verify; /* the server's certificate is checked, and that it is for the host */
	bool compress;
};

corm_status corm__mariadb_options_read(const corm_url *url, struct corm__mariadb_options *out, corm_error_store *error);

#endif
