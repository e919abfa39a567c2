/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of UUIDs.
 */
#include "base/random.h"
#include "fail_alloc.h"
#include "type/codec.h"

#include <cormorant/value.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT 20000

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(corm_uuid));
}

static void assert_all_differ(corm_uuid *values, size_t count)
{
	qsort(values, count, sizeof *values, compare);
	for (size_t i = 1; i < count; i++)
		assert_false(corm_uuid_equal(values[i - 1], values[i]));
}

static void version_4_has_its_bits(void **state)
{
	(void)state;
	static corm_uuid values[COUNT];
	uint8_t all[16], any[16] = { 0 };
	memset(all, 0xFF, sizeof all);
	for (int i = 0; i < COUNT; i++) {
		values[i] = corm_uuid4();
		assert_int_equal(values[i].bytes[6] >> 4, 4);
		assert_int_equal(values[i].bytes[8] >> 6, 2);
		for (int k = 0; k < 16; k++) {
			all[k] &= values[i].bytes[k];
			any[k] |= values[i].bytes[k];
		}
	}
	/* Every other bit was seen as 0 and as 1. */
	for (int k = 0; k < 16; k++) {
		assert_int_equal(all[k], k == 6 ? 0x40 : k == 8 ? 0x80 : 0);
		assert_int_equal(any[k], k == 6 ? 0x4F : k == 8 ? 0xBF : 0xFF);
	}
	assert_all_differ(values, COUNT);
}

static uint64_t milliseconds_of(corm_uuid value)
{
	uint64_t milliseconds = 0;
	for (int i = 0; i < 6; i++)
		milliseconds = milliseconds << 8 | value.bytes[i];
	return milliseconds;
}

static void version_7_has_its_bits_and_grows(void **state)
{
	(void)state;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	uint64_t start = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	corm_uuid before = corm_uuid7();
	assert_in_range(milliseconds_of(before), start, start + 60000);
	for (int i = 0; i < COUNT; i++) {
		corm_uuid value = corm_uuid7();
		assert_int_equal(value.bytes[6] >> 4, 7);
		assert_int_equal(value.bytes[8] >> 6, 2);
		assert_true(memcmp(before.bytes, value.bytes, 16) < 0);
		before = value;
	}
	assert_in_range(milliseconds_of(before), start, start + 60000);
}

struct batch {
	corm_uuid random[COUNT / 4], ordered[COUNT / 4];
};

static void *make_batch(void *data)
{
	struct batch *batch = data;
	for (int i = 0; i < COUNT / 4; i++) {
		batch->random[i] = corm_uuid4();
		batch->ordered[i] = corm_uuid7();
	}
	return NULL;
}

static void threads_never_give_the_same(void **state)
{
	(void)state;
	static struct batch batches[4];
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, make_batch, &batches[i]), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	static corm_uuid all[2 * COUNT];
	memcpy(all, batches, sizeof all);
	assert_all_differ(all, 2 * COUNT);
}

/* The pool of random bytes is in use when the process forks, each time in the same state. */
static void forked_processes_never_give_the_same(void **state)
{
	(void)state;
	enum { PROCESSES = 4, EACH = 200 };
	static corm_uuid all[PROCESSES * EACH];
	corm_uuid4();
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	for (int process = 1; process < PROCESSES; process++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			corm_uuid values[EACH];
			for (int i = 0; i < EACH; i++)
				values[i] = i % 2 ? corm_uuid4() : corm_uuid7();
			_exit(write(ends[1], values, sizeof values) == (ssize_t)sizeof values ? 0 : 1);
		}
		int result;
		assert_int_equal(waitpid(child, &result, 0), child);
		assert_int_equal(result, 0);
		assert_int_equal(read(ends[0], all + process * EACH, sizeof *all * EACH), (ssize_t)(sizeof *all * EACH));
	}
	close(ends[0]);
	close(ends[1]);
	for (int i = 0; i < EACH; i++)
		all[i] = i % 2 ? corm_uuid4() : corm_uuid7();
	assert_all_differ(all, PROCESSES * EACH);
}

static void random_bytes_of_any_number(void **state)
{
	(void)state;
	static unsigned char bytes[5000], zeros[64];
	for (size_t size = 0; size < sizeof bytes - 64; size += 61) {
		memset(bytes, 0, sizeof bytes);
		corm__random(bytes, size);
		assert_memory_equal(bytes + size, zeros, sizeof zeros);
		if (size >= sizeof zeros)
			assert_memory_not_equal(bytes + size - sizeof zeros, zeros, sizeof zeros);
	}
}

