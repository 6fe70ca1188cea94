// Fixed-arity twins of what Swift cannot import from sqlite3.h (variadic functions, cast macros), and nothing else.
#pragma once
#include <sqlite3.h>

// sqlite3_db_config is variadic; every option used here takes (int onoff, int *result).
static inline int csqlite_db_config(sqlite3 *db, int option, int onoff) {
    return sqlite3_db_config(db, option, onoff, (int *)0);
}

// sqlite3_config is variadic; this option takes (int onoff). Only before the library is first used.
static inline int csqlite_config(int option, int onoff) {
    return sqlite3_config(option, onoff);
}

// SQLITE_TRANSIENT is a cast macro: SQLite takes a copy of the text before the call returns.
static inline int csqlite_bind_text_copy(sqlite3_stmt *statement, int index, const char *text, int length) {
    return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}

static inline void csqlite_result_text_copy(sqlite3_context *context, const char *text, int length) {
    sqlite3_result_text(context, text, length, SQLITE_TRANSIENT);
}

// The same for bytes.
static inline int csqlite_bind_blob_copy(sqlite3_stmt *statement, int index, const void *bytes, int length) {
    return sqlite3_bind_blob(statement, index, bytes, length, SQLITE_TRANSIENT);
}
