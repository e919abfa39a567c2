/* SPDX-License-Identifier: Apache-2.0
 *
 * What the examples on the models of examples/library find in their database: Fred with three books, Ada with one.
 */
static void fill(corm_session *session)
{
	struct Author *fred = Author_add(session, .name = "Fred");
	Book_add(session, .title = "Diving", .author = fred);
	Book_add(session, .title = "Climbing", .author = fred);
	Book_add(session, .title = "Sailing", .author = fred);
	Book_add(session, .title = "Cooking", .author = Author_add(session, .name = "Ada"));
}
