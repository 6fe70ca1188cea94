// Fixed-arity twins of what Swift cannot import from sqlite3.h (variadic functions), and nothing else.
#pragma once
#include <sqlite3.h>

// sqlite3_db_config is variadic; every option used here takes (int onoff, int *result).
static inline int csqlite_db_config(sqlite3 *db, int option, int onoff) {
    return sqlite3_db_config(db, option, onoff, (int *)0);
}
