/* SPDX-License-Identifier: Apache-2.0
 *
 * Mistakes that only show when a query is compiled, and what is said about them.
 */
#include "compile/check.h"

#define EMPTY " is empty: it was never set, or is an optional without a value"
#define IS_NULL " is NULL: use corm_is_null() or corm_is_not_null()"

static void test_values_that_are_missing(void **state)
{
	(void)state;
	const char *no_text = NULL;
	const char *const names[] = { "a", NULL };
	const corm_optional(int64_t) none = corm_none;
	FAILS_WHERE(Author, "the right side of corm_eq(Author.name, …)" IS_NULL, corm_eq(Author.name, no_text));
	FAILS_WHERE(Author, "the pattern of corm_starts_with(Author.name, …)" IS_NULL,
	            corm_starts_with(Author.name, no_text));
	FAILS_WHERE(Author, "the pattern of corm_like(Author.name, …)" IS_NULL, corm_like(Author.name, no_text));
	FAILS_WHERE(Author, "element 2 of corm_in(Author.name, …)" IS_NULL, corm_in(Author.name, "a", no_text));
	FAILS_WHERE(Author, "element 2 of corm_in_array(Author.name, …)" IS_NULL, corm_in_array(Author.name, names, 2));
	FAILS_WHERE(Author, "argument 3 of corm_concat(Author.name, …)" IS_NULL,
	            corm_eq(corm_concat(Author.name, "a", no_text), "x"));
	FAILS_WHERE(Author, "the right side of corm_eq()" IS_NULL, corm_eq(corm_lower(Author.name), no_text));
	FAILS_WHERE(Hero, "the right side of corm_ne(Hero.data, …)" IS_NULL, corm_ne(Hero.data, (corm_json){ NULL }));
	FAILS_WHERE(Hero, "the right side of corm_eq(Hero.picture, …)" IS_NULL,
	            corm_eq(Hero.picture, ((corm_bytes){ NULL, 1 })));
	FAILS(Hero, "the right side of corm_eq(elder.name, …)" IS_NULL,
	      corm_join(elder, corm_on(corm_eq(elder.name, no_text))));
	FAILS_WHERE(Hero, "the right side of corm_eq(Hero.age, …)" EMPTY, corm_eq(Hero.age, none));
	FAILS_WHERE(Hero, "the upper bound of corm_between(Hero.age, …)" EMPTY, corm_between(Hero.age, 1, none));
}

static void test_expressions_that_are_empty(void **state)
{
	(void)state;
	const corm_boolean_expr empty = { 0 };
	const corm_text_expr text = { 0 };
	FAILS_WHERE(Author, "condition 2 of corm_where()" EMPTY, corm_eq(Author.name, "a"), empty);
	FAILS_WHERE(Author, "condition 1 of corm_and()" EMPTY, corm_and(empty, corm_eq(Author.name, "a")));
	FAILS_WHERE(Author, "condition 1 of corm_where()" EMPTY, corm_or(empty));
	FAILS_WHERE(Author, "the argument of corm_not()" EMPTY, corm_not(empty));
	FAILS_WHERE(Author, "the left side of corm_eq()" EMPTY, corm_eq(text, "a"));
	FAILS_WHERE(Author, "the condition of corm_any_of()" EMPTY, corm_any_of(Author.books, empty));
	FAILS_WHERE(Author, "corm_any_of() is given no relationship", corm_any_of(((corm_several){ 0 }), corm_true()));
	FAILS(Author, "condition 1 of corm_on()" EMPTY, corm_join(Book, corm_on(empty)));
	FAILS(Author, "element 2 of corm_order_by()" EMPTY, corm_order_by(Author.id, text));
	FAILS(Author, "the argument of corm_desc()" EMPTY, corm_order_by(corm_desc(text)));
	FAILS(Author, "corm_join() is given neither a model nor a relationship", corm_join(((corm_one){ 0 })));
	FAILS(Author, "clause 1 of the query is empty", ((corm_clause){ 0 }));
}

