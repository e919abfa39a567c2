/* SPDX-License-Identifier: Apache-2.0
 *
 * Parsing the text of annotations, and matching options with the tables of what there is.
 */
#include "generate/options.h"
#include "base/utf8.h"
#include "generate/names.h"
#include <stdlib.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word_character(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

bool corm__gen_is_word(const char *text)
{
	if (!is_letter(*text))
		return false;
	while (is_word_character(*text))
		text++;
	return !*text;
}

/* The end of the string or character literal that begins at text. */
static const char *skip_literal(const char *text, const char *end)
{
	char quote = *text++;
	while (text < end && *text != quote)
		text += *text == '\\' && text + 1 < end ? 2 : 1;
	return text < end ? text + 1 : end;
}

/* The first comma outside of parentheses, braces, brackets and literals, or end. */
static const char *find_comma(const char *text, const char *end)
{
	int depth = 0;
	while (text < end) {
		if (*text == '"' || *text == '\'') {
			text = skip_literal(text, end);
			continue;
		}
		if (strchr("([{", *text))
			depth++;
		else if (strchr(")]}", *text))
			depth--;
		else if (*text == ',' && depth == 0)
			break;
		text++;
	}
	return text;
}

/* The parenthesis that closes the one at text; NULL when there is none. */
static const char *find_closing(const char *text, const char *end)
{
	int depth = 0;
	while (text < end) {
		if (*text == '"' || *text == '\'') {
			text = skip_literal(text, end);
			continue;
		}
		if (*text == '(')
			depth++;
		else if (*text == ')' && --depth == 0)
			return text;
		text++;
	}
	return NULL;
}

static struct corm__gen_option *parse_list(struct corm__gen *gen, const char *text, const char *end, size_t *count);

static void parse_item(struct corm__gen *gen, struct corm__gen_option *option, const char *text, const char *end)
{
	while (text < end && is_space(*text))
		text++;
	while (end > text && is_space(end[-1]))
		end--;
	option->text = corm__gen_copy(gen, text, (size_t)(end - text));
	option->name = "";

	const char *word = text;
	if (text < end && is_letter(*text))
		while (text < end && is_word_character(*text))
			text++;
	size_t length = (size_t)(text - word);
	while (text < end && is_space(*text))
		text++;
	if (text == end) {
		option->name = corm__gen_copy(gen, word, length);
	} else if (*text == '(' && find_closing(text, end) == end - 1) {
		option->name = corm__gen_copy(gen, word, length);
		option->inner = corm__gen_copy(gen, text + 1, (size_t)(end - text) - 2);
		option->arguments = parse_list(gen, text + 1, end - 1, &option->count);
	}
}

static struct corm__gen_option *parse_list(struct corm__gen *gen, const char *text, const char *end, size_t *count)
{
	struct corm__gen_option *first = NULL, *last = NULL;
	*count = 0;
	while (text < end && is_space(*text))
		text++;
	while (text < end || last) {
		const char *comma = find_comma(text, end);
		struct corm__gen_option *option = corm__gen_node(gen, sizeof *option);
		if (!option)
			return NULL;
		parse_item(gen, option, text, comma);
		if (last)
			last->next = option;
		else
			first = option;
		last = option;
		++*count;
		if (comma == end)
			break;
		text = comma + 1;
	}
	return first;
}

struct corm__gen_option *corm__gen_parse_options(struct corm__gen *gen, struct corm__gen_location location,
                                                 const char *text)
{
	size_t count;
	struct corm__gen_option *first = parse_list(gen, text, text + strlen(text), &count), **at = &first;
	while (*at) {
		if ((*at)->text[0]) {
			at = &(*at)->next;
			continue;
		}
		corm__gen_complain(gen, location, "an option is missing beside a comma in \"%s\"", text);
		*at = (*at)->next;
	}
	return first;
}

/* Reads the escape behind a backslash at *text, which is moved on. */
static char read_escape(const char **text)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	char c = *(*text)++;
	const char *simple = c ? strchr(from, c) : NULL;
	if (simple)
		return to[simple - from];
	if (c == 'x' || (c >= '0' && c <= '7')) {
		char digits[4] = { 0 };
		const char *allowed = c == 'x' ? "0123456789abcdefABCDEF" : "01234567";
		size_t length = 0;
		if (c != 'x')
			digits[length++] = c;
		while (length < (c == 'x' ? 2u : 3u) && **text && strchr(allowed, **text))
			digits[length++] = *(*text)++;
		return (char)(unsigned char)strtoul(digits, NULL, c == 'x' ? 16 : 8);
	}
	return c;
}

/* Writes the character of \uXXXX or \UXXXXXXXX at *text, behind the backslash, to value; at most four bytes. */
static size_t read_universal(const char **text, char *value)
{
	size_t digits = *(*text)++ == 'u' ? 4 : 8;
	unsigned long code = 0;
	for (const char *end = *text + digits; *text < end && strchr("0123456789abcdefABCDEF", **text) && **text; ++*text)
		code = code << 4 | (unsigned long)(**text <= '9' ? **text - '0' : (**text | 0x20) - 'a' + 10);
	if (code < 0x80) {
		value[0] = (char)code;
		return 1;
	}
	size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = size; --i > 0; code >>= 6)
		value[i] = (char)(unsigned char)(0x80 | (code & 0x3F));
	value[0] = (char)(unsigned char)((0xF00 >> size & 0xFF) | code);
	return size;
}

