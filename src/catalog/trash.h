#ifndef CATALOG_TRASH_H
#define CATALOG_TRASH_H
#include "catalog/catalog.h"

// What ended less than catalog_trash_expire_second ago, and how it lives again (DESIGN section 4).
// A row that ended stays as it is (INV-1): what is brought back gets new rows. Objects and
// partitions keep their ids; rowsets get new ones, whose files are links to the old ones, so that
// each row owns its file.

typedef enum TrashKind { TRASH_DATABASE, TRASH_TABLE, TRASH_PARTITION, TRASH_VERSION } TrashKind;

// What replaced the rows of a table as a whole, so that they can be had back.
typedef enum UndoCause {
    UNDO_RESTORE,
    UNDO_RECOVER,
    UNDO_TRUNCATE,
    UNDO_OVERWRITE,
    UNDO_CAUSE_COUNT
} UndoCause;
const char *undo_cause_text(UndoCause cause);  // "RESTORE"

// Something that RECOVER can bring back by itself: not what ended together with its parent.
typedef struct TrashItem {
    TrashKind kind;
    uint64_t id;       // of the object; TRASH_VERSION: what RECOVER TABLE .. FROM names
    UndoCause cause;   // TRASH_VERSION
    uint64_t to_txn;   // the transaction that ended it
    int64_t ended_ms;  // when that was
    uint64_t database_id, table_id;  // of its place; 0: none
    Str name;                        // TRASH_VERSION: of the table
    Str database, table;             // names of its place; STR_NONE: not known any more
    uint64_t file_count, row_count, size_bytes;
} TrashItem;
typedef struct TrashList {
    TrashItem *at;  // oldest end first
    size_t count;
} TrashList;
// The disk is short: what ended first, and still has files, leaves the trash at once. *ended_ms 0:
// nothing can go.
NODISCARD Rc catalog_shorten_trash(Ctx *ctx, Catalog *catalog, int64_t *ended_ms);
NODISCARD Rc catalog_trash(Ctx *ctx, Catalog *catalog, TrashList *out);

typedef struct RecoveryRequest {
    TrashKind kind;
    uint64_t database_id;  // of the table
    uint64_t table_id;     // of the partition or version
    Str table;             // its name, for messages
    Str name;              // of what was dropped; TRASH_VERSION: of the table
    uint64_t id;           // 0: the newest of that name; TRASH_VERSION: the undo's
    UndoCause cause;       // TRASH_VERSION
    Str new_name;          // empty: the old one
} RecoveryRequest;

typedef struct RecoveryFile {
    uint64_t old_id, new_id;
} RecoveryFile;

// While it is open nothing that it needs leaves the trash. Everything in ctx->arena.
typedef struct Recovery {
    Catalog *catalog;
    RecoveryRequest request;
    uint64_t object_id;
    uint64_t end_txn;               // which ended it
    const struct History *history;  // private to catalog/, and so is `next`
    struct Recovery *next;
    RecoveryFile *files;  // to be linked before txn_recover; by old id
    size_t file_count;
    uint64_t undo_id;  // TRASH_VERSION: undoes what txn_recover does
} Recovery;

// Errors: TRASH_NO_DATABASE, UNKNOWN_TABLE, TRASH_NO_PARTITION, TRASH_NO_VERSION, CATALOG_DAMAGED.
NODISCARD Rc catalog_recovery_open(Ctx *ctx, Catalog *catalog, const RecoveryRequest *request,
                                   Recovery **out);
void catalog_recovery_close(Recovery **recovery);  // NULL and already closed are fine

// Everything of it lives from this transaction on. Errors: RECOVER_DATABASE_EXISTS, TABLE_EXISTS,
// RECOVER_PARTITION_EXISTS, RECOVER_CONFLICT, CLAIMED_TABLE, CLAIMED_DATABASE, DATABASE_GONE,
// TABLE_GONE, and what _open answers when somebody else was faster.
NODISCARD Rc txn_recover(Ctx *ctx, CatalogTxn *txn, const Recovery *recovery);

// This transaction replaces rows of the table as a whole; `id` undoes it. Every rowset of each
// partition that it touches must end in it.
NODISCARD Rc txn_add_undo(Ctx *ctx, CatalogTxn *txn, UndoCause cause, uint64_t id,
                          uint64_t table_id);

#endif
