/* SPDX-License-Identifier: Apache-2.0
 *
 * Dates, times of day and moments, and their text after ISO 8601.
 *
 * The calendar is the proleptic Gregorian one, its arithmetic that of Neri and Schneider, "Euclidean affine functions
 * and their application to calendar algorithms" (2022): years begin in March, so that a leap day is the last of its
 * year.
 */
#include "type/codec.h"

#include <cormorant/value.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define MARCH_0 719468             /* days from 0000-03-01 to 1970-01-01 */
#define FIRST_DAY INT32_C(-719162) /* 0001-01-01 */
#define LAST_DAY INT32_C(2932896)  /* 9999-12-31 */
#define FIRST_MOMENT CORM__FIRST_MOMENT
#define LAST_MOMENT CORM__LAST_MOMENT

/* Writing. */

static inline void write_pair(unsigned number, char *out)
{
	static const char pairs[] = "0001020304050607080910111213141516171819"
								"2021222324252627282930313233343536373839"
								"4041424344454647484950515253545556575859"
								"6061626364656667686970717273747576777879"
								"8081828384858687888990919293949596979899";
	memcpy(out, pairs + 2 * number, 2);
}

/* march_days: since 0000-03-01. */
static inline void write_day(uint32_t march_days, char *out)
{
	uint32_t n1 = 4 * march_days + 3;
	uint32_t century = n1 / 146097;
	uint32_t n2 = n1 % 146097 | 3;
	uint64_t p2 = UINT64_C(2939745) * n2;
	uint32_t year_of_century = (uint32_t)(p2 >> 32);
	uint32_t day_of_year = (uint32_t)p2 / 2939745 / 4;
	uint32_t n3 = 2141 * day_of_year + 197913;
	uint32_t month = n3 >> 16, day = (n3 & 0xFFFF) / 2141 + 1;
	uint32_t year = 100 * century + year_of_century;
	if (day_of_year >= 306) { /* January and February */
		year++;
		month -= 12;
	}
	write_pair(year / 100, out);
	write_pair(year % 100, out + 2);
	out[4] = '-';
	write_pair(month, out + 5);
	out[7] = '-';
	write_pair(day, out + 8);
}

static inline void write_clock(uint64_t microseconds, char *out)
{
	uint32_t seconds = (uint32_t)(microseconds / SECOND), fraction = (uint32_t)(microseconds % SECOND);
	write_pair(seconds / 3600, out);
	out[2] = ':';
	write_pair(seconds / 60 % 60, out + 3);
	out[5] = ':';
	write_pair(seconds % 60, out + 6);
	out[8] = '.';
	write_pair(fraction / 10000, out + 9);
	write_pair(fraction / 100 % 100, out + 11);
	write_pair(fraction % 100, out + 13);
}

bool corm__datetime_write(int64_t microseconds, char out[CORM__DATETIME_TEXT])
{
	if (!corm__datetime_in_range(microseconds))
		return false;
	uint64_t since = (uint64_t)(microseconds + MARCH_0 * DAY);
	write_day((uint32_t)(since / DAY), out);
	out[10] = ' ';
	write_clock(since % DAY, out + 11);
	return true;
}

bool corm__date_write(int32_t days, char out[CORM__DATE_TEXT])
{
	if (!corm__date_in_range(days))
		return false;
	write_day((uint32_t)(days + MARCH_0), out);
	return true;
}

bool corm__time_write(int64_t microseconds, char out[CORM__TIME_TEXT])
{
	if (!corm__time_in_range(microseconds))
		return false;
	write_clock((uint64_t)microseconds, out);
	return true;
}

/* Reading the canonical form: all characters are checked at once, then all ranges. */

static inline uint64_t load64(const char *at)
{
	uint64_t number;
	memcpy(&number, at, sizeof number);
	return number;
}

/* 0 when the eight characters at text have digits where pattern has '0', and what pattern has elsewhere; mask is F0
 * for the former and FF for the latter. The difference to '0' is 0 to 9, which adding 6 leaves in the low half of the
 * byte. A carry into the next byte does no harm: where it comes from, the check has failed. Any byte order will do. */
static inline uint64_t mismatch(const char *text, const char *pattern, const char *mask)
{
	uint64_t difference = load64(text) ^ load64(pattern);
	return (difference & load64(mask)) | ((difference + UINT64_C(0x0606060606060606)) & UINT64_C(0xF0F0F0F0F0F0F0F0));
}

#define DIGIT "\xF0"
#define SIGN "\xFF"
#define MISMATCH_DATE(text) \
	(mismatch((text), "0000-00-", DIGIT DIGIT DIGIT DIGIT SIGN DIGIT DIGIT SIGN) | \
	 mismatch((text) + 2, "00-00-00", DIGIT DIGIT SIGN DIGIT DIGIT SIGN DIGIT DIGIT))
#define MISMATCH_CLOCK(text) \
	(mismatch((text), "00:00:00", DIGIT DIGIT SIGN DIGIT DIGIT SIGN DIGIT DIGIT) | \
	 mismatch((text) + 7, "0.000000", DIGIT SIGN DIGIT DIGIT DIGIT DIGIT DIGIT DIGIT))

