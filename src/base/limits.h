#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

// Every size has a limit; each stands here once. docs/operations.md prints this table.
enum {
    LIMIT_PACKET_BYTES = 64 * 1024 * 1024,  // one client packet, as max_allowed_packet
    LIMIT_LOGIN_BYTES = 64 * 1024,          // one client packet before the client is known
    LIMIT_SQL_BYTES = 16 * 1024 * 1024,     // one statement
    LIMIT_SQL_DEPTH = 200,                  // nesting of expressions and queries
    LIMIT_SQL_TREE_DEPTH = 1000,            // of the tree: chains like a OR b OR .. count too
    LIMIT_SQL_LIST = 100000,                // items of one list (VALUES rows, IN items, objects)
    LIMIT_IDENTIFIER_BYTES = 1024,          // table and column names
    LIMIT_COLUMNS = 10000,                  // of one table
    LIMIT_TYPE_DEPTH = 15,                  // of ARRAY, MAP and STRUCT within each other
    LIMIT_PARTITIONS = 10000,               // of one table, and of one statement
    LIMIT_AUTO_PARTITIONS = 4096,           // that one load makes
    LIMIT_PROPERTIES = 1000,                // pairs of one PROPERTIES clause
    LIMIT_JSON_BYTES = 256 * 1024 * 1024,
    LIMIT_JSON_DEPTH = 64,
    LIMIT_MANIFEST_BYTES = 64 * 1024 * 1024,     // head of one snapshot
    LIMIT_FILE_LIST_LINE_BYTES = 64 * 1024,      // one line of a file list
    LIMIT_FOLDER_ENTRIES = 1000000,              // of one folder that is listed
    LIMIT_VECTOR_FILE_BYTES = 64 * 1024 * 1024,  // a delete vector in a repository
    LIMIT_DELETE_VECTOR_BYTES = 512 * 1024,  // of one rowset; beyond it compaction rewrites that
    LIMIT_LABEL_BYTES = 200,                 // percent-encoded name in a path
    LIMIT_CONNECTIONS = 1024,
    LIMIT_CONFIG_LINE_BYTES = 4096,
    LIMIT_CONFIG_BYTES = 1024 * 1024,  // the configuration file
    LIMIT_WARNINGS = 64,               // kept per statement
};

#endif
