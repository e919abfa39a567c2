/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins, relationships, subqueries, names.
 */
#include "compile/check.h"

static void test_joins_by_foreign_key(void **state)
{
	(void)state;
	SQL(Book, "book JOIN author ON author.id = book.author_id", "", corm_join(Author));
	SQL(Author, "author JOIN book ON author.id = book.author_id", "", corm_join(Book));
	SQL(Book, "book LEFT OUTER JOIN author ON author.id = book.author_id", "", corm_left_join(Author));
	SQL(Book, "book FULL OUTER JOIN author ON author.id = book.author_id", "", corm_full_join(Author));
	SQL(Book, "book CROSS JOIN author", "", corm_cross_join(Author));
	SQL(OrderLine,
	    "order_line JOIN \"order\" ON \"order\".region = order_line.region AND \"order\".number = order_line.number",
	    "", corm_join(Order));
	/* Through a link table that the query names; any table before may have the foreign key. */
	SQL(Hero,
	    "hero JOIN hero_tag ON hero.id = hero_tag.hero_id JOIN tag ON tag.id = hero_tag.tag_id JOIN team ON team.id = hero.team_id",
	    "", corm_join(HeroTag), corm_join(Tag), corm_join(Team));
}

static void test_joins_by_relationship(void **state)
{
	(void)state;
	SQL(Book, "book JOIN author ON author.id = book.author_id WHERE author.name = ?", "'a'",
	    corm_where(corm_eq(Author.name, "a")), corm_join(Book.author));
	SQL(Author, "author LEFT OUTER JOIN book ON author.id = book.author_id", "", corm_left_join(Author.books));
	SQL(Match, "\"match\" JOIN team ON team.id = \"match\".away_id", "", corm_join(Match.away));
	SQL(Hero, "hero JOIN passport ON hero.id = passport.hero_id", "", corm_join(Hero.passport));
	SQL(Passport, "passport JOIN hero ON hero.id = passport.hero_id", "", corm_join(Passport.hero));
	SQL(Hero,
	    "hero JOIN hero_tag AS hero_tag_1 ON hero.id = hero_tag_1.hero_id JOIN tag ON tag.id = hero_tag_1.tag_id "
	    "WHERE tag.label = ?",
	    "'x'", corm_join(Hero.tags), corm_where(corm_eq(Tag.label, "x")));
	SQL(Tag,
	    "tag LEFT OUTER JOIN (hero_tag AS hero_tag_1 JOIN hero ON hero.id = hero_tag_1.hero_id) ON tag.id = hero_tag_1.tag_id",
	    "", corm_left_join(Tag.heroes));
	/* The hidden link and one that the query names do not meet. */
	SQL(Hero,
	    "hero JOIN hero_tag AS hero_tag_1 ON hero.id = hero_tag_1.hero_id JOIN tag ON tag.id = hero_tag_1.tag_id "
	    "JOIN hero_tag ON hero.id = hero_tag.hero_id",
	    "", corm_join(Hero.tags), corm_join(HeroTag, corm_on(corm_eq(Hero.id, HeroTag.hero_id))));
}

static void test_joins_by_condition(void **state)
{
	(void)state;
	SQL(Book,
	    "book JOIN author ON author.name = book.title AND (author.name = ? OR author.name = ?) ORDER BY author.name",
	    "'a', 'b'",
	    corm_join(Author, corm_on(corm_eq(Author.name, Book.title),
	                              corm_or(corm_eq(Author.name, "a"), corm_eq(Author.name, "b")))),
	    corm_order_by(Author.name));
	SQL(Hero, "hero JOIN tag ON tag.label = hero.name", "",
	    corm_join(Hero.tags, corm_on(corm_eq(Tag.label, Hero.name))));
	SQL(Match, "\"match\" JOIN team ON team.id = \"match\".home_id", "",
	    corm_join(Team, corm_on(corm_eq(Team.id, Match.home_id))));
}

static void test_aliases(void **state)
{
	(void)state;
	SQL(Hero, "hero JOIN hero AS elder ON elder.id = hero.mentor_id WHERE elder.age > hero.age", "",
	    corm_join(elder, corm_on(corm_eq(elder.id, Hero.mentor_id))), corm_where(corm_gt(elder.age, Hero.age)));
	SQL(Hero, "hero JOIN hero AS elder ON elder.id = hero.mentor_id JOIN team ON team.id = elder.team_id", "",
	    corm_join(elder, corm_on(corm_eq(elder.id, Hero.mentor_id))), corm_join(elder.team));
	const struct corm__select select = {
		.model = &Hero_model,
		.alias = "elder",
		.clauses = corm__clauses(0, corm_where(corm_eq(elder.id, 1))),
	};
	check_select(&select, "SELECT * FROM hero AS elder WHERE elder.id = ?", "1", __FILE__, __LINE__);
}

