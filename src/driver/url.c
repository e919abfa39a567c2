/* SPDX-License-Identifier: Apache-2.0
 *
 * Database URLs: parsing, and the form without the password that may be shown.
 */
#include "driver/url.h"
#include "base/buffer.h"
#include <stdbool.h>
#include <string.h>

/* A URL longer than that is a mistake. */
#define URL_MAXIMUM 65536

struct parser {
	struct corm_arena *arena;
	corm_error_store *error;
	corm_url *url;
	bool secret; /* part of what follows may be a password that was not recognised as one: show none of it */
};

/* A part of the URL as it was written. */
struct part {
	const char *text;
	size_t length;
};

static struct part part_until(const char *text, const char *end)
{
	return (struct part){ text, (size_t)(end - text) };
}

static corm_status no_memory(corm_error_store *error)
{
	return corm_error_set(error, CORM_ERROR_MEMORY, "no memory for the database URL");
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes the percent-encoding. what names the part in messages; plus: a '+' means a space, as in query strings. */
static corm_status decode(struct parser *parser, struct part part, const char *what, bool plus, const char **out)
{
	char *text = corm__arena_copy(parser->arena, part.text, part.length);
	if (!text)
		return no_memory(parser->error);
	char *to = text;
	for (size_t i = 0; i < part.length; i++) {
		char c = part.text[i];
		if (c == '%') {
			int high = i + 2 < part.length ? hex_digit(part.text[i + 1]) : -1;
			int low = i + 2 < part.length ? hex_digit(part.text[i + 2]) : -1;
			if (high < 0 || low < 0)
				return corm_error_set(parser->error, CORM_ERROR_URL,
				                      "the URL's %s has a \"%%\" without two hexadecimal digits (write \"%%25\")",
				                      what);
			if (high == 0 && low == 0)
				return corm_error_set(parser->error, CORM_ERROR_URL, "the URL's %s has a \"%%00\"", what);
			c = (char)(high << 4 | low);
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		*to++ = c;
	}
	*to = '\0';
	*out = text;
	return CORM_OK;
}

static corm_status parse_scheme(struct parser *parser, struct part part)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
	char *scheme = corm__arena_copy(parser->arena, part.text, part.length);
	if (!scheme)
		return no_memory(parser->error);
	for (char *c = scheme; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	if (*scheme < 'a' || *scheme > 'z' || scheme[strspn(scheme, letters)])
		return corm_error_set(parser->error, CORM_ERROR_URL,
		                      "the database URL does not begin with a scheme, as sqlite:///library.db does");
	size_t name = strcspn(scheme, "+");
	if (scheme[name])
		return corm_error_set(parser->error, CORM_ERROR_URL,
		                      "the URL's scheme \"%s\" names a client library: write \"%.*s\"", scheme, (int)name,
		                      scheme);
	parser->url->scheme = scheme;
	return CORM_OK;
}

static corm_status parse_user(struct parser *parser, struct part part)
{
	const char *colon = memchr(part.text, ':', part.length);
	struct part user = { part.text, colon ? (size_t)(colon - part.text) : part.length };
	corm_status status = decode(parser, user, "user", false, &parser->url->user);
	if (status == CORM_OK && colon)
		status = decode(parser, part_until(colon + 1, part.text + part.length), "password", false,
		                &parser->url->password);
	return status;
}

static corm_status parse_port(struct parser *parser, struct part part, int *port)
{
	long number = 0;
	for (size_t i = 0; i < part.length && number <= 65535; i++) {
		if (part.text[i] < '0' || part.text[i] > '9') {
			number = 0;
			break;
		}
		number = number * 10 + (part.text[i] - '0');
	}
	if (number >= 1 && number <= 65535) {
		*port = (int)number;
		return CORM_OK;
	}
	if (parser->secret)
		return corm_error_set(parser->error, CORM_ERROR_URL,
		                      "the URL's port is not a number (in a password \"/\" is written \"%%2F\" "
		                      "and \"?\" \"%%3F\")");
	return corm_error_set(parser->error, CORM_ERROR_URL, "the URL's port \"%.*s\" is not a number from 1 to 65535",
	                      (int)part.length, part.text);
}

/* host, host:port, [::1], [::1]:port */
static corm_status parse_host(struct parser *parser, struct part part, corm_url_host *host)
{
	struct part name = part;
	const char *end = part.text + part.length, *colon;
	if (part.length && part.text[0] == '[') {
		const char *bracket = memchr(part.text, ']', part.length);
		colon = bracket ? bracket + 1 : NULL;
		if (!bracket || (colon < end && *colon != ':'))
			return corm_error_set(parser->error, CORM_ERROR_URL,
			                      "the URL's host has a \"[\" that no \"]\" ends (IPv6 is written [::1]:5432)");
		name = part_until(part.text + 1, bracket);
		if (colon == end)
			colon = NULL;
	} else {
		colon = memchr(part.text, ':', part.length);
		if (colon)
			name = part_until(part.text, colon);
	}
	corm_status status = decode(parser, name, "host", false, &host->name);
	if (status == CORM_OK && colon)
		status = parse_port(parser, part_until(colon + 1, end), &host->port);
	return status;
}

static corm_status parse_hosts(struct parser *parser, struct part part)
{
	if (!part.length)
		return CORM_OK;
	size_t count = 1;
	for (size_t i = 0; i < part.length; i++)
		count += part.text[i] == ',';
	corm_url_host *hosts = corm__arena_array(parser->arena, count, sizeof *hosts);
	if (!hosts)
		return no_memory(parser->error);
	const char *text = part.text, *end = part.text + part.length;
	for (size_t i = 0; i < count; i++) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		if (!comma)
			comma = end;
		if (comma == text && count > 1)
			return corm_error_set(parser->error, CORM_ERROR_URL, "the URL's list of hosts has an empty element");
		corm_status status = parse_host(parser, part_until(text, comma), &hosts[i]);
		if (status != CORM_OK)
			return status;
		text = comma + 1;
	}
	parser->url->hosts = hosts;
	parser->url->host_count = count;
	return CORM_OK;
}

static corm_status parse_option(struct parser *parser, struct part part, corm_url_option *option)
{
	const char *equals = memchr(part.text, '=', part.length), *end = part.text + part.length;
	if (!equals && parser->secret)
		return corm_error_set(parser->error, CORM_ERROR_URL,
		                      "the URL has an option without a value (in a password \"?\" is written \"%%3F\")");
	if (!equals)
		return corm_error_set(parser->error, CORM_ERROR_URL,
		                      "the URL's option \"%.*s\" has no value (write option=value)", (int)part.length,
		                      part.text);
	if (equals == part.text)
		return corm_error_set(parser->error, CORM_ERROR_URL, "the URL has an option without a name");
	corm_status status = decode(parser, part_until(part.text, equals), "option", true, &option->name);
	if (status == CORM_OK)
		status = decode(parser, part_until(equals + 1, end), option->name, true, &option->value);
	return status;
}

static corm_status parse_options(struct parser *parser, const char *text)
{
	size_t count = 1;
	for (const char *c = text; *c; c++)
		count += *c == '&';
	corm_url_option *options = corm__arena_array(parser->arena, count, sizeof *options);
	if (!options)
		return no_memory(parser->error);
	size_t used = 0;
	while (*text) {
		size_t length = strcspn(text, "&");
		if (length) {
			corm_status status = parse_option(parser, (struct part){ text, length }, &options[used]);
			if (status != CORM_OK)
				return status;
			for (size_t i = 0; i < used; i++) {
				if (!strcmp(options[i].name, options[used].name))
					return corm_error_set(parser->error, CORM_ERROR_URL, "the URL has the option \"%s\" twice",
					                      options[i].name);
			}
			used++;
		}
		text += length + (text[length] == '&');
	}
	parser->url->options = options;
	parser->url->option_count = used;
	return CORM_OK;
}

/* Options that are passwords: password, sslpassword, passwd, pwd. */
static bool is_secret_option(const char *name)
{
	return strstr(name, "pass") || strstr(name, "pwd");
}

/* The URL as it was written, with *** for passwords. user_end: the '@' behind the user, or NULL. */
static corm_status show(struct parser *parser, const char *text, const char *user, const char *user_end,
                        const char *query)
{
	struct corm__buffer buffer;
	corm__buffer_init(&buffer, &parser->arena->allocator, 2 * URL_MAXIMUM);
	const char *rest = text;
	const char *colon = user_end ? memchr(user, ':', (size_t)(user_end - user)) : NULL;
	if (colon) {
		corm__buffer_add(&buffer, text, (size_t)(colon + 1 - text));
		corm__buffer_text(&buffer, "***");
		rest = user_end;
	}
	corm__buffer_add(&buffer, rest, query ? (size_t)(query - rest) : strlen(rest));
	size_t index = 0;
	while (query && *query) {
		size_t length = 1 + strcspn(query + 1, "&");
		const char *equals = memchr(query, '=', length);
		if (equals && is_secret_option(parser->url->options[index++].name)) {
			corm__buffer_add(&buffer, query, (size_t)(equals + 1 - query));
			corm__buffer_text(&buffer, "***");
		} else {
			corm__buffer_add(&buffer, query, length);
		}
		query += length;
	}
	parser->url->shown = buffer.status == CORM_OK ? corm__arena_copy(parser->arena, buffer.data, buffer.length) : NULL;
	corm__buffer_release(&buffer);
	return parser->url->shown ? CORM_OK : no_memory(parser->error);
}

corm_status corm__url_parse(struct corm_arena *arena, const char *text, corm_url *out, corm_error_store *error)
{
	*out = (corm_url){ .scheme = NULL };
	struct parser parser = { .arena = arena, .error = error, .url = out };
	if (strlen(text) > URL_MAXIMUM)
		return corm_error_set(error, CORM_ERROR_URL, "the database URL is longer than %d bytes", URL_MAXIMUM);
	const char *separator = strstr(text, "://");
	if (!separator)
		return corm_error_set(error, CORM_ERROR_URL, "the database URL has no \"://\", as sqlite:///library.db has");
	corm_status status = parse_scheme(&parser, part_until(text, separator));
	if (status != CORM_OK)
		return status;

	const char *authority = separator + 3, *hosts = authority, *user_end = NULL;
	const char *path = authority + strcspn(authority, "/?");
	const char *query = strchr(path, '?');
	for (const char *c = authority; c < path; c++) {
		if (*c == '@')
			user_end = c;
	}
	if (user_end) {
		hosts = user_end + 1;
		status = parse_user(&parser, part_until(authority, user_end));
	} else {
		parser.secret = strchr(path, '@') && memchr(authority, ':', (size_t)(path - authority));
	}
	if (status == CORM_OK)
		status = parse_hosts(&parser, part_until(hosts, path));
	struct part database = { path + 1, 0 };
	if (*path == '/')
		database = part_until(path + 1, query ? query : path + strlen(path));
	/* host:1/2@host looks like a password with a slash: better refuse it than show half of it in another message. */
	if (status == CORM_OK && parser.secret && memchr(database.text, '@', database.length))
		status = corm_error_set(error, CORM_ERROR_URL,
		                        "the URL has a \"@\" behind a \"/\": in a password \"/\" is written \"%%2F\", in the "
		                        "database's name \"@\" is written \"%%40\"");
	if (status == CORM_OK && database.length)
		status = decode(&parser, database, "database", false, &out->database);
	if (status == CORM_OK && query)
		status = parse_options(&parser, query + 1);
	return status == CORM_OK ? show(&parser, text, authority, user_end, query) : status;
}
