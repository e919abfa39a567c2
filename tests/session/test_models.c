/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys made by the database, optionals, enums, many-to-many, trees, composite keys, server defaults, every kind of
 * column.
 */
#include "rich.h"
#include "session/support.h"
#include <math.h>

static int set_up(void **state)
{
	*state = database_open(NULL, &rich_metadata);
	return 0;
}

static int tear_down(void **state)
{
	database_close(*state);
	return 0;
}

static void test_keys_from_the_database(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "Preventers");
	struct Hero *hero = Hero_add(session, .name = "Rusty", .age = corm_some(48), .team = team, .power = POWER_STRENGTH);
	struct Hero *alone = Hero_add(session, .name = "Alone");
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(team->id, 1);
	assert_int_equal(hero->id, 1);
	assert_int_equal(alone->id, 2);
	assert_true(hero->team_id.has_value);
	assert_int_equal(hero->team_id.value, 1);
	assert_sent_sql(0, "INSERT INTO team (name) VALUES (?)");
	assert_sent_sql(1, "INSERT INTO hero (name, age, power, team_id) VALUES (?, ?, ?, ?)");
	assert_sent_parameters(1, "[\"Rusty\",48,\"STRENGTH\",1]");
	assert_sent_parameters(2, "[\"Alone\",null,\"NONE\",null]");

	corm_session_reset(session);
	statements_clear();
	hero = Hero_get(session, 1);
	assert_int_equal(hero->power, POWER_STRENGTH);
	assert_true(hero->age.has_value);
	assert_int_equal(hero->age.value, 48);
	assert_string_equal(Hero_team(session, hero)->name, "Preventers");
	assert_sent_count(2);
	/* A key that is NULL asks nothing. */
	alone = Hero_get(session, 2);
	assert_null(Hero_team(session, alone));
	assert_sent_count(3);
	assert_ok(session);
}

static void test_where_on_kinds(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Team *team = Team_add(session, .name = "Z");
	Hero_add(session, .name = "A", .age = corm_some(30), .power = POWER_FLIGHT, .team = team);
	Hero_add(session, .name = "B", .power = POWER_STRENGTH);
	Hero_add(session, .name = "C%", .age = corm_some(3));
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(Hero_count(session, corm_where(corm_eq(Hero.power, POWER_STRENGTH))), 1);
	assert_int_equal(Hero_count(session, corm_where(corm_in(Hero.power, POWER_FLIGHT, POWER_NONE))), 2);
	assert_int_equal(Hero_count(session, corm_where(corm_is_null(Hero.age))), 1);
	assert_int_equal(Hero_count(session, corm_where(corm_is_not_null(Hero.age))), 2);
	assert_int_equal(Hero_count(session, corm_where(corm_between(Hero.age, 3, 29))), 1);
	assert_int_equal(Hero_count(session, corm_where(corm_is_distinct(Hero.age, 30))), 2);
	assert_int_equal(Hero_count(session, corm_where(corm_eq(corm_plus(Hero.age, 1), 31))), 1);
	assert_int_equal(Hero_count(session, corm_where(corm_not(corm_eq(Hero.name, "A")))), 2);
	assert_int_equal(Hero_count(session, corm_left_join(Hero.team), corm_where(corm_is_null(Team.id))), 2);
	int64_t ids[] = { 1, 3, 99 };
	assert_int_equal(Hero_count(session, corm_where(corm_in_array(Hero.id, ids, 3))), 2);
	assert_int_equal(Hero_count(session, corm_where(corm_in_array(Hero.id, ids, 0))), 0);
	assert_int_equal(Hero_count(session, corm_where(corm_not(corm_in_array(Hero.id, ids, 0)))), 3);
	corm_optional(int) none = corm_none;
	assert_int_equal(Hero_count(session, corm_where(corm_eq(Hero.age, none))), -1);
	assert_status(session, CORM_ERROR_USAGE);
	corm_session_clear_error(session);
	const char *null = NULL;
	assert_int_equal(Hero_count(session, corm_where(corm_eq(Hero.name, null))), -1);
	assert_status(session, CORM_ERROR_USAGE);
	corm_session_clear_error(session);
	assert_int_equal(Hero_all(session, corm_where(corm_eq(Team.name, "Z"))).status, CORM_ERROR_USAGE);
	assert_contains(corm_session_error(session)->message, "team");
}

