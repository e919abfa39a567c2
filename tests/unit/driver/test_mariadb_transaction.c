/* SPDX-License-Identifier: Apache-2.0
 *
 * Transactions on MariaDB, what ends a statement or a connection before its time, and what is left then.
 */
#include "mariadb_test.h"
#include <sys/wait.h>

/* ---- transactions -------------------------------------------------------------------------------------------------- */

static void test_transactions(void **state)
{
	struct client *client = *state;
	corm_error_store error;
	run(client, "CREATE OR REPLACE TABLE corm_tx (n INT PRIMARY KEY)");
	assert_int_equal(state_of(client), CORM_TRANSACTION_NONE);
	run(client, DRIVER->begin);
	assert_int_equal(state_of(client), CORM_TRANSACTION_OPEN);
	run(client, "INSERT INTO corm_tx VALUES (1)");
	run(client, "SAVEPOINT a");
	assert_fails(client, "INSERT INTO corm_tx VALUES (1)", CORM_ERROR_UNIQUE, "Duplicate entry");
	assert_int_equal(state_of(client), CORM_TRANSACTION_OPEN);
	run(client, "ROLLBACK TO SAVEPOINT a");
	assert_fails(client, "SELEKT", CORM_ERROR_SQL, "syntax");
	assert_fails(client, "SELECT 1 FROM corm_tx WHERE n = (SELECT 1 UNION SELECT 2)", CORM_ERROR_SQL,
	             "more than 1 row");
	assert_int_equal(state_of(client), CORM_TRANSACTION_OPEN);
	/* Through a prepared statement, as the core does it. */
	void *commit = prepare(client, "COMMIT");
	assert_int_equal(DRIVER->step(commit, &client->error), CORM_STEP_DONE);
	finish(commit);
	assert_int_equal(state_of(client), CORM_TRANSACTION_NONE);
	assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM corm_tx"), 1);
	/* DDL commits. */
	run(client, DRIVER->begin);
	run(client, "CREATE OR REPLACE TABLE corm_ddl (n INT)");
	assert_int_equal(state_of(client), CORM_TRANSACTION_NONE);
	run(client, "DROP TABLE corm_ddl");

	assert_int_equal(DRIVER->begin_as(client->connection, "SERIALIZABLE", false, &error), CORM_OK);
	assert_int_equal(state_of(client), CORM_TRANSACTION_OPEN);
	run(client, "ROLLBACK");
	assert_int_equal(DRIVER->begin_as(client->connection, NULL, true, &error), CORM_OK);
	assert_fails(client, "INSERT INTO corm_tx VALUES (5)", CORM_ERROR_READONLY, "READ ONLY transaction");
	assert_string_equal(client->error.error.sqlstate, "25006");
	assert_int_equal(state_of(client), CORM_TRANSACTION_OPEN);
	run(client, "ROLLBACK");
	assert_int_equal(DRIVER->begin_as(client->connection, "READ COMMITTED", true, &error), CORM_OK);
	run(client, "COMMIT");
	run(client, "INSERT INTO corm_tx VALUES (6)");
	assert_int_equal(DRIVER->begin_as(client->connection, "SNAPSHOT", false, &error), CORM_ERROR_USAGE);
	assert_contains(error.error.message, "there is no isolation level \"SNAPSHOT\"");
	assert_int_equal(state_of(client), CORM_TRANSACTION_NONE);
	run(client, "DROP TABLE corm_tx");
}

static int64_t count_begins(struct client *client)
{
	return query_integer(client, "SELECT CAST(variable_value AS INTEGER) FROM information_schema.session_status "
	                             "WHERE variable_name = 'COM_BEGIN'");
}

/* Transactions without a statement cost no round trip, and those that follow each other no beginning. */
static void test_postponed_begin(void **state)
{
	struct client *client = *state;
	int64_t before = count_begins(client);
	for (int i = 0; i < 3; i++) {
		run(client, DRIVER->begin);
		assert_int_equal(state_of(client), CORM_TRANSACTION_OPEN);
		run(client, i ? "COMMIT" : "ROLLBACK");
		assert_int_equal(state_of(client), CORM_TRANSACTION_NONE);
	}
	assert_int_equal(count_begins(client), before);
	for (int i = 0; i < 3; i++) {
		run(client, DRIVER->begin);
		assert_int_equal(query_integer(client, "SELECT @@in_transaction"), 1);
		run(client, i ? "COMMIT" : "ROLLBACK");
		assert_int_equal(state_of(client), CORM_TRANSACTION_NONE);
	}
	assert_int_equal(count_begins(client), before + 1);
	/* An end that nothing was begun for is none. */
	run(client, "COMMIT");
	assert_int_equal(query_integer(client, "SELECT @@in_transaction"), 0);
}

