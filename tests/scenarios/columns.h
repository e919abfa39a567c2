/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns that others fill in: the database, a clock, a version, hooks; and a natural key.
 */
#pragma once
#include <cormorant/model.h>
#include <cormorant/session.h>

struct Article;

struct Stamp {
	int64_t id corm_field(primary_key);
	int32_t v;
	corm_optional(corm_datetime) created corm_field(server_default(now));
	corm_optional(corm_datetime) updated corm_field(onupdate(now));
	int32_t writes corm_field(onupdate("writes + 1"));
} corm_table();

struct Account {
	int64_t id corm_field(primary_key);
	const char *owner corm_field(unique);
	int64_t balance;
	int32_t version corm_field(version);
} corm_table();

struct Setting {
	const char *name corm_field(primary_key);
	const char *value corm_field(nullable, default("none"));
	int32_t hits corm_field(default(1));
	corm_optional(int64_t) account_id corm_field(foreign_key(Account.id));
	struct Account *account corm_relationship();
} corm_table();

/* Hooks, which the test defines. */
/* A factory of the test's own, which counts its calls; and text that may be changed in place. */
corm_uuid next_code(void);

struct Ticket {
	int64_t id corm_field(primary_key);
	corm_uuid code corm_field(default_factory(next_code));
	char *note corm_field(nullable);
} corm_table();

corm_status article_before_insert(corm_session *session, struct Article *article);
corm_status article_before_update(corm_session *session, struct Article *article);
corm_status article_before_delete(corm_session *session, struct Article *article);
void article_after_load(corm_session *session, struct Article *article);

struct Article {
	int64_t id corm_field(primary_key);
	const char *title;
	const char *slug corm_field(nullable);
	int32_t edits;
} corm_table(before_insert(article_before_insert), before_update(article_before_update),
             before_delete(article_before_delete), after_load(article_after_load));