static void test_unique_and_bounds(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	Team_add(session, .name = "One");
	assert_int_equal(corm_commit(session), CORM_OK);
	Team_add(session, .name = "One");
	assert_int_equal(corm_commit(session), CORM_ERROR_UNIQUE);
	assert_string_equal(corm_session_error(session)->constraint, "uq_team_name");
	corm_rollback(session);
	Hero_add(session, .name = "Old", .age = corm_some(201));
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	assert_string_equal(corm_session_error(session)->column, "age");
	corm_rollback(session);
	Hero_add(session, .name = "Odd", .power = (enum Power)3);
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	corm_rollback(session);
	Order_add(session, .region = "EU", .number = -1);
	assert_int_equal(corm_commit(session), CORM_ERROR_CHECK);
	assert_contains(corm_session_error(session)->constraint, "ck_order");
	assert_string_equal(corm_session_error(session)->table, "order");
	corm_rollback(session);
	assert_int_equal(Hero_count(session) + Order_count(session), 0);
	assert_int_equal(Team_count(session), 1);
}

static void test_many_to_many(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Hero *hero = Hero_add(session, .name = "Tagged");
	struct Tag *x = Tag_add(session, .label = "x");
	struct Tag *y = Tag_add(session, .label = "y");
	assert_int_equal(corm_flush(session), CORM_OK);
	HeroTag_add(session, .hero_id = hero->id, .tag_id = x->id);
	HeroTag_add(session, .hero_id = hero->id, .tag_id = y->id);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(Hero_tags(session, hero).count, 2);
	assert_ptr_equal(Tag_heroes(session, x).items[0], hero);
	assert_int_equal(Hero_count(session, corm_join(Hero.tags), corm_where(corm_eq(Tag.label, "y"))), 1);
	assert_int_equal(Hero_count(session, corm_where(corm_any_of(Hero.tags, corm_eq(Tag.label, "z")))), 0);
	assert_non_null(HeroTag_get(session, hero->id, y->id));
	assert_null(HeroTag_get(session, y->id, 77));
	assert_ok(session);
}

static void test_tree(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Node *leaf = Node_add(session, .name = "leaf");
	struct Node *root = Node_add(session, .name = "root");
	struct Node *middle = Node_add(session, .name = "middle", .parent = root);
	leaf->parent = middle;
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_sent_parameters_contain(0, "root");
	assert_sent_parameters_contain(1, "middle");
	assert_int_equal(leaf->parent_id.value, middle->id);
	assert_ptr_equal(Node_children(session, root).items[0], middle);
	assert_ptr_equal(Node_parent(session, leaf), middle);
	/* A chain far deeper than a stack of calls would bear. */
	struct Node *last = root;
	for (int i = 0; i < 20000; i++)
		last = Node_add(session, .name = "link", .parent = last);
	corm_engine_on_statement(*state, NULL, NULL);
	assert_int_equal(corm_commit(session), CORM_OK);
	/* Two new objects that wait for each other: one of them goes without its parent at first. */
	corm_engine_on_statement(*state, statements_record, NULL);
	statements_clear();
	struct Node *a = Node_add(session, .name = "a");
	struct Node *b = Node_add(session, .name = "b", .parent = a);
	a->parent = b;
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_sent_count(3);
	assert_sent_sql(2, "UPDATE node SET parent_id=? WHERE id=?");
	assert_int_equal(a->parent_id.value, b->id);
	assert_int_equal(b->parent_id.value, a->id);
	assert_ptr_equal(Node_parent(session, a), b);
}

