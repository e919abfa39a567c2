/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of the hash map and of the hash.
 */
#include "base/map.h"
#include "fail_alloc.h"

#define COUNT 5000

static int values[COUNT];
static char keys[COUNT][24];

static int make_keys(void **state)
{
	(void)state;
	for (int i = 0; i < COUNT; i++) {
		memset(keys[i], 'k', sizeof keys[i]);
		memcpy(keys[i] + i % 20, &i, sizeof i);
		values[i] = i;
	}
	return 0;
}

static void *get(const struct corm__map *map, int i)
{
	return corm__map_get(map, keys[i], sizeof keys[i]);
}

static void an_empty_map_has_nothing(void **state)
{
	(void)state;
	struct corm__map map;
	size_t position = 0;
	corm__map_init(&map, NULL);
	assert_null(corm__map_get(&map, "a", 1));
	assert_null(corm__map_remove(&map, "a", 1));
	assert_null(corm__map_next(&map, &position));
	corm__map_release(&map);
	corm__map_release(&map);
}

static void grows_and_finds_everything(void **state)
{
	(void)state;
	struct fail_alloc memory;
	fail_alloc_init(&memory, 0);
	struct corm__map map;
	corm__map_init(&map, &memory.allocator);
	for (int i = 0; i < COUNT; i++)
		assert_true(corm__map_set(&map, keys[i], sizeof keys[i], &values[i]));
	assert_int_equal(map.count, COUNT);
	for (int i = 0; i < COUNT; i++)
		assert_ptr_equal(get(&map, i), &values[i]);
	assert_null(corm__map_get(&map, keys[0], sizeof keys[0] - 1));

	bool seen[COUNT] = { false };
	size_t position = 0, count = 0;
	for (struct corm__map_entry *entry; (entry = corm__map_next(&map, &position)); count++) {
		int i = *(int *)entry->value;
		assert_false(seen[i]);
		seen[i] = true;
	}
	assert_int_equal(count, COUNT);
	corm__map_release(&map);
	fail_alloc_check(&memory);
}

static void replaces(void **state)
{
	(void)state;
	struct corm__map map;
	corm__map_init(&map, NULL);
	assert_true(corm__map_set(&map, "key", 3, &values[0]));
	assert_true(corm__map_set(&map, "key", 3, &values[1]));
	assert_int_equal(map.count, 1);
	assert_ptr_equal(corm__map_get(&map, "key", 3), &values[1]);
	assert_true(corm__map_set(&map, NULL, 0, &values[2]));
	assert_ptr_equal(corm__map_get(&map, "", 0), &values[2]);
	assert_ptr_equal(corm__map_remove(&map, NULL, 0), &values[2]);
	assert_int_equal(map.count, 1);
	corm__map_release(&map);
}

static void removes(void **state)
{
	(void)state;
	struct corm__map map;
	corm__map_init(&map, NULL);
	for (int i = 0; i < COUNT; i++)
		assert_true(corm__map_set(&map, keys[i], sizeof keys[i], &values[i]));
	for (int i = 0; i < COUNT; i += 2)
		assert_ptr_equal(corm__map_remove(&map, keys[i], sizeof keys[i]), &values[i]);
	assert_null(corm__map_remove(&map, keys[0], sizeof keys[0]));
	for (int i = 0; i < COUNT; i++)
		assert_ptr_equal(get(&map, i), i % 2 ? &values[i] : NULL);
	for (int i = 0; i < COUNT; i += 2)
		assert_true(corm__map_set(&map, keys[i], sizeof keys[i], &values[i]));
	for (int i = 0; i < COUNT; i++)
		assert_ptr_equal(get(&map, i), &values[i]);
	corm__map_release(&map);
}

static void removed_entries_do_not_pile_up(void **state)
{
	(void)state;
	struct corm__map map;
	corm__map_init(&map, NULL);
	for (int i = 0; i < COUNT; i++) {
		assert_true(corm__map_set(&map, keys[i], sizeof keys[i], &values[i]));
		if (i >= 5)
			assert_ptr_equal(corm__map_remove(&map, keys[i - 5], sizeof keys[0]), &values[i - 5]);
	}
	assert_int_equal(map.count, 5);
	assert_true(map.capacity <= 16);
	corm__map_release(&map);
}

static void is_as_it_was_when_there_is_no_memory(void **state)
{
	(void)state;
	struct fail_alloc memory;
	for (size_t n = 1; fail_alloc_next(&memory, n); n++) {
		struct corm__map map;
		corm__map_init(&map, &memory.allocator);
		int i = 0;
		while (i < 200 && corm__map_set(&map, keys[i], sizeof keys[i], &values[i]))
			i++;
		assert_int_equal(i < 200, memory.failed);
		assert_int_equal(map.count, i);
		for (int k = 0; k < 200; k++)
			assert_ptr_equal(get(&map, k), k < i ? &values[k] : NULL);
		corm__map_release(&map);
	}
}

static void hash_sees_every_bit_and_the_length(void **state)
{
	(void)state;
	unsigned char data[100];
	memset(data, 0, sizeof data);
	for (size_t size = 0; size <= sizeof data; size++) {
		uint64_t hash = corm__hash(data, size);
		assert_true(hash == corm__hash(data, size));
		if (size < sizeof data)
			assert_true(hash != corm__hash(data, size + 1));
		for (size_t bit = 0; bit < 8 * size; bit++) {
			data[bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_true(hash != corm__hash(data, size));
			data[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
	}
}

/* Numbers in a row fall evenly into buckets: 64 Ki of them into 256 with 256 each, ± eight standard deviations. */
static void hash_spreads(void **state)
{
	(void)state;
	unsigned low[256] = { 0 }, number[256] = { 0 };
	for (uint64_t i = 0; i < 65536; i++) {
		uint64_t key[2] = { i, 0 };
		low[corm__hash(key, sizeof key) & 255]++;
		number[corm__hash_number(i) & 255]++;
	}
	for (int i = 0; i < 256; i++) {
		assert_in_range(low[i], 128, 384);
		assert_in_range(number[i], 128, 384);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_has_nothing),
		cmocka_unit_test(grows_and_finds_everything),
		cmocka_unit_test(replaces),
		cmocka_unit_test(removes),
		cmocka_unit_test(removed_entries_do_not_pile_up),
		cmocka_unit_test(is_as_it_was_when_there_is_no_memory),
		cmocka_unit_test(hash_sees_every_bit_and_the_length),
		cmocka_unit_test(hash_spreads),
	};
	return cmocka_run_group_tests(tests, make_keys, NULL);
}
