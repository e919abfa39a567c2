/* SPDX-License-Identifier: Apache-2.0
 *
 * Argument lists for the query macros: the first argument, the others, and a function or macro applied to each. A list
 * has at most 32 elements; a longer one of values goes through corm_in_array(). C only.
 */
#ifndef CORMORANT_LIST_H
#define CORMORANT_LIST_H

#define CORM__HEAD(first, ...) first
#define CORM__TAIL(first, ...) __VA_ARGS__
#define CORM__CAT(a, b) CORM__CAT_(a, b)
#define CORM__CAT_(a, b) a##b

/* How many arguments: 1 to 33 (the handle before a list counts as well), at_most_32_elements up to twice as many: that
 * name then stands in the compiler's error. */
#define CORM__COUNT(...) \
	CORM__COUNT_(__VA_ARGS__, CORM__TOO_MANY, CORM__TOO_MANY, CORM__TOO_MANY, at_most_32_elements, 33, 32, 31, 30, 29, 28, \
	             27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define CORM__COUNT_(...) CORM__COUNT_PICK(__VA_ARGS__)
#define CORM__TOO_MANY \
	at_most_32_elements, at_most_32_elements, at_most_32_elements, at_most_32_elements, at_most_32_elements, \
		at_most_32_elements, at_most_32_elements, at_most_32_elements, at_most_32_elements, at_most_32_elements
#define CORM__COUNT_PICK(_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, _21, \
                         _22, _23, _24, _25, _26, _27, _28, _29, _30, _31, _32, _33, _34, _35, _36, _37, _38, _39, _40, \
                         _41, _42, _43, _44, _45, _46, _47, _48, _49, _50, _51, _52, _53, _54, _55, _56, _57, _58, _59, \
                         _60, _61, _62, _63, _64, n, ...) \
	n

/* m(a), m(b), m(c) */
#define CORM__MAP(m, ...) CORM__CAT(CORM__MAP_, CORM__COUNT(__VA_ARGS__))(m, __VA_ARGS__)
#define CORM__MAP_1(m, a) m(a)
#define CORM__MAP_2(m, a, ...) m(a), CORM__MAP_1(m, __VA_ARGS__)
#define CORM__MAP_3(m, a, ...) m(a), CORM__MAP_2(m, __VA_ARGS__)
#define CORM__MAP_4(m, a, ...) m(a), CORM__MAP_3(m, __VA_ARGS__)
#define CORM__MAP_5(m, a, ...) m(a), CORM__MAP_4(m, __VA_ARGS__)
#define CORM__MAP_6(m, a, ...) m(a), CORM__MAP_5(m, __VA_ARGS__)
#define CORM__MAP_7(m, a, ...) m(a), CORM__MAP_6(m, __VA_ARGS__)
#define CORM__MAP_8(m, a, ...) m(a), CORM__MAP_7(m, __VA_ARGS__)
#define CORM__MAP_9(m, a, ...) m(a), CORM__MAP_8(m, __VA_ARGS__)
#define CORM__MAP_10(m, a, ...) m(a), CORM__MAP_9(m, __VA_ARGS__)
#define CORM__MAP_11(m, a, ...) m(a), CORM__MAP_10(m, __VA_ARGS__)
#define CORM__MAP_12(m, a, ...) m(a), CORM__MAP_11(m, __VA_ARGS__)
#define CORM__MAP_13(m, a, ...) m(a), CORM__MAP_12(m, __VA_ARGS__)
#define CORM__MAP_14(m, a, ...) m(a), CORM__MAP_13(m, __VA_ARGS__)
#define CORM__MAP_15(m, a, ...) m(a), CORM__MAP_14(m, __VA_ARGS__)
#define CORM__MAP_16(m, a, ...) m(a), CORM__MAP_15(m, __VA_ARGS__)
#define CORM__MAP_17(m, a, ...) m(a), CORM__MAP_16(m, __VA_ARGS__)
#define CORM__MAP_18(m, a, ...) m(a), CORM__MAP_17(m, __VA_ARGS__)
#define CORM__MAP_19(m, a, ...) m(a), CORM__MAP_18(m, __VA_ARGS__)
#define CORM__MAP_20(m, a, ...) m(a), CORM__MAP_19(m, __VA_ARGS__)
#define CORM__MAP_21(m, a, ...) m(a), CORM__MAP_20(m, __VA_ARGS__)
#define CORM__MAP_22(m, a, ...) m(a), CORM__MAP_21(m, __VA_ARGS__)
#define CORM__MAP_23(m, a, ...) m(a), CORM__MAP_22(m, __VA_ARGS__)
#define CORM__MAP_24(m, a, ...) m(a), CORM__MAP_23(m, __VA_ARGS__)
#define CORM__MAP_25(m, a, ...) m(a), CORM__MAP_24(m, __VA_ARGS__)
#define CORM__MAP_26(m, a, ...) m(a), CORM__MAP_25(m, __VA_ARGS__)
#define CORM__MAP_27(m, a, ...) m(a), CORM__MAP_26(m, __VA_ARGS__)
#define CORM__MAP_28(m, a, ...) m(a), CORM__MAP_27(m, __VA_ARGS__)
#define CORM__MAP_29(m, a, ...) m(a), CORM__MAP_28(m, __VA_ARGS__)
#define CORM__MAP_30(m, a, ...) m(a), CORM__MAP_29(m, __VA_ARGS__)
#define CORM__MAP_31(m, a, ...) m(a), CORM__MAP_30(m, __VA_ARGS__)
#define CORM__MAP_32(m, a, ...) m(a), CORM__MAP_31(m, __VA_ARGS__)
#define CORM__MAP_33(m, a, ...) m(a), CORM__MAP_32(m, __VA_ARGS__)