static void test_composite_key(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_decimal total;
	assert_int_equal(corm_decimal_parse("12.30", &total), CORM_OK);
	struct Order *order = Order_add(session, .region = "EU", .number = 7, .total = total);
	struct OrderLine *line = OrderLine_add(session, .order = order, .sku = "a");
	struct OrderLine *two = OrderLine_add(session, .order = order, .sku = "b", .quantity = 2);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_string_equal(line->region, "EU");
	assert_int_equal(line->number, 7);
	assert_int_equal(line->quantity, 1);
	assert_int_equal(two->quantity, 2);
	assert_ptr_equal(Order_get(session, "EU", 7), order);
	assert_null(Order_get(session, "EU", 8));
	corm_session_reset(session);
	order = Order_get(session, "EU", 7);
	assert_string_equal(corm_decimal_string(order->total).text, "12.3");
	line = OrderLine_first(session, corm_order_by(OrderLine.sku));
	assert_ptr_equal(OrderLine_order(session, line), order);
	OrderLine_add(session, .order = order, .sku = "a");
	assert_int_equal(corm_commit(session), CORM_ERROR_UNIQUE);
	assert_string_equal(corm_session_error(session)->constraint, "uq_order_line_region_number_sku");
}

static void test_decimals_are_ordered_by_value(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	static const char *const totals[] = { "9", "10", "-1.5", "9.75", "100" };
	for (int i = 0; i < 5; i++) {
		struct Order *order = Order_add(session, .region = "EU", .number = i + 1);
		assert_int_equal(corm_decimal_parse(totals[i], &order->total), CORM_OK);
	}
	assert_int_equal(corm_commit(session), CORM_OK);
	Order_list orders = Order_all(session, corm_order_by(Order.total));
	static const char *const expected[] = { "-1.5", "9", "9.75", "10", "100" };
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(corm_decimal_string(orders.items[i]->total).text, expected[i]);
	assert_int_equal(Order_count(session, corm_where(corm_gt(Order.total, 9))), 3);
	assert_int_equal(Order_count(session, corm_where(corm_eq(Order.total, 9.75))), 1);
	assert_int_equal(Order_count(session, corm_where(corm_between(Order.total, orders.items[0]->total, 10))), 4);
	assert_ok(session);
}

/* Never rounded: stored as it is, or refused before it is sent. */
static void test_small_decimals(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Order *order = Order_add(session, .region = "EU", .number = 1);
	assert_int_equal(corm_decimal_parse("0.00000000000000000000000000000000000001", &order->total), CORM_OK);
	corm_status status = corm_commit(session);
	if (status != CORM_OK) {
		assert_int_equal(status, CORM_ERROR_VALIDATION);
		assert_contains(corm_session_error(session)->message, "behind the point");
		return;
	}
	corm_session_reset(session);
	order = Order_get(session, "EU", 1);
	assert_string_equal(corm_decimal_string(order->total).text, "0.00000000000000000000000000000000000001");
}

static void test_filled_in_by_the_database(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Stamp *stamp = Stamp_add(session, .note = "n");
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_sent_contains(0, "INSERT INTO stamp (note, touched) VALUES (?, ?) RETURNING id, token, created_at, level");
	assert_int_equal(stamp->id, 1);
	assert_false(corm_uuid_is_nil(stamp->token));
	assert_int_equal(stamp->token.bytes[6] >> 4, 4);
	assert_int_equal(stamp->token.bytes[8] >> 6, 2);
	assert_true(llabs(corm_utcnow().microseconds - stamp->created_at.microseconds) < 60 * 1000000LL);
	assert_int_equal(stamp->level.value, 7);
	corm_uuid token = stamp->token;
	stamp = Stamp_get(session, 1);
	stamp->note = NULL;
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_sent_sql(sent.count - 1, "UPDATE stamp SET note=?, touched=touched + 1 WHERE id=? RETURNING touched");
	assert_int_equal(stamp->touched, 1);
	assert_null(Stamp_get(session, 1)->note);
	assert_true(corm_uuid_equal(stamp->token, token));
}