static inline unsigned read_pair(const char *text)
{
	return (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
}

/* The day by its numbers; false where there is none. year is at most 9999. */
static inline bool day_of(unsigned year, unsigned month, unsigned day, int32_t *days)
{
	static const uint8_t lengths[16] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year & (year % 25 ? 3 : 15)) == 0;
	unsigned length = lengths[month & 15] + (is_leap & (month == 2));
	if (!year | (month > 12) | (day - 1 >= length))
		return false;

	bool is_early = month <= 2; /* January and February end the year before */
	unsigned march_year = year - is_early, march_month = is_early ? month + 12 : month;
	unsigned century = march_year / 100;
	unsigned before_year = 1461 * march_year / 4 - century + century / 4;
	unsigned before_month = (979 * march_month - 2919) / 32;
	*days = (int32_t)(before_year + before_month + day - 1) - MARCH_0;
	return true;
}

static inline bool day_of_text(const char *text, int32_t *days)
{
	return day_of(read_pair(text) * 100 + read_pair(text + 2), read_pair(text + 5), read_pair(text + 8), days);
}

static inline bool clock_of_text(const char *text, int64_t *microseconds)
{
	unsigned hour = read_pair(text), minute = read_pair(text + 3), second = read_pair(text + 6);
	unsigned fraction = read_pair(text + 9) * 10000 + read_pair(text + 11) * 100 + read_pair(text + 13);
	*microseconds = (int64_t)(hour * 3600 + minute * 60 + second) * SECOND + fraction;
	return (hour < 24) & (minute < 60) & (second < 60);
}

/* Reading the other forms of ISO 8601, from left to right. */

struct reader {
	const char *next, *end;
};

static bool at(const struct reader *reader, char c)
{
	return reader->next < reader->end && *reader->next == c;
}

static bool skip(struct reader *reader, char c)
{
	if (!at(reader, c))
		return false;
	reader->next++;
	return true;
}

static bool at_digit(const struct reader *reader)
{
	return reader->next < reader->end && *reader->next >= '0' && *reader->next <= '9';
}

static bool read_two(struct reader *reader, unsigned limit, unsigned *number)
{
	*number = 0;
	for (int i = 0; i < 2; i++) {
		if (!at_digit(reader))
			return false;
		*number = *number * 10 + (unsigned)(*reader->next++ - '0');
	}
	return *number < limit;
}

static bool read_day(struct reader *reader, int32_t *days)
{
	unsigned century, year, month, day;
	return read_two(reader, 100, &century) && read_two(reader, 100, &year) && skip(reader, '-') &&
	       read_two(reader, 13, &month) && skip(reader, '-') && read_two(reader, 32, &day) &&
	       day_of(century * 100 + year, month, day, days);
}

/* One to nine digits, of which six count. */
static bool read_fraction(struct reader *reader, int64_t *microseconds)
{
	int count = 0;
	*microseconds = 0;
	for (; count < 9 && at_digit(reader); count++, reader->next++)
		if (count < 6)
			*microseconds = *microseconds * 10 + (*reader->next - '0');
	for (int i = count; i < 6; i++)
		*microseconds *= 10;
	return count > 0;
}

/* hh:mm[:ss[.f…]] */
static bool read_clock(struct reader *reader, int64_t *microseconds)
{
	unsigned hour, minute, second = 0;
	int64_t fraction = 0;
	if (!read_two(reader, 24, &hour) || !skip(reader, ':') || !read_two(reader, 60, &minute))
		return false;
	if (skip(reader, ':')) {
		if (!read_two(reader, 60, &second) || (skip(reader, '.') && !read_fraction(reader, &fraction)))
			return false;
	}
	*microseconds = hour * HOUR + minute * MINUTE + second * SECOND + fraction;
	return true;
}

/* Z, ±hh[:mm[:ss]], or nothing. */
static bool read_offset(struct reader *reader, int64_t *microseconds)
{
	*microseconds = 0;
	if (reader->next == reader->end || skip(reader, 'Z'))
		return true;
	bool is_west = at(reader, '-');
	unsigned hour, minute = 0, second = 0;
	if ((!skip(reader, '-') && !skip(reader, '+')) || !read_two(reader, 24, &hour))
		return false;
	if (skip(reader, ':')) {
		if (!read_two(reader, 60, &minute) || (skip(reader, ':') && !read_two(reader, 60, &second)))
			return false;
	}
	*microseconds = hour * HOUR + minute * MINUTE + second * SECOND;
	if (is_west)
		*microseconds = -*microseconds;
	return true;
}

static bool read_moment(struct reader *reader, int64_t *microseconds)
{
	int32_t days;
	int64_t clock = 0, offset = 0;
	if (!read_day(reader, &days))
		return false;
	if (reader->next < reader->end) {
		if (!skip(reader, 'T') && !skip(reader, ' '))
			return false;
		if (!read_clock(reader, &clock) || !read_offset(reader, &offset) || reader->next < reader->end)
			return false;
	}
	int64_t moment = days * DAY + clock - offset;
	if (moment < FIRST_MOMENT || moment > LAST_MOMENT)
		return false;
	*microseconds = moment;
	return true;
}