static const corm_uuid sample = { .bytes = { 0xF8, 0x1D, 0x4F, 0xAE, 0x7D, 0xEC, 0x11, 0xD0, 0xA7, 0x65, 0x00, 0xA0,
                                             0xC9, 0x1E, 0x6B, 0xF6 } };

static void text_of_a_uuid(void **state)
{
	(void)state;
	char hex[CORM__UUID_HEX + 1] = "";
	corm__uuid_hex(&sample, hex);
	assert_string_equal(hex, "f81d4fae7dec11d0a76500a0c91e6bf6");
	assert_string_equal(corm_uuid_string(sample).text, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
	assert_true(corm_uuid_is_nil((corm_uuid){ .bytes = { 0 } }));
	assert_false(corm_uuid_is_nil(sample));
	for (int i = 0; i < COUNT; i++) {
		corm_uuid value = corm_uuid4(), back;
		assert_int_equal(corm_uuid_parse(corm_uuid_string(value).text, &back), CORM_OK);
		assert_true(corm_uuid_equal(value, back));
		corm__uuid_hex(&value, hex);
		assert_true(corm__uuid_read(hex, CORM__UUID_HEX, &back) && corm_uuid_equal(value, back));
	}
}

static void parses_both_forms_in_either_case(void **state)
{
	(void)state;
	static const char *const good[] = {
		"f81d4fae7dec11d0a76500a0c91e6bf6",
		"F81D4FAE7DEC11D0A76500A0C91E6BF6",
		"f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
		"F81d4FAE-7dEC-11D0-a765-00A0c91E6bF6",
	};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		corm_uuid value = { .bytes = { 0 } };
		assert_int_equal(corm_uuid_parse(good[i], &value), CORM_OK);
		assert_true(corm_uuid_equal(value, sample));
	}
}

static void refuses_what_is_no_uuid(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		"-",
		"f81d4fae7dec11d0a76500a0c91e6bf",
		"f81d4fae7dec11d0a76500a0c91e6bf66",
		"f81d4fae-7dec-11d0-a765-00a0c91e6bf",
		"f81d4fae-7dec-11d0-a765-00a0c91e6bf66",
		"f81d4fae-7dec-11d0-a76500a0c91e6bf6",
		"f81d4fae7-dec-11d0-a765-00a0c91e6bf6",
		"f81d4fae 7dec 11d0 a765 00a0c91e6bf6",
		"{81d4fae-7dec-11d0-a765-00a0c91e6bf}",
		" f81d4fae7dec11d0a76500a0c91e6bf6",
		"f81d4fae7dec11d0a76500a0c91e6bf6\n",
		"------------------------------------",
	};
	corm_uuid value = sample;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(corm_uuid_parse(bad[i], &value), CORM_ERROR_TYPE);
	assert_int_equal(corm_uuid_parse(NULL, &value), CORM_ERROR_USAGE);
	assert_int_equal(corm_uuid_parse("f81d4fae7dec11d0a76500a0c91e6bf6", NULL), CORM_ERROR_USAGE);
	assert_true(corm_uuid_equal(value, sample));

	/* Every byte that is no digit, at every place. */
	for (int place = 0; place < CORM__UUID_HEX; place++)
		for (int c = 0; c < 256; c++) {
			char text[CORM__UUID_HEX];
			memcpy(text, "f81d4fae7dec11d0a76500a0c91e6bf6", sizeof text);
			text[place] = (char)c;
			bool is_digit = c && strchr("0123456789abcdefABCDEF", c);
			corm_uuid other;
			assert_int_equal(corm__uuid_read(text, sizeof text, &other), is_digit);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_4_has_its_bits),
		cmocka_unit_test(version_7_has_its_bits_and_grows),
		cmocka_unit_test(threads_never_give_the_same),
		cmocka_unit_test(forked_processes_never_give_the_same),
		cmocka_unit_test(random_bytes_of_any_number),
		cmocka_unit_test(text_of_a_uuid),
		cmocka_unit_test(parses_both_forms_in_either_case),
		cmocka_unit_test(refuses_what_is_no_uuid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