static struct Kinds *add_extremes(corm_session *session)
{
	corm_uuid uuid;
	corm_uuid_parse("00112233-4455-6677-8899-aabbccddeeff", &uuid);
	corm_datetime last, first;
	corm_datetime_parse("9999-12-31T23:59:59.999999Z", &last);
	corm_datetime_parse("0001-01-01T00:00:00Z", &first);
	corm_date date;
	corm_date_parse("2024-02-29", &date);
	corm_time time;
	corm_time_parse("23:59:59.999999", &time);
	corm_decimal decimal;
	corm_decimal_parse("-1234567890123456789012345678.0123456789", &decimal);
	char changeable[] = "changeable";
	return Kinds_add(session, .flag = true, .i8 = INT8_MIN, .i16 = INT16_MIN, .i32 = INT32_MIN, .i64 = INT64_MIN,
	                 .u8 = UINT8_MAX, .u16 = UINT16_MAX, .u32 = UINT32_MAX, .u64 = INT64_MAX, .native_long = -5,
	                 .native_size = 5, .f32 = 1.5f, .f64 = 1e300, .text = "Grüße, 世界", .changeable = changeable,
	                 .code = "1234567", .bytes = { "\0\xff", 2 }, .hash = { 1, 2, 3, 255 }, .uuid = uuid,
	                 .datetime = last, .date = date, .time = time, .decimal = decimal, .color = BLUE,
	                 .json = { "{\"a\": [1, null]}" }, .maybe_flag = corm_some(false), .maybe_real = corm_some(0.5),
	                 .maybe_uuid = corm_some(uuid), .maybe_datetime = corm_some(first),
	                 .maybe_decimal = corm_some(decimal), .maybe_color = corm_some(GREEN));
}

static void check_extremes(const struct Kinds *k)
{
	assert_true(k->flag);
	assert_int_equal(k->i8, INT8_MIN);
	assert_int_equal(k->i16, INT16_MIN);
	assert_int_equal(k->i32, INT32_MIN);
	assert_true(k->i64 == INT64_MIN);
	assert_int_equal(k->u8, UINT8_MAX);
	assert_int_equal(k->u16, UINT16_MAX);
	assert_int_equal(k->u32, UINT32_MAX);
	assert_true(k->u64 == INT64_MAX);
	assert_int_equal(k->native_long, -5);
	assert_int_equal(k->native_size, 5);
	assert_true(k->f32 == 1.5f);
	assert_true(k->f64 == 1e300);
	assert_string_equal(k->text, "Grüße, 世界");
	assert_string_equal(k->changeable, "changeable");
	assert_string_equal(k->code, "1234567");
	assert_int_equal(k->bytes.size, 2);
	assert_memory_equal(k->bytes.data, "\0\xff", 2);
	assert_int_equal(k->hash[3], 255);
	assert_string_equal(corm_uuid_string(k->uuid).text, "00112233-4455-6677-8899-aabbccddeeff");
	assert_string_equal(corm_datetime_string(k->datetime).text, "9999-12-31T23:59:59.999999Z");
	assert_string_equal(corm_date_string(k->date).text, "2024-02-29");
	assert_string_equal(corm_time_string(k->time).text, "23:59:59.999999");
	assert_string_equal(corm_decimal_string(k->decimal).text, "-1234567890123456789012345678.0123456789");
	assert_int_equal(k->color, BLUE);
	assert_string_equal(k->json.text, "{\"a\": [1, null]}");
	assert_true(k->maybe_flag.has_value && !k->maybe_flag.value);
	assert_true(k->maybe_real.has_value && k->maybe_real.value == 0.5);
	assert_true(k->maybe_uuid.has_value);
	assert_string_equal(corm_datetime_string(k->maybe_datetime.value).text, "0001-01-01T00:00:00Z");
	assert_true(k->maybe_decimal.has_value);
	assert_true(k->maybe_color.has_value && k->maybe_color.value == GREEN);
}

