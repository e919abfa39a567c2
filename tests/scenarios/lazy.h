/* SPDX-License-Identifier: Apache-2.0
 *
 * Relationships that load with their objects, or never by themselves.
 */
#pragma once
#include <cormorant/model.h>

struct Chapter;
struct Page;
struct Publisher;
struct Reader;

struct Volume {
	int64_t id corm_field(primary_key);
	const char *title;
	corm_optional(int64_t) publisher_id corm_field(foreign_key(Publisher.id));
	struct Publisher *publisher corm_relationship(back_populates(volumes), lazy(joined));
	corm_many(struct Chapter) chapters corm_relationship(back_populates(volume), lazy(selectin), order_by(Chapter.id));
	corm_many(struct Reader) readers corm_relationship(back_populates(volumes), link_model(Loan), lazy(raise));
} corm_table();

struct Publisher {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_many(struct Volume) volumes corm_relationship(back_populates(publisher), lazy(raise));
} corm_table();

struct Chapter {
	int64_t id corm_field(primary_key);
	const char *title;
	corm_optional(int64_t) volume_id corm_field(foreign_key(Volume.id));
	struct Volume *volume corm_relationship(back_populates(chapters), lazy(raise));
	corm_many(struct Page) pages corm_relationship(back_populates(chapter), lazy(selectin), order_by(Page.id, desc));
} corm_table();

struct Page {
	int64_t id corm_field(primary_key);
	int64_t chapter_id corm_field(foreign_key(Chapter.id));
	struct Chapter *chapter corm_relationship(back_populates(pages));
} corm_table();

struct Reader {
	int64_t id corm_field(primary_key);
	const char *name;
	corm_many(struct Volume) volumes corm_relationship(back_populates(readers), link_model(Loan));
} corm_table();

struct Loan {
	int64_t id corm_field(primary_key);
	int64_t volume_id corm_field(foreign_key(Volume.id));
	int64_t reader_id corm_field(foreign_key(Reader.id));
	int32_t days corm_field(default(14));
} corm_table(unique(volume_id, reader_id));
