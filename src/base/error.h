/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeping and handing on errors. corm_error_set and corm_error_detail stand in <cormorant/driver.h>.
 */
#ifndef CORM_BASE_ERROR_H
#define CORM_BASE_ERROR_H

#include <cormorant/driver.h>

/* Forgets the error. */
void corm__error_clear(corm_error_store *store);
/* *to becomes a copy of an error, with strings of its own. */
void corm__error_copy(corm_error_store *to, const corm_error *from);
/* Puts text, which brings its own ": ", before the message. Nothing happens where there is no error. */
void corm__error_prefix(corm_error_store *store, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The calling thread's store behind corm_last_error(). */
corm_error_store *corm__last_error(void);
/* Hands the error to the process's error hook. */
void corm__error_report(const corm_error *error);

#endif