static void test_every_kind(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	struct Kinds *full = add_extremes(session);
	Kinds_add(session);
	assert_int_equal(corm_commit(session), CORM_OK);
	int32_t id = full->id;
	corm_session_reset(session);
	struct Kinds *read = Kinds_get(session, id);
	assert_ok(session);
	assert_non_null(read);
	check_extremes(read);
	struct Kinds *empty = Kinds_one(session, corm_where(corm_ne(Kinds.id, id)));
	assert_ok(session);
	assert_null(empty->text);
	assert_null(empty->changeable);
	assert_null(empty->bytes.data);
	assert_null(empty->json.text);
	assert_false(empty->maybe_real.has_value);
	assert_false(empty->maybe_color.has_value);
	assert_int_equal(empty->color, RED);
	assert_string_equal(empty->code, "");
	/* Nothing has changed by being read. */
	statements_clear();
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(sent.count, 0);
}

static void test_text_changed_in_place(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	char text[] = "before";
	struct Kinds *k = Kinds_add(session, .changeable = text);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_ptr_not_equal(k->changeable, text);
	k = Kinds_get(session, k->id);
	statements_clear();
	k->changeable[0] = 'B';
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_sent_count(1);
	assert_sent_sql(0, "UPDATE kinds SET changeable=? WHERE id=?");
	k = Kinds_get(session, k->id);
	assert_string_equal(k->changeable, "Before");
	/* Another text of the same content is no change, but must not be pointed to for long. */
	statements_clear();
	char *same = malloc(7);
	memcpy(same, "Before", 7);
	k->changeable = same;
	assert_int_equal(corm_flush(session), CORM_OK);
	free(same);
	assert_int_equal(sent.count, 0);
	assert_string_equal(k->changeable, "Before");
	k->bytes = (corm_bytes){ "abc", 3 };
	corm_clear(k->maybe_real);
	k->maybe_flag = (corm_optional(bool))corm_some(true);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_sent_sql(0, "UPDATE kinds SET bytes=?, maybe_flag=? WHERE id=?");
}

/* Bytes and JSON are compared by content too, and after a rollback still. */
static void test_bytes_changed_in_place(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	char json[] = "[1]";
	struct Kinds *k = Kinds_add(session, .bytes = { "abc", 3 }, .json = { json }, .changeable = json);
	assert_int_equal(corm_commit(session), CORM_OK);
	statements_clear();
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(sent.count, 0);
	k = Kinds_get(session, k->id);
	statements_clear();
	((char *)(uintptr_t)k->bytes.data)[1] = 'X';
	((char *)(uintptr_t)k->json.text)[1] = '2';
	assert_int_equal(corm_flush(session), CORM_OK);
	assert_sent_sql(0, "UPDATE kinds SET bytes=?, json=? WHERE id=?");
	k->changeable[1] = '9';
	assert_int_equal(corm_rollback(session), CORM_OK);
	assert_memory_equal(k->bytes.data, "abc", 3);
	assert_string_equal(k->json.text, "[1]");
	assert_string_equal(k->changeable, "[1]");
	k = Kinds_get(session, k->id);
	statements_clear();
	k->changeable[1] = '3';
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_sent_sql(0, "UPDATE kinds SET changeable=? WHERE id=?");
}

/* What no column can hold is found before anything is sent: it can be mended, and nothing else is lost. */
static void test_bad_values_are_found_first(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	Kinds_add(session, .text = "good");
	struct Kinds *k = Kinds_add(session, .u64 = UINT64_MAX);
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	assert_string_equal(corm_session_error(session)->table, "kinds");
	assert_string_equal(corm_session_error(session)->column, "u64");
	assert_int_equal(sent.count, 0);
	k->u64 = 1;
	k->datetime.microseconds = INT64_MAX;
	corm_session_clear_error(session);
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	assert_string_equal(corm_session_error(session)->column, "datetime");
	k->datetime.microseconds = 0;
	assert_int_equal(corm_decimal_parse("1.12345678901", &k->decimal), CORM_OK);
	corm_session_clear_error(session);
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	assert_contains(corm_session_error(session)->message, "behind the point");
	k->decimal.scale = 5;
	corm_session_clear_error(session);
	assert_int_equal(corm_commit(session), CORM_OK);
	assert_int_equal(Kinds_count(session), 2);
}

