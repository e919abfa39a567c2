/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of a MariaDB URL, under the names that Python's drivers have for them.
 */
#include "driver/mariadb_options.h"
#include "driver/option.h"
#include <string.h>
#include <strings.h>

static corm_status read_bool(const corm_url_option *option, bool *out, corm_error_store *error)
{
	if (corm__option_bool(option->value, out))
		return CORM_OK;
	return corm_error_set(error, CORM_ERROR_URL, "mariadb: the option %s=%s is not true or false", option->name,
	                      option->value);
}

static corm_status read_text(const corm_url_option *option, const char **out, corm_error_store *error)
{
	if (!*option->value)
		return corm_error_set(error, CORM_ERROR_URL, "mariadb: the option %s has no value", option->name);
	*out = option->value;
	return CORM_OK;
}

/* What connections speak is not a matter of choice: the name is taken because other drivers' URLs have it. */
static corm_status read_charset(const corm_url_option *option, corm_error_store *error)
{
	if (!strcasecmp(option->value, "utf8mb4"))
		return CORM_OK;
	return corm_error_set(error, CORM_ERROR_URL,
	                      "mariadb: the option charset=%s: connections speak utf8mb4 and nothing else", option->value);
}

static corm_status read_prepared(const corm_url_option *option, corm_error_store *error)
{
	bool prepared = true;
	corm_status status = read_bool(option, &prepared, error);
	if (status == CORM_OK && !prepared)
		return corm_error_set(error, CORM_ERROR_URL,
		                      "mariadb: the option prepared=%s: values go to the server by prepared statements alone; "
		                      "leave the option out",
		                      option->value);
	return status;
}

corm_status corm__mariadb_options_read(const corm_url *url, struct corm__mariadb_options *out, corm_error_store *error)
{
	*out = (struct corm__mariadb_options){ .ssl = false };
	bool ssl = false, verify = false, ssl_given = false, verify_given = false;
	const struct {
		const char *name, **out;
	} texts[] = {
		{ "unix_socket", &out->unix_socket }, { "application_name", &out->application_name },
		{ "ssl_ca", &out->ssl_ca },           { "ssl_capath", &out->ssl_capath },
		{ "ssl_cert", &out->ssl_cert },       { "ssl_key", &out->ssl_key },
		{ "ssl_cipher", &out->ssl_cipher },
	};
	for (size_t i = 0; i < url->option_count; i++) {
		const corm_url_option *option = &url->options[i];
		corm_status status = CORM_OK;
		size_t text = 0;
		while (text < sizeof texts / sizeof *texts && strcmp(texts[text].name, option->name) != 0)
			text++;
		if (text < sizeof texts / sizeof *texts) {
			status = read_text(option, texts[text].out, error);
		} else if (!strcmp(option->name, "ssl")) {
			status = read_bool(option, &ssl, error);
			ssl_given = true;
		} else if (!strcmp(option->name, "ssl_verify_cert")) {
			status = read_bool(option, &verify, error);
			verify_given = true;
		} else if (!strcmp(option->name, "compress")) {
			status = read_bool(option, &out->compress, error);
		} else if (!strcmp(option->name, "charset")) {
			status = read_charset(option, error);
		} else if (!strcmp(option->name, "prepared")) {
			status = read_prepared(option, error);
		} else {
			return corm_error_set(error, CORM_ERROR_URL,
			                      "mariadb: unknown option \"%s\" in the URL: there are unix_socket, ssl, ssl_ca, "
			                      "ssl_capath, ssl_cert, ssl_key, ssl_cipher, ssl_verify_cert, application_name, "
			                      "compress, charset and prepared",
			                      option->name);
		}
		if (status != CORM_OK)
			return status;
	}
	/* Who names an authority wants to know whom it speaks to, and who names anything of TLS wants TLS. */
	bool authority = out->ssl_ca || out->ssl_capath;
	bool wanted = authority || out->ssl_cert || out->ssl_key || out->ssl_cipher || (verify_given && verify);
	if (ssl_given && !ssl && wanted)
		return corm_error_set(
			error, CORM_ERROR_URL,
			"mariadb: the options contradict each other: ssl is off, and another ssl_ option asks for "
			"it");
	if (!out->ssl_cert != !out->ssl_key)
		return corm_error_set(error, CORM_ERROR_URL, "mariadb: the options ssl_cert and ssl_key need each other");
	out->ssl = ssl || wanted;
	out->ssl_verify = verify_given ? verify : authority;
	return CORM_OK;
}
