#ifndef TESTS_UNIT_SERVER_FAKE_EXEC_H
#define TESTS_UNIT_SERVER_FAKE_EXEC_H
#include "exec/exec.h"

/*
 * A stand-in for exec/: sessions without a database. Statements that it knows, up to each ';':
 *   OK [n]         n affected rows, one warning, info "done"
 *   ROWS n         n rows of (id BIGINT, name VARCHAR(20)); every third name is NULL
 *   BIG n          one row with one VARCHAR of n bytes 'x'
 *   LEN            one row: the bytes of the whole text that was sent
 *   FAIL           error BAD_DATABASE_NAME
 *   FAIL n         the same behind n rows
 *   SLEEP          waits until it is cancelled
 *   LATE           the same, but a cancel that comes in its first moments is lost
 *   FLOOD          rows without end, until cancelled or nobody reads
 *   KILL n, DESC t, SHOW PROCESSLIST, SELECT.. (one row "1")
 * Users: root without a password; "bob" whose password is "secret". Databases: db1.
 */
int fake_open_sessions(void);
int fake_cancel_count(void);    // statements that ended cancelled
Instance *fake_instance(void);  // also what instance_open() gives

#endif