static void insert_prepared(struct client *client, int64_t number)
{
	void *insert = prepare(client, "INSERT INTO corm_tx VALUES (?)");
	assert_int_equal(begin(client, insert, &AS_INTEGER, &number), CORM_STEP_DONE);
	finish(insert);
}

/* What stands between two transactions is in neither, and the second has nothing of the first. */
static void test_between_transactions(void **state)
{
	struct client *client = *state, *other = open_client_with("", 0);
	static const char count[] = "SELECT COUNT(*) FROM corm_tx";
	run(client, "CREATE OR REPLACE TABLE corm_tx (n INT PRIMARY KEY)");
	run(client, DRIVER->begin);
	insert_prepared(client, 1);
	assert_int_equal(query_integer(other, count), 0);
	run(client, "COMMIT");
	assert_int_equal(query_integer(other, count), 1);
	insert_prepared(client, 2);
	assert_int_equal(query_integer(other, count), 2);
	run(client, DRIVER->begin);
	insert_prepared(client, 3);
	run(client, "ROLLBACK");
	run(client, "INSERT INTO corm_tx VALUES (4)");
	assert_int_equal(query_integer(other, count), 3);

	run(client, DRIVER->begin);
	assert_int_equal(query_integer(client, count), 3);
	run(client, "COMMIT");
	/* Neither a lock nor a snapshot is left. */
	run(other, "SET lock_wait_timeout = 1");
	run(other, "ALTER TABLE corm_tx ADD m INT NOT NULL DEFAULT 0");
	run(other, "DELETE FROM corm_tx");
	run(client, DRIVER->begin);
	assert_int_equal(query_integer(client, count), 0);
	run(client, "COMMIT");

	/* The handle of the client library is in the transaction, and outside of it when that has ended. */
	for (int i = 0; i < 2; i++) {
		run(client, DRIVER->begin);
		assert_int_equal(mysql_query(DRIVER->native(client->connection, &client->error),
		                             "INSERT INTO corm_tx VALUES (5, 0)"),
		                 0);
		assert_int_equal(query_integer(other, count), 0);
		run(client, "ROLLBACK");
		assert_int_equal(query_integer(client, count), 0);
	}
	run(client, DRIVER->begin);
	assert_int_equal(query_integer(client, count), 0);
	run(client, "COMMIT");
	assert_int_equal(mysql_query(DRIVER->native(client->connection, &client->error),
	                             "INSERT INTO corm_tx VALUES (6, 0)"),
	                 0);
	assert_int_equal(query_integer(other, count), 1);
	client_free(other);
	run(client, "DROP TABLE corm_tx");
}

/* What a transaction sets for those that follow is in force in the next one. */
static void test_settings_for_the_next(void **state)
{
	struct client *client = *state, *other = open_client_with("", 0);
	run(client, "CREATE OR REPLACE TABLE corm_tx (n INT)");
	run(client, DRIVER->begin);
	run(client, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
	run(client, "COMMIT");
	for (int i = 0; i < 2; i++) {
		run(client, DRIVER->begin);
		int64_t before = query_integer(client, "SELECT COUNT(*) FROM corm_tx");
		run(other, "INSERT INTO corm_tx VALUES (1)");
		assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM corm_tx"), before + 1);
		run(client, "COMMIT");
	}
	/* One that was begun with a level of its own leaves nothing of it, and finds nothing in its way. */
	corm_error_store error;
	assert_int_equal(DRIVER->begin_as(client->connection, "REPEATABLE READ", true, &error), CORM_OK);
	assert_fails(client, "INSERT INTO corm_tx VALUES (1)", CORM_ERROR_READONLY, "READ ONLY transaction");
	run(client, "ROLLBACK");
	run(client, DRIVER->begin);
	run(client, "INSERT INTO corm_tx VALUES (1)");
	run(client, "COMMIT");
	client_free(other);
	run(client, "DROP TABLE corm_tx");
}

/* A level that begin_as() asked for is in force, and gone with the transaction. */
static void test_isolation(void **state)
{
	struct client *client = *state, *other = open_client_with("", 0);
	corm_error_store error;
	run(client, "CREATE OR REPLACE TABLE corm_tx (n INT)");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(DRIVER->begin_as(client->connection, i ? NULL : "READ COMMITTED", i, &error), CORM_OK);
		int64_t before = query_integer(client, "SELECT COUNT(*) FROM corm_tx");
		run(other, "INSERT INTO corm_tx VALUES (1)");
		assert_int_equal(query_integer(client, "SELECT COUNT(*) FROM corm_tx"), before + !i);
		run(client, "COMMIT");
	}
	client_free(other);
	char url[512];
	make_url(url, sizeof url, NULL, "");
	other = client_new(url);
	other->settings.isolation_level = "SERIALIZABLE";
	assert_int_equal(client_connect(other), CORM_OK);
	assert_string_equal(query_text(other, "SELECT @@tx_isolation"), "SERIALIZABLE");
	client_free(other);
	run(client, "DROP TABLE corm_tx");
}

struct waiter {
	struct client *client;
	corm_status status;
	const char *sql;
};

static void *wait_for_lock(void *data)
{
	struct waiter *waiter = data;
	waiter->status = DRIVER->execute(waiter->client->connection, waiter->sql, &waiter->client->error);
	return NULL;
}

/* A waits for B, which then waits for A: one of them loses its transaction, and must not go on in none. */
static void test_deadlock(void **state)
{
	struct client *a = *state, *b = open_client();
	pthread_t thread;
	run(a, "CREATE OR REPLACE TABLE corm_lock (id INT PRIMARY KEY, n INT) ENGINE = InnoDB");
	run(a, "INSERT INTO corm_lock VALUES (1, 0), (2, 0)");
	run(a, DRIVER->begin);
	run(b, DRIVER->begin);
	run(a, "UPDATE corm_lock SET n = 1 WHERE id = 1");
	run(b, "UPDATE corm_lock SET n = 1 WHERE id = 2");
	struct waiter waiter = { a, CORM_OK, "UPDATE corm_lock SET n = 2 WHERE id = 2" };
	assert_int_equal(pthread_create(&thread, NULL, wait_for_lock, &waiter), 0);
	nap_ms(200);
	corm_status status = DRIVER->execute(b->connection, "UPDATE corm_lock SET n = 2 WHERE id = 1", &b->error);
	if (status != CORM_OK)
		DRIVER->execute(b->connection, "ROLLBACK", &(corm_error_store){ .used = 0 });
	pthread_join(thread, NULL);
	struct client *loser = status == CORM_OK ? a : b, *winner = status == CORM_OK ? b : a;
	assert_int_equal(status == CORM_OK ? waiter.status : status, CORM_ERROR_CONFLICT);
	assert_string_equal(loser->error.error.sqlstate, "40001");
	assert_contains(loser->error.error.message, "mariadb: Deadlock found");
	if (loser == a) {
		assert_int_equal(state_of(a), CORM_TRANSACTION_FAILED);
		corm_error_store error;
		assert_int_equal(DRIVER->execute(a->connection, "INSERT INTO corm_lock VALUES (3, 0)", &error),
		                 CORM_ERROR_USAGE);
		assert_contains(error.error.message, "ROLLBACK comes before anything else");
		assert_fails(a, "SELECT 1", CORM_ERROR_USAGE, "ROLLBACK comes before");
		assert_fails(a, "ROLLBACK TO SAVEPOINT x", CORM_ERROR_USAGE, "ROLLBACK comes before");
		assert_fails(a, "COMMIT", CORM_ERROR_USAGE, "ROLLBACK comes before");
		run(a, "ROLLBACK");
		assert_int_equal(state_of(a), CORM_TRANSACTION_NONE);
	}
	assert_true(DRIVER->alive(loser->connection));
	assert_int_equal(state_of(winner), CORM_TRANSACTION_OPEN);
	run(winner, "ROLLBACK");
	client_free(b);
	run(a, "DROP TABLE corm_lock");
}

/* A statement is the deadlock's victim while its rows come, and nobody reads to where the error is. */
static void test_deadlock_unread(void **state)
{
	struct client *a = *state, *b = open_client();
	pthread_t thread;
	run(a, "CREATE OR REPLACE TABLE corm_lock (id INT PRIMARY KEY, n INT, long_text VARCHAR(200)) ENGINE = InnoDB");
	run(a, "CREATE OR REPLACE TABLE corm_log (n INT) ENGINE = InnoDB");
	run(a, "INSERT INTO corm_lock SELECT seq, 0, REPEAT('x', 200) FROM seq_1_to_600");
	run(b, DRIVER->begin);
	run(b, "UPDATE corm_lock SET n = 1 WHERE id >= 500");
	run(a, DRIVER->begin);
	run(a, "INSERT INTO corm_log VALUES (1)");
	void *statement = prepare(a, "SELECT id, long_text FROM corm_lock ORDER BY id FOR UPDATE");
	assert_int_equal(next_integer(a, statement), 1);
	struct waiter waiter = { b, CORM_ERROR_SQL, "UPDATE corm_lock SET n = 2 WHERE id < 500" };
	assert_int_equal(pthread_create(&thread, NULL, wait_for_lock, &waiter), 0);
	pthread_join(thread, NULL);
	/* It has fewer changes to take back than the other one. */
	assert_int_equal(waiter.status, CORM_OK);
	DRIVER->reset(statement);
	assert_int_equal(state_of(a), CORM_TRANSACTION_FAILED);
	assert_fails(a, "INSERT INTO corm_log VALUES (2)", CORM_ERROR_USAGE, "ROLLBACK comes before");
	run(a, "ROLLBACK");
	assert_int_equal(query_integer(a, "SELECT COUNT(*) FROM corm_log"), 0);
	run(b, "ROLLBACK");
	finish(statement);
	client_free(b);
	run(a, "DROP TABLE corm_lock, corm_log");
}

/* What waits for a lock for too long may be tried again; its transaction is still there. */
static void test_lock_wait(void **state)
{
	struct client *a = *state, *b = open_client();
	run(a, "CREATE OR REPLACE TABLE corm_lock (id INT PRIMARY KEY) ENGINE = InnoDB");
	run(a, "INSERT INTO corm_lock VALUES (1)");
	run(a, DRIVER->begin);
	run(b, DRIVER->begin);
	run(a, "SELECT id FROM corm_lock WHERE id = 1 FOR UPDATE");
	assert_fails(b, "SELECT id FROM corm_lock WHERE id = 1 FOR UPDATE NOWAIT", CORM_ERROR_CONFLICT,
	             "Lock wait timeout");
	assert_int_equal(state_of(b), CORM_TRANSACTION_OPEN);
	run(b, "ROLLBACK");
	client_free(b);
	struct client *hasty = open_client_with("", 1000);
	assert_fails(hasty, "DELETE FROM corm_lock", CORM_ERROR_TIMEOUT, "longer than statement_timeout, 1000 ms");
	client_free(hasty);
	run(a, "ROLLBACK");
	run(a, "DROP TABLE corm_lock");
}

/* ---- ends ---------------------------------------------------------------------------------------------------------- */

static void test_statement_timeout(void **state)
{
	(void)state;
	struct client *client = open_client_with("", 1000);
	assert_fails(client, "SELECT COUNT(*) FROM seq_1_to_100000 a, seq_1_to_100000 b", CORM_ERROR_TIMEOUT,
	             "mariadb: the statement took longer than statement_timeout, 1000 ms");
	assert_int_equal(query_integer(client, "SELECT 1"), 1);
	run(client, "START TRANSACTION");
	assert_fails(client, "SELECT SLEEP(30)", CORM_ERROR_TIMEOUT, "statement_timeout");
	assert_int_equal(state_of(client), CORM_TRANSACTION_OPEN);
	/* In the midst of rows. */
	assert_fails(client, "SELECT seq, SLEEP(0.01) FROM seq_1_to_1000", CORM_ERROR_TIMEOUT, "statement_timeout");
	assert_int_equal(state_of(client), CORM_TRANSACTION_OPEN);
	run(client, "ROLLBACK");
	assert_true(DRIVER->alive(client->connection));
	client_free(client);
}

/* No timeout of connecting is one of statements. */
static void test_slow_statement(void **state)
{
	(void)state;
	char url[512];
	make_url(url, sizeof url, NULL, "");
	struct client *client = client_new(url);
	client->settings.connect_timeout_ms = 1000;
	assert_int_equal(client_connect(client), CORM_OK);
	assert_int_equal(query_integer(client, "SELECT SLEEP(2)"), 0);
	client_free(client);
}

struct canceller {
	struct client *client;
	atomic_bool stop;
};

/* Until the statement is there, a cancel hits nothing. */
static void *keep_cancelling(void *data)
{
	struct canceller *canceller = data;
	while (!atomic_load(&canceller->stop)) {
		nap_ms(50);
		DRIVER->cancel(canceller->client->connection);
	}
	return NULL;
}

static void test_cancel(void **state)
{
	struct client *client = *state;
	static const char *const texts[] = {
		"SELECT COUNT(*) FROM seq_1_to_100000 a, seq_1_to_100000 b",
		"SELECT seq, SLEEP(0.01) FROM seq_1_to_1000",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		pthread_t thread;
		struct canceller canceller = { .client = client };
		assert_int_equal(pthread_create(&thread, NULL, keep_cancelling, &canceller), 0);
		assert_fails(client, texts[i], CORM_ERROR_CANCELLED, "interrupted");
		assert_string_equal(client->error.error.sqlstate, "70100");
		atomic_store(&canceller.stop, true);
		pthread_join(thread, NULL);
		assert_true(DRIVER->alive(client->connection));
		assert_int_equal(query_integer(client, "SELECT 1"), 1);
	}
	/* Nothing runs: nothing happens. */
	DRIVER->cancel(client->connection);
	assert_int_equal(query_integer(client, "SELECT 1"), 1);
}

static void test_killed(void **state)
{
	struct client *client = *state;
	run(client, "START TRANSACTION");
	assert_true(DRIVER->alive(client->connection));
	kill_connection(client);
	assert_false(DRIVER->alive(client->connection));
	assert_int_equal(state_of(client), CORM_TRANSACTION_NONE);
	corm_error_store error;
	assert_int_equal(DRIVER->execute(client->connection, "SELECT 1", &error), CORM_ERROR_CONNECT);
	assert_false(DRIVER->alive(client->connection));
}

static void *kill_soon(void *data)
{
	struct client *client = data;
	char sql[64];
	nap_ms(200);
	struct client *killer = open_client();
	snprintf(sql, sizeof sql, "KILL %lu", mysql_thread_id((MYSQL *)client->settings.notice_data));
	run(killer, sql);
	client_free(killer);
	return NULL;
}

/* While a statement waits for its answer, and while rows are on the wire. */
static void test_killed_in_a_statement(void **state)
{
	(void)state;
	for (int rows = 0; rows < 2; rows++) {
		struct client *client = open_client();
		void *waiting = prepare(client, "SELECT seq FROM seq_1_to_100000");
		pthread_t thread;
		client->settings.notice_data = DRIVER->native(client->connection, &client->error);
		run(client, "START TRANSACTION");
		if (rows)
			assert_int_equal(next_integer(client, waiting), 1);
		assert_int_equal(pthread_create(&thread, NULL, kill_soon, client), 0);
		assert_fails(client, "SELECT SLEEP(5)", CORM_ERROR_CONNECT, "");
		pthread_join(thread, NULL);
		assert_false(DRIVER->alive(client->connection));
		assert_int_equal(state_of(client), CORM_TRANSACTION_NONE);
		DRIVER->reset(waiting);
		assert_int_equal(DRIVER->step(waiting, &client->error), CORM_STEP_ERROR);
		assert_int_equal(client->error.error.status, CORM_ERROR_CONNECT);
		finish(waiting);
		client_free(client);
	}
}

/* A forked child gives its copy back, and the parent's connection goes on. */
static void test_abandon(void **state)
{
	struct client *client = *state;
	void *statement = prepare(client, "SELECT seq FROM seq_1_to_3");
	assert_int_equal(next_integer(client, statement), 1);
	fflush(NULL);
	pid_t child = fork();
	if (!child) {
		DRIVER->abandon(client->connection);
		DRIVER->finalize(statement);
		_exit(DRIVER->alive(client->connection) ? 1 : 0);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(next_integer(client, statement), 2);
	assert_int_equal(count_rows(client, statement), 1);
	finish(statement);
	assert_int_equal(query_integer(client, "SELECT 1"), 1);
}

static void test_notices(void **state)
{
	struct client *client = *state;
	run(client, "DROP TABLE IF EXISTS no_such_table");
	assert_contains(client->notices, "NOTICE: Unknown table '");
	client->notices[0] = '\0';
	void *insert = prepare(client, "INSERT IGNORE INTO t (id, name) VALUES (1, ?)");
	assert_int_equal(begin(client, insert, &AS_TEXT, &(const char *){ "longer than twenty characters" }),
	                 CORM_STEP_DONE);
	finish(insert);
	assert_contains(client->notices, "WARNING: Data truncated for column 'name'");
	assert_int_equal(DRIVER->changes(client->connection), 1);
	assert_int_equal(DRIVER->last_id(client->connection), 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_transactions, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_postponed_begin, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_between_transactions, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_settings_for_the_next, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_isolation, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_deadlock, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_deadlock_unread, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_lock_wait, set_up, tear_down),
	cmocka_unit_test(test_statement_timeout),
	cmocka_unit_test(test_slow_statement),
	cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_killed, set_up, tear_down),
	cmocka_unit_test(test_killed_in_a_statement),
	cmocka_unit_test_setup_teardown(test_abandon, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_notices, set_up_simple_table, tear_down),
};

MARIADB_TESTS(tests)