bool corm__datetime_read_near(const char *text, size_t length, struct corm__day_memo *memo, int64_t *microseconds)
{
	int64_t clock;
	if (length != CORM__DATETIME_TEXT || text[10] != ' ' || MISMATCH_CLOCK(text + 11))
		return read_moment(&(struct reader){ .next = text, .end = text + length }, microseconds);
	if (memcmp(text, memo->text, sizeof memo->text) != 0) {
		int32_t days;
		if (MISMATCH_DATE(text) || !day_of_text(text, &days))
			return false;
		memcpy(memo->text, text, sizeof memo->text);
		memo->days = days;
	}
	if (!clock_of_text(text + 11, &clock))
		return false;
	*microseconds = memo->days * DAY + clock;
	return true;
}

bool corm__datetime_read(const char *text, size_t length, int64_t *microseconds)
{
	return corm__datetime_read_near(text, length, &(struct corm__day_memo){ .days = 0 }, microseconds);
}

bool corm__date_read(const char *text, size_t length, int32_t *days)
{
	if (length == CORM__DATE_TEXT)
		return !MISMATCH_DATE(text) && day_of_text(text, days);
	struct reader reader = { .next = text, .end = text + length };
	int32_t day;
	int64_t clock;
	if (!read_day(&reader, &day) || (!skip(&reader, 'T') && !skip(&reader, ' ')) || !read_clock(&reader, &clock))
		return false;
	if (clock || reader.next < reader.end)
		return false;
	*days = day;
	return true;
}

bool corm__time_read(const char *text, size_t length, int64_t *microseconds)
{
	int64_t clock;
	if (length == CORM__TIME_TEXT) {
		if (MISMATCH_CLOCK(text) || !clock_of_text(text, &clock))
			return false;
	} else {
		struct reader reader = { .next = text, .end = text + length };
		if (!read_clock(&reader, &clock) || reader.next < reader.end)
			return false;
	}
	*microseconds = clock;
	return true;
}

bool corm__date_in_range(int32_t days)
{
	return days >= FIRST_DAY && days <= LAST_DAY;
}

bool corm__time_in_range(int64_t microseconds)
{
	return microseconds >= 0 && microseconds < DAY;
}

/* The public functions. */

corm_datetime corm_utcnow(void)
{
	struct timespec now = { .tv_sec = 0 };
	clock_gettime(CLOCK_REALTIME, &now);
	return (corm_datetime){ .microseconds = now.tv_sec * SECOND + now.tv_nsec / 1000 };
}

corm_status corm_datetime_parse(const char *text, corm_datetime *out)
{
	if (!text || !out)
		return CORM_ERROR_USAGE;
	return corm__datetime_read(text, strlen(text), &out->microseconds) ? CORM_OK : CORM_ERROR_TYPE;
}

/* How long the text of a clock is: a fraction that is zero is left out. */
static size_t clock_length(int64_t microseconds)
{
	return microseconds % SECOND ? CORM__TIME_TEXT : CORM__TIME_TEXT - strlen(".000000");
}

corm_datetime_text corm_datetime_string(corm_datetime value)
{
	corm_datetime_text string = { .text = "invalid datetime" };
	if (corm__datetime_write(value.microseconds, string.text)) {
		size_t length = CORM__DATE_TEXT + 1 + clock_length(value.microseconds);
		string.text[CORM__DATE_TEXT] = 'T';
		string.text[length] = 'Z';
		string.text[length + 1] = '\0';
	}
	return string;
}

corm_status corm_date_parse(const char *text, corm_date *out)
{
	if (!text || !out)
		return CORM_ERROR_USAGE;
	bool is_date = strnlen(text, CORM__DATE_TEXT + 1) == CORM__DATE_TEXT;
	return is_date && corm__date_read(text, CORM__DATE_TEXT, &out->days) ? CORM_OK : CORM_ERROR_TYPE;
}

corm_date_text corm_date_string(corm_date value)
{
	corm_date_text string = { .text = "invalid date" };
	if (corm__date_write(value.days, string.text))
		string.text[CORM__DATE_TEXT] = '\0';
	return string;
}

corm_status corm_date_from(int year, int month, int day, corm_date *out)
{
	if (!out)
		return CORM_ERROR_USAGE;
	if (year < 1 || year > 9999 || month < 1 || day < 1)
		return CORM_ERROR_TYPE;
	return day_of((unsigned)year, (unsigned)month, (unsigned)day, &out->days) ? CORM_OK : CORM_ERROR_TYPE;
}

corm_status corm_time_parse(const char *text, corm_time *out)
{
	if (!text || !out)
		return CORM_ERROR_USAGE;
	return corm__time_read(text, strlen(text), &out->microseconds) ? CORM_OK : CORM_ERROR_TYPE;
}

corm_time_text corm_time_string(corm_time value)
{
	corm_time_text string = { .text = "invalid time" };
	if (corm__time_write(value.microseconds, string.text))
		string.text[clock_length(value.microseconds)] = '\0';
	return string;
}