static void test_related(void **state)
{
	(void)state;
	WHERE(Author, "author WHERE EXISTS (SELECT 1 FROM book WHERE author.id = book.author_id AND book.title = ?)", "'x'",
	      corm_any_of(Author.books, corm_eq(Book.title, "x")));
	WHERE(
		Book,
		"book WHERE NOT EXISTS (SELECT 1 FROM author WHERE author.id = book.author_id AND (author.name = ? OR 1 = 1))",
		"'x'", corm_not(corm_has(Book.author, corm_or(corm_eq(Author.name, "x"), corm_true()))));
	WHERE(
		Hero,
		"hero WHERE EXISTS (SELECT 1 FROM hero_tag, tag WHERE hero.id = hero_tag.hero_id AND tag.id = hero_tag.tag_id "
		"AND tag.label = ?)",
		"'x'", corm_any_of(Hero.tags, corm_eq(Tag.label, "x")));
	/* The same table inside gets a name of its own, and is what the condition means. */
	WHERE(Hero, "hero WHERE EXISTS (SELECT 1 FROM hero AS hero_1 WHERE hero.id = hero_1.mentor_id AND hero_1.name = ?)",
	      "'x'", corm_any_of(Hero.pupils, corm_eq(Hero.name, "x")));
	WHERE(Hero,
	      "hero WHERE EXISTS (SELECT 1 FROM hero AS hero_1 WHERE hero_1.id = hero.mentor_id AND "
	      "EXISTS (SELECT 1 FROM hero AS hero_2 WHERE hero_2.id = hero_1.mentor_id AND hero_2.id = ?))",
	      "1", corm_has(Hero.mentor, corm_has(Hero.mentor, corm_eq(Hero.id, 1))));
	/* Outer sources are in reach. */
	WHERE(Author,
	      "author WHERE EXISTS (SELECT 1 FROM book WHERE author.id = book.author_id AND book.title = author.name)", "",
	      corm_any_of(Author.books, corm_eq(Book.title, Author.name)));
	SQL(HeroTag,
	    "hero_tag JOIN hero ON hero.id = hero_tag.hero_id WHERE EXISTS (SELECT 1 FROM hero_tag AS hero_tag_1, tag "
	    "WHERE hero.id = hero_tag_1.hero_id AND tag.id = hero_tag_1.tag_id AND tag.id = hero_tag.tag_id)",
	    "", corm_join(Hero), corm_where(corm_any_of(Hero.tags, corm_eq(Tag.id, HeroTag.tag_id))));
}

static void test_subqueries(void **state)
{
	(void)state;
	WHERE(Author,
	      "author WHERE author.id IN (SELECT book.author_id FROM book WHERE book.title = ?) AND author.name = ?",
	      "'x', 'y'",
	      corm_in_query(Author.id, QUERY(Book, corm_columns(Book.author_id), corm_where(corm_eq(Book.title, "x")))),
	      corm_eq(Author.name, "y"));
	WHERE(Author, "author WHERE NOT EXISTS (SELECT 1 FROM book WHERE book.author_id = author.id)", "",
	      corm_not(corm_exists(QUERY(Book, corm_where(corm_eq(Book.author_id, Author.id)), corm_order_by(Book.id)))));
	WHERE(Author,
	      "author WHERE author.name IN (SELECT DISTINCT lower(book.title) FROM book ORDER BY book.title LIMIT ?)", "3",
	      corm_in_query(Author.name, QUERY(Book, corm_columns(corm_lower(Book.title)), corm_order_by(Book.title),
	                                       corm_limit(3), corm_distinct())));
	/* Inside, a model is the inner one. */
	WHERE(Book, "book WHERE book.title IN (SELECT book.title FROM book WHERE book.id = ?)", "uuid:00",
	      corm_in_query(Book.title,
	                    QUERY(Book, corm_columns(Book.title), corm_where(corm_eq(Book.id, (corm_uuid){ { 0 } })))));
	const struct corm__select *rows = SELECT(CORM__SELECT_COLUMNS, Book, 0, corm_columns(Author.name, Book.title),
	                                         corm_join(Author));
	check_select(rows, "SELECT author.name, book.title FROM book JOIN author ON author.id = book.author_id", "",
	             __FILE__, __LINE__);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joins_by_foreign_key),
		cmocka_unit_test(test_joins_by_relationship),
		cmocka_unit_test(test_joins_by_condition),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_related),
		cmocka_unit_test(test_subqueries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
