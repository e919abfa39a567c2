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

static void expect_at(const struct corm__compiler *compiler, corm_status status, const char *sql, int line)
{
	_assert_int_equal(status, CORM_OK, __FILE__, line);
	_assert_string_equal(compiler->sql.data, sql, __FILE__, line);
	check_prepares(sql, __FILE__, line);
}
#define expect(c, status, sql) expect_at(c, status, sql, __LINE__)

static void test_get(void **state)
{
	struct corm__compiler *c = *state;
	corm_error_store error;
	expect(c, corm__compile_get(c, &Book_model, Book_model.key, Book_model.key_count, false, &error),
	       "SELECT book.id, book.title, book.author_id FROM book WHERE book.id = ?");
	expect(c, corm__compile_get(c, &HeroTag_model, LIST(0, 1), false, &error),
	       "SELECT hero_tag.hero_id, hero_tag.tag_id FROM hero_tag WHERE hero_tag.hero_id = ? AND hero_tag.tag_id = ?");
	expect(c, corm__compile_get(c, &Book_model, LIST(2), false, &error),
	       "SELECT book.id, book.title, book.author_id FROM book WHERE book.author_id = ?");
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

static void test_related_in(void **state)
{
	struct corm__compiler *c = *state;
	corm_error_store error;
	expect(
		c, corm__compile_related_in(c, relationship(&Author_model, "books"), 3, &error),
		"SELECT book.id, book.title, book.author_id FROM book WHERE book.author_id IN (?, ?, ?) ORDER BY book.title");
	assert_int_equal(c->count, 3);
	expect(c, corm__compile_related_in(c, relationship(&Book_model, "author"), 1, &error),
	       "SELECT author.id, author.created_at, author.name FROM author WHERE author.id IN (?)");
	/* Whose a tag is, stands in the link. */
	expect(c, corm__compile_related_in(c, relationship(&Hero_model, "tags"), 2, &error),
	       "SELECT hero_tag.hero_id, tag.id, tag.label FROM tag JOIN hero_tag ON tag.id = hero_tag.tag_id "
	       "WHERE hero_tag.hero_id IN (?, ?)");
	expect(c, corm__compile_related_in(c, relationship(&Hero_model, "passport"), 2, &error),
	       "SELECT passport.id, passport.hero_id FROM passport WHERE passport.hero_id IN (?, ?)");
	expect(c, corm__compile_related_in(c, relationship(&OrderLine_model, "order"), 2, &error),
	       "SELECT \"order\".region, \"order\".number, \"order\".total, \"order\".\"Odd \"\"name\"\"\" FROM \"order\" "
	       "WHERE (\"order\".region, \"order\".number) IN (VALUES (?, ?), (?, ?))");
	assert_int_equal(c->count, 4);
	assert_int_equal(corm__compile_related_in(c, relationship(&Hero_model, "pupils"), 2, &error), CORM_OK);
	assert_non_null(
		strstr(c->sql.data, " WHERE hero.mentor_id IN (?, ?) ORDER BY hero.price COLLATE corm_decimal DESC"));
	/* As many as the database takes. */
	assert_int_equal(corm__compile_related_in(c, relationship(&Author_model, "books"), 32766, &error), CORM_OK);
	check_prepares(c->sql.data, __FILE__, __LINE__);
	assert_int_equal(corm__compile_related_in(c, relationship(&OrderLine_model, "order"), 16383, &error), CORM_OK);
	check_prepares(c->sql.data, __FILE__, __LINE__);
}

/* Other databases have rows without VALUES. */
static void test_related_in_of_another_dialect(void **state)
{
	(void)state;
	struct corm__compiler compiler;
	corm_error_store error;
	struct corm__dialect dialect = corm__dialect_sqlite;
	dialect.row_list = "";
	dialect.numbered_parameters = true;
	corm__compiler_init(&compiler, &dialect, 0, NULL);
	assert_int_equal(corm__compile_related_in(&compiler, relationship(&OrderLine_model, "order"), 2, &error), CORM_OK);
	assert_non_null(strstr(compiler.sql.data, " WHERE (\"order\".region, \"order\".number) IN (($1, $2), ($3, $4))"));
	corm__compiler_release(&compiler);
}

static void test_unlink(void **state)
{
	struct corm__compiler *c = *state;
	corm_error_store error;
	expect(c, corm__compile_unlink(c, relationship(&Hero_model, "tags"), false, &error),
	       "DELETE FROM hero_tag WHERE hero_id=? AND tag_id=?");
	expect(c, corm__compile_unlink(c, relationship(&Tag_model, "heroes"), false, &error),
	       "DELETE FROM hero_tag WHERE tag_id=? AND hero_id=?");
	expect(c, corm__compile_unlink(c, relationship(&Tag_model, "heroes"), true, &error),
	       "DELETE FROM hero_tag WHERE tag_id=?");
}

static void test_insert(void **state)
{
	struct corm__compiler *c = *state;
	corm_error_store error;
	expect(c, corm__compile_insert(c, &Author_model, LIST(0, 2), 1, NULL, 0, &error),
	       "INSERT INTO author (id, name) VALUES (?, ?)");
	expect(c, corm__compile_insert(c, &Team_model, LIST(1), 1, LIST(0), &error),
	       "INSERT INTO team (name) VALUES (?) RETURNING id");
	expect(c, corm__compile_insert(c, &Team_model, NULL, 0, 1, LIST(0, 1), &error),
	       "INSERT INTO team DEFAULT VALUES RETURNING id, name");
	expect(c, corm__compile_insert(c, &Order_model, LIST(0, 1, 2, 3), 1, NULL, 0, &error),
	       "INSERT INTO \"order\" (region, number, total, \"Odd \"\"name\"\"\") VALUES (?, ?, ?, ?)");
	expect(c, corm__compile_insert(c, &Author_model, LIST(0, 2), 3, NULL, 0, &error),
	       "INSERT INTO author (id, name) VALUES (?, ?), (?, ?), (?, ?)");
	assert_int_equal(c->count, 6);
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
	expect(c, corm__compile_delete(c, &Author_model, NULL, 0, &error), "DELETE FROM author WHERE id=?");
	expect(c, corm__compile_delete(c, &HeroTag_model, NULL, 0, &error),
	       "DELETE FROM hero_tag WHERE hero_id=? AND tag_id=?");
	expect(c, corm__compile_delete(c, &Article_model, LIST(10), &error),
	       "DELETE FROM article WHERE id=? AND version IS ?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),        cmocka_unit_test(test_related),
		cmocka_unit_test(test_related_in), cmocka_unit_test(test_related_in_of_another_dialect),
		cmocka_unit_test(test_unlink),     cmocka_unit_test(test_insert),
		cmocka_unit_test(test_update),     cmocka_unit_test(test_delete),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
