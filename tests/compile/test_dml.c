/* SPDX-License-Identifier: Apache-2.0
 *
 * The statements of the unit of work.
 */
#include "compile/check.h"

static int set_up(void **state)
{
	static struct corm__compiler compiler;
	corm__compiler_init(&compiler, &corm__dialect_sqlite, 0, NULL);
	*state = &compiler;
	return 0;
}

static int tear_down(void **state)
{
	corm__compiler_release(*state);
	return 0;
}

#define LIST(...) (const uint16_t[]){ __VA_ARGS__ }, sizeof((const uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t)

static void expect(const struct corm__compiler *compiler, corm_status status, const char *sql)
{
	assert_int_equal(status, CORM_OK);
	assert_string_equal(compiler->sql.data, sql);
}

static void test_get(void **state)
{
	struct corm__compiler *c = *state;
	corm_error_store error;
	expect(c, corm__compile_get(c, &Book_model, &error),
	       "SELECT book.id, book.title, book.author_id FROM book WHERE book.id = ?");
	expect(c, corm__compile_get(c, &HeroTag_model, &error),
	       "SELECT hero_tag.hero_id, hero_tag.tag_id FROM hero_tag WHERE hero_tag.hero_id = ? AND hero_tag.tag_id = ?");
}

static const corm_relationship *relationship(const corm_model_info *model, const char *name)
{
	for (size_t i = 0; i < model->relationship_count; i++)
		if (strcmp(model->relationships[i].name, name) == 0)
			return &model->relationships[i];
	fail_msg("no relationship %s", name);
	return NULL;
}

static void test_related(void **state)
{
	struct corm__compiler *c = *state;
	corm_error_store error;
	expect(c, corm__compile_related(c, relationship(&Author_model, "books"), &error),
	       "SELECT book.id, book.title, book.author_id FROM book WHERE book.author_id = ? ORDER BY book.title");
	expect(c, corm__compile_related(c, relationship(&Book_model, "author"), &error),
	       "SELECT author.id, author.created_at, author.name FROM author WHERE author.id = ?");
	expect(c, corm__compile_related(c, relationship(&Hero_model, "tags"), &error),
	       "SELECT tag.id, tag.label FROM tag JOIN hero_tag ON tag.id = hero_tag.tag_id WHERE hero_tag.hero_id = ?");
	expect(c, corm__compile_related(c, relationship(&Hero_model, "passport"), &error),
	       "SELECT passport.id, passport.hero_id FROM passport WHERE passport.hero_id = ?");
	expect(c, corm__compile_related(c, relationship(&OrderLine_model, "order"), &error),
	       "SELECT \"order\".region, \"order\".number, \"order\".total, \"order\".\"Odd \"\"name\"\"\" FROM \"order\" "
	       "WHERE \"order\".region = ? AND \"order\".number = ?");
	assert_int_equal(corm__compile_related(c, relationship(&Hero_model, "pupils"), &error), CORM_OK);
	assert_non_null(
		strstr(c->sql.data, " FROM hero WHERE hero.mentor_id = ? ORDER BY hero.price COLLATE corm_decimal DESC"));
}

static void test_insert(void **state)
{
	struct corm__compiler *c = *state;
	corm_error_store error;
	expect(c, corm__compile_insert(c, &Author_model, LIST(0, 2), NULL, 0, &error),
	       "INSERT INTO author (id, name) VALUES (?, ?)");
	expect(c, corm__compile_insert(c, &Team_model, LIST(1), LIST(0), &error),
	       "INSERT INTO team (name) VALUES (?) RETURNING id");
	expect(c, corm__compile_insert(c, &Team_model, NULL, 0, LIST(0, 1), &error),
	       "INSERT INTO team DEFAULT VALUES RETURNING id, name");
	expect(c, corm__compile_insert(c, &Order_model, LIST(0, 1, 2, 3), NULL, 0, &error),
	       "INSERT INTO \"order\" (region, number, total, \"Odd \"\"name\"\"\") VALUES (?, ?, ?, ?)");
}

static void test_update(void **state)
{
	struct corm__compiler *c = *state;
	corm_error_store error;
	struct corm__update update = { .model = &Author_model, .columns = (const uint16_t[]){ 2, 1 }, .count = 2 };
	expect(c, corm__compile_update(c, &update, &error), "UPDATE author SET name=?, created_at=? WHERE id=?");
	update.old = (const uint16_t[]){ 2, 1 };
	update.old_count = 2;
	expect(c, corm__compile_update(c, &update, &error),
	       "UPDATE author SET name=?, created_at=? WHERE id=? AND name IS ? AND created_at IS ?");
	const struct corm__update by_sql = {
		.model = &Hero_model,
		.columns = (const uint16_t[]){ 1, 21 },
		.count = 2,
		.by_sql = (const bool[]){ false, true },
		.returning = (const uint16_t[]){ 21 },
		.returning_count = 1,
	};
	expect(c, corm__compile_update(c, &by_sql, &error),
	       "UPDATE hero SET name=?, made=strftime('%Y-%m-%d %H:%M:%f000', 'now') WHERE id=? RETURNING made");
}

static void test_delete(void **state)
{
	struct corm__compiler *c = *state;
	corm_error_store error;
	expect(c, corm__compile_delete(c, &Author_model, &error), "DELETE FROM author WHERE id=?");
	expect(c, corm__compile_delete(c, &HeroTag_model, &error), "DELETE FROM hero_tag WHERE hero_id=? AND tag_id=?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),    cmocka_unit_test(test_related), cmocka_unit_test(test_insert),
		cmocka_unit_test(test_update), cmocka_unit_test(test_delete),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
