/* Mixins: nested, several, and one that a data model embeds as well. */
#pragma once
#include <cormorant/model.h>

struct Identified {
	corm_uuid id corm_field(primary_key, default_factory(corm_uuid4));
};

struct Stamped {
	struct Identified identity;
	corm_datetime created_at corm_field(server_default(now));
};

struct Owned {
	const char *owner corm_field(max_length(20), index);
	corm_optional(corm_uuid) thing_id corm_field(foreign_key(Thing.id));
	struct Thing *thing corm_relationship();
};

struct Thing {
	struct Stamped stamped;
	struct Owned owned;
	int size;
} corm_table();

struct ThingRead {
	struct Identified identity;
	int size;
} corm_model(of(Thing));
