#pragma once
#include <cormorant/model.h>

/* Mixin: a UUID primary key and created_at/updated_at timestamps. */
struct BaseModel {
	corm_uuid id corm_field(primary_key, default_factory(corm_uuid4), server_default(uuid4));
	corm_datetime created_at corm_field(default_factory(corm_utcnow), server_default(now));
	corm_datetime updated_at corm_field(default_factory(corm_utcnow), server_default(now), onupdate(now));
};
