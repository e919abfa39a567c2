/* SPDX-License-Identifier: Apache-2.0
 *
 * Two sessions count up in the same rows, read them anew at any time, flush, commit and take back, in savepoints and
 * without, at random. What was committed is what the rows have counted, with a version column and without: no update is
 * lost, whenever the values that it was computed from were read.
 */
#include "session/place.h"
#include "session/test_scenarios_support.h"

enum { SESSIONS = 2, ROWS = 3, OPERATIONS = 20000 };

struct counter {
	corm_session *session;
	struct Setting *settings[ROWS];
	struct Account *accounts[ROWS];
	int assigned[2 * ROWS]; /* since the last flush */
	int flushed[2 * ROWS];  /* since the last commit */
	int saved[2 * ROWS];    /* of these, before the savepoint */
	bool nested;
};

static int committed[2 * ROWS];
static uint64_t seed;

static unsigned any(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

static void take_back(struct counter *counter)
{
	assert_int_equal(corm_rollback(counter->session), CORM_OK);
	memset(counter->assigned, 0, sizeof counter->assigned);
	memset(counter->flushed, 0, sizeof counter->flushed);
	counter->nested = false;
}

/* After a flush, or what begins with one. */
static void settle(struct counter *counter, corm_status status)
{
	if (status != CORM_OK) {
		assert_true(status == CORM_ERROR_CONFLICT || status == CORM_ERROR_TIMEOUT);
		take_back(counter);
		return;
	}
	for (int i = 0; i < 2 * ROWS; i++) {
		counter->flushed[i] += counter->assigned[i];
		counter->assigned[i] = 0;
	}
}

static void count_up(struct counter *counter, int row, bool version)
{
	if (version && counter->accounts[row])
		counter->accounts[row]->balance++;
	else if (!version && counter->settings[row])
		counter->settings[row]->hits++;
	else
		return;
	counter->assigned[version ? ROWS + row : row]++;
}

static const char *name_of(int row)
{
	static const char *const names[ROWS] = { "a", "b", "c" };
	return names[row];
}

static void get(struct counter *counter, int row, bool version)
{
	if (version)
		counter->accounts[row] = Account_get(counter->session, row + 1);
	else
		counter->settings[row] = Setting_get(counter->session, name_of(row));
	if (corm_session_error(counter->session)->status != CORM_OK)
		settle(counter, corm_session_error(counter->session)->status);
}

static void refresh(struct counter *counter, int row, bool version)
{
	corm_status status = CORM_OK;
	if (version && counter->accounts[row])
		status = Account_refresh(counter->session, counter->accounts[row]);
	else if (!version && counter->settings[row])
		status = Setting_refresh(counter->session, counter->settings[row]);
	else
		return;
	counter->assigned[version ? ROWS + row : row] = 0;
	if (status != CORM_OK)
		settle(counter, status);
}

static void begin_or_end_nested(struct counter *counter)
{
	if (!counter->nested) {
		corm_status status = corm_begin_nested(counter->session);
		settle(counter, status);
		counter->nested = status == CORM_OK;
		memcpy(counter->saved, counter->flushed, sizeof counter->saved);
	} else if (any(2)) {
		settle(counter, corm_commit_nested(counter->session));
		counter->nested = false;
	} else {
		assert_int_equal(corm_rollback_nested(counter->session), CORM_OK);
		memset(counter->assigned, 0, sizeof counter->assigned);
		memcpy(counter->flushed, counter->saved, sizeof counter->flushed);
		counter->nested = false;
	}
}

static void commit(struct counter *counter)
{
	corm_status status = corm_commit(counter->session);
	settle(counter, status);
	counter->nested = false;
	for (int i = 0; i < 2 * ROWS && status == CORM_OK; i++) {
		committed[i] += counter->flushed[i];
		counter->flushed[i] = 0;
	}
}

static void operate(struct counter *counter)
{
	int row = (int)any(ROWS);
	bool version = any(2);
	switch (any(13)) {
	case 0:
	case 1:
	case 2:
		count_up(counter, row, version);
		break;
	case 3:
	case 4:
		get(counter, row, version);
		break;
	case 5:
		settle(counter, version ? Account_all(counter->session).status : Setting_all(counter->session).status);
		break;
	case 6:
		settle(counter, corm_flush(counter->session));
		break;
	case 7:
		refresh(counter, row, version);
		break;
	case 8: /* another column, which is nobody's business */
		if (counter->settings[row])
			counter->settings[row]->value = corm_textf(counter->session, "%u", any(1000));
		break;
	case 9:
		take_back(counter);
		break;
	case 10:
		begin_or_end_nested(counter);
		break;
	default:
		commit(counter);
		break;
	}
}

static void check(corm_engine *engine)
{
	corm_autoclose corm_session *session = corm_session_open(engine);
	for (int row = 0; row < ROWS; row++) {
		assert_int_equal(Setting_get(session, name_of(row))->hits, committed[row]);
		assert_int_equal(Account_get(session, row + 1)->balance, committed[ROWS + row]);
	}
}

static void test_no_update_is_lost(void **state)
{
	(void)state;
	char busy[600];
	const char *wait = test_database_has_one_writer() ? "busy_timeout=0" : NULL;
	corm_engine *engine = database_open(test_database_with(url, wait, busy, sizeof busy), &scenarios_metadata);
	test_database_hurry(engine);
	corm_engine_on_statement(engine, NULL, NULL);
	struct counter counters[SESSIONS] = { { .session = corm_session_open(engine) },
		                                  { .session = corm_session_open(engine) } };
	for (int row = 0; row < ROWS; row++) {
		Setting_add(counters[0].session, .name = name_of(row), .hits = 0);
		Account_add(counters[0].session, .owner = name_of(row), .balance = 0);
	}
	assert_int_equal(corm_commit(counters[0].session), CORM_OK);
	const int operations = test_database_is_far() ? OPERATIONS / 10 : OPERATIONS;
	for (seed = 1; seed < 6; seed++) {
		uint64_t first = seed;
		for (int i = 0; i < operations; i++) {
			operate(&counters[any(SESSIONS)]);
			if (i % 1000 == 999) {
				take_back(&counters[0]);
				take_back(&counters[1]);
				check(engine);
			}
		}
		seed = first;
	}
	for (int row = 0; row < 2 * ROWS; row++)
		assert_true(committed[row] > operations / 200); /* and some were made */
	corm_session_close(counters[0].session);
	corm_session_close(counters[1].session);
	corm_engine_close(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_update_is_lost, place_set_up, place_tear_down),
	};
	return cmocka_run_group_tests_name("session: conflicts", tests, NULL, NULL);
}