static void test_values_of_another_kind(void **state)
{
	(void)state;
	FAILS_WHERE(Hero,
	            "the right side of corm_eq(Hero.id, …) is above INT64_MAX, the largest integer that databases have",
	            corm_eq(Hero.id, (uint64_t)INT64_MAX + 1));
	FAILS_WHERE(Hero,
	            "the right side of corm_eq(Hero.active, …) is compared with a bool, but is neither true nor false",
	            corm_eq(Hero.active, 2));
	FAILS_WHERE(Hero, "the right side of corm_eq(Hero.color, …) is compared with an enum, but is no integer",
	            corm_eq(Hero.color, 1.5));
	FAILS_WHERE(Hero,
	            "the right side of corm_gt(Hero.price, …) is compared with a decimal, but no decimal is equal to it",
	            corm_gt(Hero.price, 1e300));
	FAILS_WHERE(
		Hero,
		"corm_eq() is given values of different kinds: an enum is compared with one of its own kind, a bool with a bool",
		corm_eq(Hero.color, Hero.id));
	FAILS_WHERE(
		Hero,
		"corm_ne() is given values of different kinds: an enum is compared with one of its own kind, a bool with a bool",
		corm_ne(Hero.color, Hero.level));
	FAILS_WHERE(
		Hero,
		"corm_in() is given values of different kinds: an enum is compared with one of its own kind, a bool with a bool",
		corm_in(Hero.id, 1, Hero.active));
	FAILS_WHERE(Hero, "corm_eq() is given columns of different storage(), whose values are never equal",
	            corm_eq(Hero.made, Hero.seen));
	FAILS_WHERE(Hero, "corm_plus() is given an enum, with which no database computes",
	            corm_eq(corm_plus(1, Hero.color), 1));
}

static void test_names_out_of_reach(void **state)
{
	(void)state;
	FAILS_WHERE(Book, "author is not part of this query: add corm_join(Author)", corm_eq(Author.name, "x"));
	FAILS_WHERE(Hero, "elder is not part of this query: add corm_join(elder)", corm_eq(elder.name, "x"));
	FAILS(Book, "author is not part of this query: add corm_join(Author)", corm_join(Author.books));
	FAILS_WHERE(Book, "author is not part of this query: add corm_join(Author)",
	            corm_any_of(Author.books, corm_true()));
	/* What is joined later is not known yet. */
	FAILS(Book, "team is not part of this query: add corm_join(Team)",
	      corm_join(Author, corm_on(corm_eq(Team.name, Author.name))), corm_join(Team, corm_on(corm_true())));
	/* A link that the query did not name cannot be named. */
	FAILS(Hero, "hero_tag is not part of this query: add corm_join(HeroTag)", corm_join(Hero.tags),
	      corm_where(corm_eq(HeroTag.tag_id, 1)));
}

static void test_joins_that_do_not_work(void **state)
{
	(void)state;
	FAILS(Book,
	      "there is no foreign key between book and tag: say how to join them with corm_on() or by a relationship",
	      corm_join(Tag));
	FAILS(
		Match,
		"there are several foreign keys between match and team: say how to join them with corm_on() or by a relationship",
		corm_join(Team));
	FAILS(
		Hero,
		"there are several foreign keys between hero and elder: say how to join them with corm_on() or by a relationship",
		corm_join(elder));
	FAILS(Hero, "hero is part of this query already: a query can have a model once",
	      corm_join(Hero.mentor));
	FAILS(Book, "author is part of this query already: a query can have a model once",
	      corm_join(Author), corm_join(Book.author));
	FAILS(Book, "this version of sqlite has no full join", corm_full_join(Author));
	FAILS(Book, "corm_cross_join() takes a model, not a relationship", corm_cross_join(Book.author));
	FAILS(Book, "a join takes no clause but corm_on()", corm_join(Author, corm_limit(1)));
}

static void test_misplaced_clauses(void **state)
{
	(void)state;
	FAILS(Book, "corm_on() stands outside of a join", corm_on(corm_true()));
	FAILS(Book, "corm_columns() stands in a query for objects of Book: it is for subqueries alone",
	      corm_columns(Book.id));
	FAILS(Book, "the query has two corm_limit()", corm_limit(1), corm_limit(2));
	FAILS(Book, "the query has two corm_offset()", corm_offset(1), corm_offset(2));
	FAILS(Book, "corm_limit(-1) is below 0", corm_limit(-1));
	FAILS(Book, "corm_offset(-5) is below 0", corm_offset(-5));
}

