/* SPDX-License-Identifier: Apache-2.0
 *
 * A pooler between the program and PostgreSQL, which gives the server's connections away by transactions
 * (tests/servers/pooled): two programs use it by turns, so that neither has a connection of its own.
 */
#include "session/support.h"

#include "library.h"

/* With an option in place of the URL's own, prepared=off. */
static corm_engine *open_engine(const char *prepared)
{
	char url[512];
	if (!test_database_is_far())
		skip();
	const char *own = getenv("CORM_TEST_URL");
	snprintf(url, sizeof url, "%.*s?prepared=%s", (int)strcspn(own, "?"), own, prepared);
	corm_engine *engine = corm_engine_open(url);
	if (!engine)
		fail_msg("%s", corm_last_error()->message);
	return engine;
}

static void make_tables(void)
{
	corm_engine *engine = open_engine("off");
	if (corm_drop_all(engine, &library_metadata) != CORM_OK || corm_create_all(engine, &library_metadata) != CORM_OK)
		fail_msg("%s", corm_last_error()->message);
	corm_session *session = corm_session_open(engine);
	struct Author *fred = Author_add(session, .name = "Fred");
	Author_add(session, .name = "Ada");
	Author_add(session, .name = "Grace");
	Book_add(session, .title = "Diving", .author = fred);
	Book_add(session, .title = "Sailing", .author = fred);
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_session_close(session);
	corm_engine_close(engine);
}

static void drop_tables(void)
{
	corm_engine *engine = open_engine("off");
	assert_int_equal(corm_drop_all(engine, &library_metadata), CORM_OK);
	corm_engine_close(engine);
}

/* Both hold a connection of the server's and give them back, so that each has the other's in the next round. The n-th
 * statement of one is another than that of the other. Returns the first error. */
static corm_status take_turns(const char *prepared, char *message, size_t size)
{
	corm_engine *engines[2] = { open_engine(prepared), open_engine(prepared) };
	corm_status status = CORM_OK;
	*message = '\0';
	for (int round = 0; round < 20 && status == CORM_OK; round++) {
		corm_session *sessions[2] = { corm_session_open(engines[0]), corm_session_open(engines[1]) };
		for (int i = 0; i < 2 && status == CORM_OK; i++) {
			int64_t count = i ? Author_count(sessions[i]) : Book_count(sessions[i]);
			status = corm_session_error(sessions[i])->status;
			if (status == CORM_OK)
				assert_int_equal(count, i ? 3 : 2);
			else
				snprintf(message, size, "%s", corm_session_error(sessions[i])->message);
		}
		corm_session_close(sessions[0]);
		corm_session_close(sessions[1]);
	}
	corm_engine_close(engines[0]);
	corm_engine_close(engines[1]);
	return status;
}

static void test_unprepared(void **state)
{
	char message[512];
	(void)state;
	make_tables();
	if (take_turns("off", message, sizeof message) != CORM_OK)
		fail_msg("%s", message);
	drop_tables();
}

/* What the other has prepared is never run for ours; ours is missing, and the error says what to do. */
static void test_prepared(void **state)
{
	char message[512];
	(void)state;
	make_tables();
	assert_int_equal(take_turns("on", message, sizeof message), CORM_ERROR_SQL);
	assert_contains(message, "a pooler between the program and the server needs the option prepared=off");
	drop_tables();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unprepared),
		cmocka_unit_test(test_prepared),
	};
	return cmocka_run_group_tests_name("session: through a pooler", tests, NULL, NULL);
}