/* The same without the first argument and with a comma behind each: for lists that a sentinel ends. */
#define CORM__MAP_TAIL(m, ...) CORM__CAT(CORM__REST_, CORM__COUNT(__VA_ARGS__))(m, __VA_ARGS__)
#define CORM__REST_1(m, a)
#define CORM__REST_2(m, a, ...) CORM__MAP_1(m, __VA_ARGS__),
#define CORM__REST_3(m, a, ...) CORM__MAP_2(m, __VA_ARGS__),
#define CORM__REST_4(m, a, ...) CORM__MAP_3(m, __VA_ARGS__),
#define CORM__REST_5(m, a, ...) CORM__MAP_4(m, __VA_ARGS__),
#define CORM__REST_6(m, a, ...) CORM__MAP_5(m, __VA_ARGS__),
#define CORM__REST_7(m, a, ...) CORM__MAP_6(m, __VA_ARGS__),
#define CORM__REST_8(m, a, ...) CORM__MAP_7(m, __VA_ARGS__),
#define CORM__REST_9(m, a, ...) CORM__MAP_8(m, __VA_ARGS__),
#define CORM__REST_10(m, a, ...) CORM__MAP_9(m, __VA_ARGS__),
#define CORM__REST_11(m, a, ...) CORM__MAP_10(m, __VA_ARGS__),
#define CORM__REST_12(m, a, ...) CORM__MAP_11(m, __VA_ARGS__),
#define CORM__REST_13(m, a, ...) CORM__MAP_12(m, __VA_ARGS__),
#define CORM__REST_14(m, a, ...) CORM__MAP_13(m, __VA_ARGS__),
#define CORM__REST_15(m, a, ...) CORM__MAP_14(m, __VA_ARGS__),
#define CORM__REST_16(m, a, ...) CORM__MAP_15(m, __VA_ARGS__),
#define CORM__REST_17(m, a, ...) CORM__MAP_16(m, __VA_ARGS__),
#define CORM__REST_18(m, a, ...) CORM__MAP_17(m, __VA_ARGS__),
#define CORM__REST_19(m, a, ...) CORM__MAP_18(m, __VA_ARGS__),
#define CORM__REST_20(m, a, ...) CORM__MAP_19(m, __VA_ARGS__),
#define CORM__REST_21(m, a, ...) CORM__MAP_20(m, __VA_ARGS__),
#define CORM__REST_22(m, a, ...) CORM__MAP_21(m, __VA_ARGS__),
#define CORM__REST_23(m, a, ...) CORM__MAP_22(m, __VA_ARGS__),
#define CORM__REST_24(m, a, ...) CORM__MAP_23(m, __VA_ARGS__),
#define CORM__REST_25(m, a, ...) CORM__MAP_24(m, __VA_ARGS__),
#define CORM__REST_26(m, a, ...) CORM__MAP_25(m, __VA_ARGS__),
#define CORM__REST_27(m, a, ...) CORM__MAP_26(m, __VA_ARGS__),
#define CORM__REST_28(m, a, ...) CORM__MAP_27(m, __VA_ARGS__),
#define CORM__REST_29(m, a, ...) CORM__MAP_28(m, __VA_ARGS__),
#define CORM__REST_30(m, a, ...) CORM__MAP_29(m, __VA_ARGS__),
#define CORM__REST_31(m, a, ...) CORM__MAP_30(m, __VA_ARGS__),
#define CORM__REST_32(m, a, ...) CORM__MAP_31(m, __VA_ARGS__),
#define CORM__REST_33(m, a, ...) CORM__MAP_32(m, __VA_ARGS__),

/* Around a compound literal whose defaults are overridden by what the caller names. */
#define CORM__PRAGMA(x) _Pragma(#x)
#ifdef __clang__
#define CORM__OVERRIDE_BEGIN \
	CORM__PRAGMA(clang diagnostic push) \
	CORM__PRAGMA(clang diagnostic ignored "-Winitializer-overrides")
#define CORM__OVERRIDE_END CORM__PRAGMA(clang diagnostic pop)
#else
#define CORM__OVERRIDE_BEGIN \
	CORM__PRAGMA(GCC diagnostic push) \
	CORM__PRAGMA(GCC diagnostic ignored "-Woverride-init") \
	CORM__PRAGMA(GCC diagnostic ignored "-Woverride-init-side-effects")
#define CORM__OVERRIDE_END CORM__PRAGMA(GCC diagnostic pop)
#endif

#endif