/* What is for objects has nothing to do in a subquery, and what writes nothing in any query. */
static void test_clauses_of_other_statements(void **state)
{
	(void)state;
	FAILS(Book, "corm_set() stands in a query: it is for X_update() and X_upsert()", corm_set(Book.title, "a"));
	FAILS(Hero, "corm_set_null() stands in a query: it is for X_update() and X_upsert()", corm_set_null(Hero.age));
	FAILS(Book, "corm_all_rows() stands in a query: it is for X_update() and X_delete_where()", corm_all_rows());
	FAILS(Book, "corm_on_conflict() stands in a query: it is for X_upsert()", corm_on_conflict(Book.id));
	FAILS(Book, "corm_do_nothing() stands in a query: it is for X_upsert()", corm_do_nothing());
	FAILS_WHERE(Author, "corm_set() stands in a query: it is for X_update() and X_upsert()",
	            corm_exists(QUERY(Book, corm_set(Book.title, "a"))));
	FAILS_WHERE(Author, "corm_load() stands in a subquery, which gives no objects",
	            corm_exists(QUERY(Book, corm_load(Book.author))));
	FAILS_WHERE(Author, "corm_load_joined() stands in a subquery, which gives no objects",
	            corm_exists(QUERY(Book, corm_load_joined(Book.author))));
	FAILS_WHERE(Author, "corm_only() stands in a subquery, which gives no objects",
	            corm_in_query(Author.id, QUERY(Book, corm_columns(Book.author_id), corm_only(Book.id))));
	FAILS_WHERE(Author, "corm_readonly() stands in a subquery, which gives no objects",
	            corm_exists(QUERY(Book, corm_readonly())));
	check_fails(SELECT(CORM__SELECT_COLUMNS, Book, 0, corm_columns(Book.id), corm_load(Book.author)),
	            "corm_load() stands in a subquery, which gives no objects", __FILE__, __LINE__);
}

/* No macro makes one of these an expression, but what is made by hand can be anything. */
static void test_what_is_no_expression(void **state)
{
	(void)state;
	const corm_boolean_expr set = { { corm_set(Book.title, "a").data } };
	const corm_boolean_expr model = { { Book.as_source } };
	const corm_boolean_expr unknown = { { &(const corm_node){ .op = 250 } } };
	FAILS_WHERE(Book, "condition 1 of corm_where() is corm_set, which is no expression", set);
	FAILS_WHERE(Book, "the argument of corm_not() is a model, which is no expression", corm_not(model));
	FAILS_WHERE(Book, "condition 1 of corm_where() is no expression", unknown);
}

static void test_subqueries_that_do_not_work(void **state)
{
	(void)state;
	static const char one[] = "the query of corm_in_query() must select one value: add corm_columns(…) to it";
	FAILS_WHERE(Author, one, corm_in_query(Author.id, QUERY(Book, corm_distinct())));
	FAILS_WHERE(Author, one, corm_in_query(Author.id, QUERY(Book, corm_columns(Book.id, Book.title))));
	FAILS_WHERE(Author, one, corm_in_query(Author.id, NULL));
	FAILS_WHERE(Author, "a query is used that could not be made", corm_exists(NULL));
	const struct corm__select spoiled = { .model = &Book_model };
	FAILS_WHERE(Author, "a query is used that could not be made", corm_exists((corm_query *)&spoiled));
	FAILS_WHERE(
		Hero,
		"corm_in_query() is given values of different kinds: an enum is compared with one of its own kind, a bool with a bool",
		corm_in_query(Hero.id, QUERY(Hero, corm_columns(Hero.color))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_that_are_missing),     cmocka_unit_test(test_expressions_that_are_empty),
		cmocka_unit_test(test_values_of_another_kind),      cmocka_unit_test(test_names_out_of_reach),
		cmocka_unit_test(test_joins_that_do_not_work),      cmocka_unit_test(test_misplaced_clauses),
		cmocka_unit_test(test_clauses_of_other_statements), cmocka_unit_test(test_what_is_no_expression),
		cmocka_unit_test(test_subqueries_that_do_not_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
