/* SPDX-License-Identifier: Apache-2.0
 *
 * A program outside of Cormorant's tree: two heroes into a database, and out of it again.
 */
#include "league.h"
#ifdef LEAGUE_DRIVER
#include <cormorant/mariadb.h>
#include <cormorant/postgresql.h>
#endif

#include <stdio.h>

static corm_status save(corm_session *session)
{
	struct Team *team = Team_add(session, .name = "Preventers");
	Hero_add(session, .name = "Rusty-Man", .age = corm_some(48), .team = team);
	Hero_add(session, .name = "Deadpond", .team = team);
	return corm_commit(session);
}

static corm_status show(corm_session *session)
{
	Hero_list heroes = Hero_all(session, corm_join(Team), corm_where(corm_eq(Team.name, "Preventers")),
	                            corm_order_by(Hero.name));
	corm_foreach(struct Hero *, hero, heroes)
		printf("%s\n", hero->name);
	return heroes.status;
}

/* app [URL] */
int main(int argc, char **argv)
{
#ifdef LEAGUE_DRIVER
	corm_driver_register(&LEAGUE_DRIVER);
#endif
	corm_engine *engine = corm_engine_open(argc > 1 ? argv[1] : "sqlite://");
	if (!engine || corm_drop_all(engine, &league_metadata) != CORM_OK ||
	    corm_create_all(engine, &league_metadata) != CORM_OK) {
		fprintf(stderr, "%s\n", corm_last_error()->message);
		return 1;
	}
	corm_session *session = corm_session_open(engine);
	int result = 0;
	if (save(session) != CORM_OK || show(session) != CORM_OK) {
		fprintf(stderr, "%s\n", corm_session_error(session)->message);
		result = 1;
	}
	corm_session_close(session);
	corm_engine_close(engine);
	return result;
}
