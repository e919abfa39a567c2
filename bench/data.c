/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of the benchmark: random keys, but the same ones in every run.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

/* splitmix64: a random number from any number. */
static uint64_t mix(uint64_t number)
{
	number += UINT64_C(0x9E3779B97F4A7C15);
	number = (number ^ (number >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	number = (number ^ (number >> 27)) * UINT64_C(0x94D049BB133111EB);
	return number ^ (number >> 31);
}

/* A UUID of version 4. */
static void make_id(uint64_t table, size_t index, uint8_t id[16])
{
	uint64_t high = mix((table << 40) + 2 * index);
	uint64_t low = mix((table << 40) + 2 * index + 1);
	for (int i = 0; i < 8; i++) {
		id[i] = (uint8_t)(high >> (8 * i));
		id[8 + i] = (uint8_t)(low >> (8 * i));
	}
	id[6] = (id[6] & 0x0f) | 0x40;
	id[8] = (id[8] & 0x3f) | 0x80;
}

static int64_t make_time(size_t index)
{
	return (INT64_C(1704067200) + (int64_t)index) * 1000000 + (int64_t)(mix(index) % 1000000);
}

static void *allocate(size_t count, size_t size)
{
	void *block = calloc(count, size);
	if (!block)
		bench_fail("out of memory");
	return block;
}

void bench_data_init(struct bench_data *data, size_t book_count)
{
	*data = (struct bench_data){
		.author_count = book_count / 100,
		.book_count = book_count,
		.call_count = book_count / 50,
	};
	data->authors = allocate(data->author_count, sizeof(struct bench_author));
	data->books = allocate(book_count, sizeof(struct bench_book));
	data->order = allocate(book_count, sizeof(size_t));
	for (size_t i = 0; i < data->author_count; i++) {
		struct bench_author *author = &data->authors[i];
		make_id(1, i, author->id);
		author->created = make_time(i);
		snprintf(author->name, sizeof author->name, "Author Number %04u", (unsigned)i % 10000);
	}
	for (size_t i = 0; i < book_count; i++) {
		struct bench_book *book = &data->books[i];
		make_id(2, i, book->id);
		book->created = make_time(i);
		book->author = i % data->author_count;
		snprintf(book->title, sizeof book->title, "The collected stories, book %06u", (unsigned)i % 1000000);
		snprintf(book->new_title, sizeof book->new_title, "The revised stories, number %06u", (unsigned)i % 1000000);
	}
	for (size_t i = 0; i < book_count; i++) {
		size_t other = (size_t)(mix((UINT64_C(3) << 40) + i) % (i + 1));
		data->order[i] = data->order[other];
		data->order[other] = i;
	}
}

void bench_data_release(struct bench_data *data)
{
	free(data->authors);
	free(data->books);
	free(data->order);
}

const struct bench_author *bench_data_called(const struct bench_data *data, size_t call)
{
	return &data->authors[mix((UINT64_C(4) << 40) + call) % data->author_count];
}