static void test_compact_storage(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	corm_datetime at = corm_utcnow();
	corm_decimal amount;
	corm_decimal_parse("12.5", &amount);
	struct Compact *added = Compact_add(session, .at = at, .color = GREEN, .amount = amount);
	assert_int_equal(corm_commit(session), CORM_OK);
	corm_uuid id = added->id;
	corm_session_reset(session);
	struct Compact *read = Compact_get(session, id);
	assert_non_null(read);
	assert_true(read->at.microseconds == at.microseconds);
	assert_int_equal(read->color, GREEN);
	assert_int_equal(corm_decimal_compare(read->amount, amount), 0);
	assert_int_equal(Compact_count(session, corm_where(corm_eq(Compact.id, id), corm_eq(Compact.at, at),
	                                                   corm_eq(Compact.color, GREEN), corm_lt(Compact.amount, 13))),
	                 1);
	assert_ok(session);
}

static void test_values_no_column_holds(void **state)
{
	corm_autoclose corm_session *session = corm_session_open(*state);
	Kinds_add(session, .u64 = UINT64_MAX);
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	corm_rollback(session);
	Kinds_add(session, .json = { "{broken" });
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	corm_rollback(session);
	static const char *const numbers[] = { "12345678901234567890123", "1e400", " 0.1234567890123456" };
	/* A database that makes a number of JSON a number of its own loses digits. */
	for (size_t i = 0; test_database_takes_any_value() && i < sizeof numbers / sizeof *numbers; i++) {
		Kinds_add(session, .json = { numbers[i] });
		assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
		corm_rollback(session);
	}
	Kinds_add(session, .f64 = NAN);
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	corm_rollback(session);
	struct Kinds *k = Kinds_add(session);
	memset(k->code, 'x', sizeof k->code);
	assert_int_equal(corm_commit(session), CORM_ERROR_VALIDATION);
	corm_rollback(session);
	assert_int_equal(Kinds_count(session), 0);
}

static void test_stored_values_that_do_not_fit(void **state)
{
	static const struct {
		const char *sql, *column;
	} cases[] = {
		{ "UPDATE kinds SET i8 = 300", "i8" },
		{ "UPDATE kinds SET u8 = -1", "u8" },
		{ "UPDATE kinds SET i32 = 'abc'", "i32" },
		{ "UPDATE kinds SET code = 'too long for it'", "code" },
		{ "UPDATE kinds SET text = 'a' || char(0) || 'b'", "text" },
		{ "UPDATE kinds SET text = CAST(x'ff' AS TEXT)", "text" },
		{ "UPDATE kinds SET hash = x'0102'", "hash" },
		{ "UPDATE kinds SET uuid = 'nonsense'", "uuid" },
		{ "UPDATE kinds SET datetime = '2024-02-30 00:00:00'", "datetime" },
		{ "UPDATE kinds SET date = '2024-13-01'", "date" },
		{ "UPDATE kinds SET time = '25:00:00'", "time" },
		{ "UPDATE kinds SET decimal = '1,5'", "decimal" },
	};
	if (!test_database_takes_any_value())
		skip();
	corm_autoclose corm_session *session = corm_session_open(*state);
	int32_t id = add_extremes(session)->id;
	assert_int_equal(corm_commit(session), CORM_OK);
	id = Kinds_first(session)->id;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		corm_session_reset(session);
		execute(session, cases[i].sql);
		assert_null(Kinds_get(session, id));
		assert_status(session, CORM_ERROR_TYPE);
		assert_string_equal(corm_session_error(session)->table, "kinds");
		assert_string_equal(corm_session_error(session)->column, cases[i].column);
		char key[32];
		snprintf(key, sizeof key, "key %d of \"kinds\"", (int)id);
		assert_contains(corm_session_error(session)->message, key);
		corm_session_clear_error(session);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys_from_the_database, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_where_on_kinds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unique_and_bounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_to_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_composite_key, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_decimals_are_ordered_by_value, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_small_decimals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_filled_in_by_the_database, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_text_changed_in_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bytes_changed_in_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_values_are_found_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_compact_storage, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_values_no_column_holds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stored_values_that_do_not_fit, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("session: models", tests, NULL, NULL);
}
