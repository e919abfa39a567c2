/* Structs without a default: their initialisers begin with the zero of the first member. */
#pragma once
#include <cormorant/model.h>

enum Suit { SPADES = 1, HEARTS };

struct A { const char *key corm_field(primary_key); } corm_table();
struct B { char key[4] corm_field(primary_key); } corm_table();
struct C { corm_uuid key corm_field(primary_key); } corm_table();
struct D { corm_bytes key corm_field(primary_key); } corm_table();
struct E { uint8_t key[4] corm_field(primary_key); } corm_table();
struct F { corm_datetime key corm_field(primary_key); } corm_table();
struct G { corm_decimal key corm_field(primary_key); } corm_table();
struct H { bool key corm_field(primary_key); } corm_table();
struct I { enum Suit key corm_field(primary_key); } corm_table();
struct J { corm_optional(int) first; int key corm_field(primary_key); } corm_table();
struct K { corm_json first; int key corm_field(primary_key); } corm_table();
struct L { corm_optional_of(enum Suit) first; corm_date key corm_field(primary_key); } corm_table();
struct M { float first; corm_time key corm_field(primary_key); } corm_table();