static char *unquote(struct corm__gen *gen, const char *text, size_t *length_out)
{
	char *value = corm__arena_take(&gen->arena, strlen(text) + 1);
	if (!value) {
		gen->out_of_memory = true;
		return NULL;
	}
	size_t length = 0;
	do {
		if (*text++ != '"')
			return NULL;
		while (*text && *text != '"') {
			char c = *text++;
			if (c == '\\' && (*text == 'u' || *text == 'U'))
				length += read_universal(&text, value + length);
			else
				value[length++] = c == '\\' && *text ? read_escape(&text) : c;
		}
		if (*text++ != '"')
			return NULL;
		while (is_space(*text))
			text++;
	} while (*text);
	value[length] = '\0';
	*length_out = length;
	return value;
}

const char *corm__gen_unquote(struct corm__gen *gen, const char *text)
{
	size_t length;
	return unquote(gen, text, &length);
}

/* Names and SQL go to databases that take neither NUL nor what is not UTF-8. */
static bool is_database_text(struct corm__gen *gen, const char *literal)
{
	size_t length;
	const char *value = unquote(gen, literal, &length);
	if (!value)
		return true; /* no string at all, which is not our question */
	if (strlen(value) != length)
		return false;
	for (size_t at = 0, step; at < length; at += step) {
		step = corm__utf8_step((const unsigned char *)value + at, length - at);
		if (!step)
			return false;
	}
	return true;
}

/* What is wrong with the option's arguments, or NULL. */
static const char *check_arguments(struct corm__gen *gen, enum corm__gen_takes takes,
                                   const struct corm__gen_option *option)
{
	for (const struct corm__gen_option *argument = option->arguments; argument; argument = argument->next)
		if (!argument->text[0])
			return "has an empty argument";
	bool is_single = option->arguments && !option->arguments->next;
	if (is_single && takes != CORM__GEN_EXPRESSION && !is_database_text(gen, option->arguments->text))
		return "takes a string of UTF-8 without NUL";
	switch (takes) {
	case CORM__GEN_NOTHING:
		return option->inner ? "takes no argument" : NULL;
	case CORM__GEN_ONE:
		return is_single ? NULL : "takes one argument";
	case CORM__GEN_TWO:
		return option->count == 2 ? NULL : "takes two arguments";
	case CORM__GEN_STRING: {
		const char *value = is_single ? corm__gen_unquote(gen, option->arguments->text) : NULL;
		return value && *value ? NULL : "takes one string in quotes that is not empty";
	}
	case CORM__GEN_WORD:
		return is_single && corm__gen_is_word(option->arguments->text) ? NULL : "takes one name";
	case CORM__GEN_EXPRESSION:
		return option->count ? NULL : "takes an expression";
	case CORM__GEN_LIST:
		return option->count ? NULL : "takes at least one argument";
	}
	return NULL;
}

static const struct corm__gen_rule *rule_at(const struct corm__gen_rule *rules, size_t index, size_t size)
{
	return (const struct corm__gen_rule *)(const void *)((const char *)rules + index * size);
}

static void complain_unknown(struct corm__gen *gen, struct corm__gen_location location, const char *annotation,
                             const struct corm__gen_rule *rules, size_t count, size_t size,
                             const struct corm__gen_option *option)
{
	const char *word = option->name[0] ? option->name : option->text, *nearest = NULL;
	size_t least = strlen(word) / 3 + 1;
	for (size_t i = 0; i < count; i++) {
		size_t distance = corm__gen_distance(word, rule_at(rules, i, size)->name);
		if (distance <= least && (!nearest || distance < least)) {
			nearest = rule_at(rules, i, size)->name;
			least = distance;
		}
	}
	if (nearest)
		corm__gen_complain(gen, location, "%s has no option \"%s\"; did you mean \"%s\"?", annotation, word, nearest);
	else
		corm__gen_complain(gen, location, "%s has no option \"%s\"", annotation, word);
}

int corm__gen_match(struct corm__gen *gen, struct corm__gen_location location, const char *annotation,
                    const struct corm__gen_rule *rules, size_t count, size_t size, const struct corm__gen_option *first,
                    const struct corm__gen_option *option)
{
	size_t index = 0;
	while (index < count && strcmp(rule_at(rules, index, size)->name, option->name) != 0)
		index++;
	if (index == count) {
		complain_unknown(gen, location, annotation, rules, count, size, option);
		return -1;
	}
	const struct corm__gen_rule *rule = rule_at(rules, index, size);
	for (; first != option && !rule->repeats; first = first->next)
		if (strcmp(first->name, option->name) == 0) {
			corm__gen_complain(gen, location, "option \"%s\" is given twice", option->name);
			return -1;
		}
	const char *wrong = check_arguments(gen, rule->takes, option);
	if (wrong) {
		corm__gen_complain(gen, location, "option \"%s\" %s: \"%s\"", option->name, wrong, option->text);
		return -1;
	}
	return (int)index;
}

void corm__gen_require_function(struct corm__gen *gen, struct corm__gen_location location,
                                const struct corm__gen_option *option, const char *of)
{
	corm__gen_probe(gen, location, corm__gen_text(gen, "%s of \"%s\"", option->text, of),
	                corm__gen_text(gen, "(void)*(%s);", option->arguments->text));
}
