/* SPDX-License-Identifier: Apache-2.0
 *
 * What the scenarios share: the models of tests/scenarios/, and assertions on all that was sent and on what the
 * database has. The numbers in their comments are those of the reference, behaviours.py.
 */
#ifndef TESTS_SESSION_TEST_SCENARIOS_SUPPORT_H
#define TESTS_SESSION_TEST_SCENARIOS_SUPPORT_H

#include "scenarios.h"
#include "session/support.h"

#define HERO "SELECT hero.id, hero.name, hero.secret_name, hero.age, hero.team_id FROM hero"
#define TEAM "SELECT team.id, team.name, team.headquarters FROM team"
#define INSERT_TEAM "INSERT INTO team (name, headquarters) VALUES (?, ?)"
#define INSERT_HERO "INSERT INTO hero (name, secret_name, age, team_id) VALUES (?, ?, ?, ?)"
#define INSERT_TAG "INSERT INTO tag (label) VALUES (?)"
#define INSERT_LINK "INSERT INTO hero_tag (hero_id, tag_id) VALUES (?, ?)"
#define DELETE_LINK "DELETE FROM hero_tag WHERE hero_id=? AND tag_id=?"

/* Does the text match the pattern, in which each * stands for any text? */
static inline bool matches(const char *text, const char *pattern)
{
	const char *star = NULL, *again = NULL;
	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			again = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++again;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* Everything that was sent since the last time, or since statements_clear(): pairs of a pattern for the statement and
 * one for its parameters. */
#define assert_sent(...) check_sent((const char *const[]){ __VA_ARGS__, NULL }, __FILE__, __LINE__)
#define assert_nothing_sent() check_sent((const char *const[]){ NULL }, __FILE__, __LINE__)
static inline void check_sent(const char *const *expected, const char *file, int line)
{
	size_t count = 0;
	bool same = true;
	while (expected[count])
		count++;
	/* Another database gets other statements, of several rows at once; but none when there is nothing to do. */
	if (!test_database_shows_statements() && count && sent.count) {
		statements_clear();
		return;
	}
	for (size_t i = 0; i < sent.count && i < count / 2; i++)
		same = same && matches(sent.sql[i], expected[2 * i]) && matches(sent.parameters[i], expected[2 * i + 1]);
	if (!same || count != 2 * sent.count) {
		for (size_t i = 0; i < count / 2; i++)
			print_error("expected %zu: %s %s\n", i, expected[2 * i], expected[2 * i + 1]);
		for (size_t i = 0; i < sent.count; i++)
			print_error("sent     %zu: %s %s\n", i, sent.sql[i], sent.parameters[i]);
		_fail(file, line);
	}
	statements_clear();
}

/* What a SELECT of the test's own gives, in the session's transaction: columns between |, rows between spaces. */
#define assert_rows(session, sql, expected) check_rows(session, sql, expected, __FILE__, __LINE__)
static inline void check_rows(corm_session *session, const char *sql, const char *expected, const char *file, int line)
{
	char found[1024] = "";
	size_t length = 0;
	struct test_rows rows;
	const char *wrong = test_database_run(corm_session_native(session), sql, &rows, NULL);
	if (wrong) {
		print_error("%s: %s\n", sql, wrong);
		_fail(file, line);
	}
	for (size_t i = 0; i < rows.cells; i++) {
		const char *before = i % rows.columns ? "|" : length ? " " : "";
		length += (size_t)snprintf(found + length, sizeof found - length, "%s%s", before,
		                           rows.cell[i] ? rows.cell[i] : "NULL");
		assert_true(length < sizeof found);
	}
	test_rows_release(&rows);
	if (strcmp(found, expected) != 0) {
		print_error("%s\nexpected: %s\nfound:    %s\n", sql, expected, found);
		_fail(file, line);
	}
}

#define assert_state(session, object, expected) assert_int_equal(corm_state(session, object), expected)
#define assert_committed(session) \
	do { \
		if (corm_commit(session) != CORM_OK) \
			fail_msg("%s", corm_session_error(session)->message); \
	} while (0)
#define assert_flushed(session) \
	do { \
		if (corm_flush(session) != CORM_OK) \
			fail_msg("%s", corm_session_error(session)->message); \
	} while (0)
/* The call fails so, with that in its message; the error is cleared. */
#define assert_refused(session, call, expected, part) \
	do { \
		(void)(call); \
		assert_status(session, expected); \
		assert_contains(corm_session_error(session)->message, part); \
		corm_session_clear_error(session); \
	} while (0)
/* A list has these objects, in this order where the database keeps one: most relationships ask for none. */
#define assert_items(list, ...) \
	do { \
		const void *const items_[] = { __VA_ARGS__ }; \
		if ((list).count != sizeof items_ / sizeof *items_) \
			fail_msg("%zu items instead of %zu", (list).count, sizeof items_ / sizeof *items_); \
		for (size_t i_ = 0; i_ < (list).count; i_++) \
			assert_ptr_equal(the_item((const void *const *)(list).items, (list).count, i_, items_[i_]), items_[i_]); \
	} while (0)
static inline const void *the_item(const void *const *items, size_t count, size_t at, const void *expected)
{
	for (size_t i = 0; i < count && !test_database_keeps_order(); i++) {
		if (items[i] == expected)
			return expected;
	}
	return items[at];
}
#define assert_no_items(list) \
	do { \
		assert_non_null((list).items); \
		assert_int_equal((list).count, 0); \
	} while (0)
#define assert_empty(list) \
	do { \
		assert_int_equal((list).status, CORM_OK); \
		assert_int_equal((list).count, 0); \
	} while (0)

/* What the hooks of Article were called for, what the next of them returns, and what it does besides. */
static struct {
	int inserts, updates, deletes, loads;
	corm_status refuse;
	corm_status (*also)(corm_session *session);
} hooked;

static corm_status hook_result(corm_session *session)
{
	return hooked.also ? hooked.also(session) : hooked.refuse;
}

corm_status article_before_insert(corm_session *session, struct Article *article)
{
	hooked.inserts++;
	if (!article->slug)
		article->slug = corm_textf(session, "slug-%s", article->title);
	return hook_result(session);
}

corm_status article_before_update(corm_session *session, struct Article *article)
{
	hooked.updates++;
	article->edits++;
	return hook_result(session);
}

corm_status article_before_delete(corm_session *session, struct Article *article)
{
	(void)article;
	hooked.deletes++;
	return hook_result(session);
}

void article_after_load(corm_session *session, struct Article *article)
{
	(void)session;
	(void)article;
	hooked.loads++;
}

/* What the hooks of Label were called for, and what after_load() does. */
static int label_updates;
static void (*label_also)(corm_session *session);

corm_status label_before_update(corm_session *session, struct Label *label)
{
	(void)session;
	(void)label;
	label_updates++;
	return CORM_OK;
}

void label_after_load(corm_session *session, struct Label *label)
{
	(void)label;
	if (label_also)
		label_also(session);
}

/* The factory of Ticket, and how often it was called. */
static int codes;

corm_uuid next_code(void)
{
	return (corm_uuid){ .bytes = { 0xc0, [15] = (uint8_t)++codes } };
}

static inline int set_up(void **state)
{
	memset(&hooked, 0, sizeof hooked);
	codes = label_updates = 0;
	label_also = NULL;
	*state = database_open(NULL, &scenarios_metadata);
	return 0;
}

static inline int tear_down(void **state)
{
	database_close(*state);
	return 0;
}

#define scenario(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif
