/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys that share columns, hold a 0, or lead to other columns than a primary key's; what a DELETE takes along in the
 * database; and hooks of rows that lead to others.
 */
#include "session/test_scenarios_support.h"

static void test_keys_that_share_a_column(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Writer *writer = Writer_add(session, .tenant = 1, .id = 10);
	struct Press *press = Press_add(session, .tenant = 1, .id = 20);
	struct Paper *paper = Paper_add(session, .id = 1);
	corm_session_autoflush(session, false);
	assert_int_equal(Writer_papers_add(session, writer, paper), CORM_OK);
	assert_int_equal(Press_papers_add(session, press, paper), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT tenant, writer, press FROM paper", "1|10|20");
	assert_int_equal(paper->tenant, 1);
	assert_int_equal(paper->press, 20);
}

static void test_links_that_share_a_column(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Crew *crew = Crew_add(session, .tenant = 1, .id = 10);
	struct Skill *skill = Skill_add(session, .tenant = 1, .id = 20), *other = Skill_add(session, .tenant = 1, .id = 21);
	assert_int_equal(Crew_skills_add(session, crew, skill), CORM_OK);
	assert_int_equal(Skill_crews_add(session, other, crew), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT tenant, crew, skill FROM crew_skill ORDER BY skill", "1|10|20 1|10|21");
	assert_int_equal(Crew_skills(session, crew).count, 2);
	/* Taken away from one side and put back from the other: nothing. */
	corm_session_autoflush(session, false);
	Skill_refresh(session, skill);
	statements_clear();
	assert_int_equal(Crew_skills_remove(session, crew, skill), CORM_OK);
	assert_int_equal(Skill_crews_add(session, skill, crew), CORM_OK);
	assert_flushed(session);
	assert_nothing_sent();
}

/* The pointer has not been loaded: only the column's value tells. */
static void test_a_key_to_a_unique_column(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	Country_add(session, .code = "de");
	Port_add(session, .code = "de");
	Port_add(session, .code = "de");
	assert_committed(session);
	assert_int_equal(corm_session_reset(session), CORM_OK);
	struct Country *country = Country_get(session, 1);
	struct Port *port = Port_get(session, 1);
	assert_int_equal(Country_ports(session, country).count, 2);
	assert_ptr_equal(Port_country(session, port), country);
	corm_expunge_all(session);
	country = Country_get(session, 1);
	port = Port_get(session, 1);
	assert_int_equal(Country_ports_remove(session, country, port), CORM_OK);
	assert_flushed(session);
	assert_rows(session, "SELECT code FROM port ORDER BY id", "NULL de");
	assert_int_equal(Country_delete(session, country), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT code FROM port", "NULL NULL");
}

static void test_a_key_of_another_layout(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Land *land = Land_add(session, .code = "de");
	Town_add(session, .land = land);
	assert_committed(session);
	assert_int_equal(corm_session_reset(session), CORM_OK);
	land = Land_get(session, "de");
	struct Town *town = Town_get(session, 1);
	statements_clear();
	assert_ptr_equal(Town_land(session, town), land);
	assert_nothing_sent();
	assert_int_equal(Land_delete(session, land), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT count(*) FROM town", "0");
}

/* 0 is a part of a key like any other; without any part, the key is not set. */
static void test_a_key_with_a_zero(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Bin *bin = Bin_add(session, .region = "EU", .number = 0);
	struct Item *item = Item_add(session, .bin = bin);
	Item_add(session, .region = "EU", .number = 0);
	assert_committed(session);
	assert_int_equal(Bin_items(session, bin).count, 2);
	assert_int_equal(corm_session_reset(session), CORM_OK);
	item = Item_get(session, 1);
	assert_non_null(Item_bin(session, item));
	corm_expunge_all(session);
	Item_list items = Item_all(session, corm_load(Item.bin));
	assert_int_equal(items.count, 2);
	assert_non_null(items.items[1]->bin);
	Item_add(session);
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "Item.number: the foreign key is not set");
}

/* The database carries it on from table to table, also by way of one that the session does not know. */
static void test_delete_where_goes_on(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_autoclose corm_session *other = corm_session_open(*state);
	Ocean_add(other, .id = 1);
	Sea_add(other, .id = 1, .ocean_id = 1);
	Bay_add(other, .id = 1, .sea_id = 1);
	assert_committed(other);
	struct Bay *bay = Bay_get(session, 1);
	assert_non_null(bay);
	assert_int_equal(Ocean_delete_where(session, corm_all_rows()), 1);
	assert_null(Bay_get(session, 1));
	assert_ok(session);
	corm_rollback(session);
	assert_ptr_equal(Bay_get(session, 1), bay);
}

static void test_before_update_of_a_pointer(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Country *country = Country_add(session, .code = "de");
	struct Label *label = Label_add(session, .text = "x");
	assert_committed(session);
	Label_refresh(session, label);
	Country_refresh(session, country);
	label_updates = 0;
	label->country = country;
	assert_flushed(session);
	assert_int_equal(label_updates, 1);
	assert_int_equal(label->country_id.value, country->id);
	assert_flushed(session);
	assert_int_equal(label_updates, 1);
}

static void query_labels(corm_session *session)
{
	assert_null(Label_get(session, 2));
}

static void add_label(corm_session *session)
{
	Label_add(session, .text = "z");
}

static void commit_labels(corm_session *session)
{
	assert_int_equal(corm_commit(session), CORM_ERROR_USAGE);
}

/* The statement that gave the row still runs, and the row has no object yet. */
static void test_after_load_keeps_to_its_row(void **state)
{
	static void (*const forbidden[])(corm_session *) = { query_labels, add_label, commit_labels };
	corm_autoclose corm_session *session = corm_session_open(*state);
	Label_add(session, .text = "x");
	Label_add(session, .text = "y");
	assert_committed(session);
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		corm_session_reset(session);
		label_also = forbidden[i];
		assert_refused(session, Label_get(session, 1), CORM_ERROR_USAGE, "after_load()");
		assert_refused(session, Label_all(session, corm_readonly()), CORM_ERROR_USAGE, "after_load()");
		corm_stream *stream = Label_stream(session);
		assert_refused(session, Label_stream_next(stream), CORM_ERROR_USAGE, "after_load()");
		corm_stream_close(stream);
		label_also = NULL;
		assert_int_equal(Label_all(session).count, 2);
	}
}

/* After a failed flush a row that was read in it is as it is, but for what the program had changed. */
static void test_a_row_that_was_read_by_a_failed_flush(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_autoclose corm_session *other = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "T", .headquarters = "t");
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h", .team = team, .age = corm_some(1));
	assert_committed(session);
	struct Hero *theirs = Hero_get(other, 1);
	corm_assign(theirs->age, 10);
	assert_committed(other);
	hero->name = "I";
	assert_int_equal(Team_delete(session, team), CORM_OK);
	struct Team *wrong = Team_add(session, .name = "W", .headquarters = corm_textf(session, "%60s", "too long"));
	assert_refused(session, corm_flush(session), CORM_ERROR_VALIDATION, "Team.headquarters");
	assert_string_equal(hero->name, "I");
	assert_int_equal(hero->age.value, 10);
	assert_int_equal(hero->team_id.value, 1);
	wrong->headquarters = "short";
	statements_clear();
	assert_committed(session);
	assert_sent("SELECT *", "[1]", "INSERT INTO team *", "*", "UPDATE hero SET name=?, team_id=? WHERE id=?",
	            "[\"I\",null,1]", "DELETE FROM team *", "[1]");
	assert_rows(session, "SELECT name, age FROM hero", "I|10");
}

/* A row that somebody else has deleted; a new one takes its key. */
static void test_a_key_used_again(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Ocean *old = Ocean_add(session, .id = 7);
	assert_committed(session);
	assert_ptr_equal(Ocean_get(session, 7), old);
	assert_int_equal(Ocean_delete_where(session, corm_all_rows()), 1);
	struct Ocean *new = Ocean_add(session, .id = 7);
	assert_flushed(session);
	assert_state(session, old, CORM_STATE_DELETED);
	assert_ptr_equal(Ocean_get(session, 7), new);
	corm_rollback(session);
	assert_ptr_equal(Ocean_get(session, 7), old);
	assert_state(session, new, CORM_STATE_EXPUNGED);
}

static void test_load_after_an_expunge(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "T", .headquarters = "t");
	struct Hero *hero = Hero_add(session, .name = "H", .secret_name = "h", .team = team);
	assert_committed(session);
	Team_refresh(session, team);
	Hero_refresh(session, hero);
	assert_ptr_equal(Hero_team(session, hero), team);
	assert_int_equal(corm_expunge(session, team), CORM_OK);
	assert_int_equal(Hero_all(session, corm_load(Hero.team)).count, 1);
	assert_ptr_not_equal(hero->team, team);
	assert_state(session, hero->team, CORM_STATE_PERSISTENT);
}

/* Rows of a link model that are objects too, in a list. */
static void test_a_link_in_a_list(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Reader *reader = Reader_add(session, .name = "R");
	struct Volume *one = Volume_add(session, .title = "1"), *two = Volume_add(session, .title = "2");
	assert_int_equal(Reader_volumes_add(session, reader, one), CORM_OK);
	assert_int_equal(Reader_volumes_add(session, reader, two), CORM_OK);
	assert_committed(session);
	Loan_list loans = Loan_all(session, corm_order_by(Loan.id));
	assert_int_equal(loans.count, 2);
	assert_int_equal(Reader_volumes_remove(session, reader, one), CORM_OK);
	assert_flushed(session);
	assert_state(session, loans.items[0], CORM_STATE_DELETED);
	assert_state(session, loans.items[1], CORM_STATE_PERSISTENT);
	assert_int_equal(Loan_all(session).count, 1);
	corm_rollback(session);
	assert_int_equal(Loan_all(session).count, 2);
	assert_state(session, loans.items[0], CORM_STATE_PERSISTENT);
}

static void test_insert_many_of_a_new_parent(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_session_autoflush(session, false);
	struct Team *team = Team_add(session, .name = "T", .headquarters = "t");
	const struct Hero heroes[] = { { .name = "H", .secret_name = "h", .team = team } };
	assert_refused(session, Hero_insert_many(session, heroes, 1), CORM_ERROR_USAGE,
	               "row 0: Hero.team points to a new Team: call corm_flush() before");
	assert_flushed(session);
	assert_int_equal(Hero_insert_many(session, heroes, 1), CORM_OK);
	assert_committed(session);
	assert_rows(session, "SELECT team_id FROM hero", "1");
}

/* What corm_only() has left out has no old value to compare. */
static void test_a_change_of_what_was_left_out(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	Hero_add(session, .name = "H", .secret_name = "h", .age = corm_some(30));
	assert_committed(session);
	assert_int_equal(corm_session_reset(session), CORM_OK);
	struct Hero *hero = Hero_first(session, corm_only(Hero.name));
	assert_committed(session);
	corm_assign(hero->age, 31);
	statements_clear();
	assert_committed(session);
	assert_sent(HERO " WHERE hero.id = ?", "[1]", "UPDATE hero SET age=? WHERE id=?", "[31,1]");
	assert_string_equal(hero->secret_name, "h");
}

/* A member that the program and somebody else have changed. The row is read anew in between: what the program made of
 * the old value does not overwrite the new one. */
static void test_a_change_of_both(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_autoclose corm_session *other = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "A", .secret_name = "a", .age = corm_some(1));
	assert_committed(session);
	struct Hero *theirs = Hero_get(other, 1);
	corm_assign(theirs->age, 10);
	theirs->name = "B";
	assert_committed(other);
	corm_assign(hero->age, hero->age.value + 1);
	assert_ptr_equal(Hero_get(session, 1), hero);
	assert_int_equal(hero->age.value, 2);
	assert_string_equal(hero->name, "B");
	statements_clear();
	assert_int_equal(corm_commit(session), CORM_ERROR_CONFLICT);
	assert_contains(corm_session_error(session)->message, "an UPDATE of \"hero\", key 1, met 0 rows");
	assert_sent("UPDATE hero SET age=? WHERE id=? AND age IS ?", "[2,1,1]");
	corm_rollback(session);
	Hero_refresh(session, hero);
	corm_assign(hero->age, hero->age.value + 1);
	statements_clear();
	assert_committed(session);
	assert_sent("UPDATE hero SET age=? WHERE id=?", "[11,1]");
}

/* The same with a version, which stands for the whole row. */
static void test_a_change_of_an_old_version(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_autoclose corm_session *other = corm_session_open(*state);
	struct Account *account = Account_add(session, .owner = "o", .balance = 5);
	assert_committed(session);
	Account_get(other, 1)->owner = "p";
	assert_committed(other);
	account->balance += 1;
	assert_ptr_equal(Account_get(session, 1), account);
	assert_int_equal(corm_commit(session), CORM_ERROR_CONFLICT);
	corm_rollback(session);
	Account_refresh(session, account);
	account->balance += 1;
	assert_committed(session);
	assert_rows(session, "SELECT owner, balance, version FROM account", "p|6|3");
}

/* 2026-01-02 03:04, and seconds. */
static corm_datetime moment(int seconds)
{
	corm_datetime moment;
	assert_int_equal(corm_datetime_parse("2026-01-02 03:04:00", &moment), CORM_OK);
	moment.microseconds += seconds * INT64_C(1000000);
	return moment;
}

/* What other programs have written in other words is the same value. */
static void test_an_old_value_in_other_words(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Stamp *stamp = Stamp_add(session, .created = corm_some(moment(5)));
	assert_committed(session);
	assert_changed(session, "UPDATE stamp SET created='2026-01-02T03:04:05'", 1);
	assert_committed(session);
	Stamp_refresh(session, stamp);
	assert_committed(session);
	corm_assign(stamp->created, moment(6));
	statements_clear();
	assert_committed(session);
	assert_sent("UPDATE stamp * WHERE id=? AND created IS ?*", "*", "SELECT *", "[1]", "UPDATE stamp * WHERE id=?*",
	            "*");
	assert_rows(session, "SELECT created FROM stamp", "2026-01-02 03:04:06.000000");
}

/* Text that is read anew into a member that the program has changed. */
static void test_text_read_anew_beside_a_change(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_autoclose corm_session *other = corm_session_open(*state);
	char first[] = "first text", mine[] = "mine", theirs_text[] = "theirs, which is another",
		 again[] = "theirs, which is another";
	struct Ticket *ticket = Ticket_add(session, .note = first);
	assert_committed(session);
	struct Ticket *theirs = Ticket_get(other, 1);
	theirs->note = theirs_text;
	assert_committed(other);
	ticket->note = mine;
	assert_ptr_equal(Ticket_get(session, 1), ticket);
	assert_string_equal(ticket->note, "mine");
	assert_true(corm_is_modified(session, ticket));
	for (int i = 0; i < 10; i++)
		assert_non_null(corm_textf(session, "%60d", i));
	ticket->note = first;
	assert_false(corm_is_modified(session, ticket));
	ticket->note = again;
	assert_int_equal(corm_commit(session), CORM_ERROR_CONFLICT);
	corm_rollback(session);
	assert_int_equal(Ticket_refresh(session, ticket), CORM_OK);
	assert_string_equal(ticket->note, again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scenario(test_keys_that_share_a_column),
		scenario(test_links_that_share_a_column),
		scenario(test_a_key_to_a_unique_column),
		scenario(test_a_key_of_another_layout),
		scenario(test_a_key_with_a_zero),
		scenario(test_delete_where_goes_on),
		scenario(test_before_update_of_a_pointer),
		scenario(test_after_load_keeps_to_its_row),
		scenario(test_a_row_that_was_read_by_a_failed_flush),
		scenario(test_a_key_used_again),
		scenario(test_load_after_an_expunge),
		scenario(test_a_link_in_a_list),
		scenario(test_insert_many_of_a_new_parent),
		scenario(test_a_change_of_what_was_left_out),
		scenario(test_a_change_of_both),
		scenario(test_a_change_of_an_old_version),
		scenario(test_an_old_value_in_other_words),
		scenario(test_text_read_anew_beside_a_change),
	};
	return cmocka_run_group_tests_name("session: scenarios of keys", tests, NULL, NULL);
}
