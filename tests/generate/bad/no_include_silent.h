/* C takes this for a function that returns the struct. */
struct Author {
	int id;
} corm_table();
