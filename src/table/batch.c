/*
 * table/batch: INSERTs of a few constant rows into one table, by several sessions at once, become
 * one rowset.
 *
 * Form    sessions that come while another one writes wait for it; one of them then writes the rows
 *         of all (table/group), as one query, one file for each partition, and one change of the
 *         catalog. Where that fails, for whatever reason, each INSERT is done by itself, so that it
 *         fails or succeeds for its own rows alone (INV-37). Each answers when its rows are
 * durable. Errors  those of insert_rows. Threads any.
 */
#include "table/internal.h"

enum {
    MOST_ROWS = 10000,  // of one INSERT that may share a file, and of all that do
    MOST_SQL_BYTES = 256 * 1024,
    MOST_MEMBERS = 128,
};

bool batch_may(const TableInsert *insert)
{
    return insert->literal_rows > 0 && insert->literal_rows <= MOST_ROWS &&
           insert->sql.len <= MOST_SQL_BYTES && insert->partition_count == 0 &&
           !insert->is_overwrite && insert->table->def->keys == KEYS_DUPLICATE;
}

// Planned for the same schema of the same table: their rows have the same columns.
static bool is_alike(const TableInsert *a, const TableInsert *b)
{
    const TableDef *left = a->table->def, *right = b->table->def;
    return left->id == right->id && a->database_id == b->database_id &&
           uuid_eq(left->line, right->line) &&
           table_current_schema(left)->id == table_current_schema(right)->id;
}

static bool fits(const GroupMember *list, const GroupMember *other)
{
    const TableInsert *more = other->work;
    uint64_t rows = more->literal_rows, bytes = more->sql.len, count = 1;
    if (!is_alike(list->work, more)) return false;
    for (const GroupMember *at = list; at; at = at->next) {
        const TableInsert *insert = at->work;
        rows += insert->literal_rows;
        bytes += insert->sql.len;
        count++;
    }
    return rows <= MOST_ROWS && bytes <= MOST_SQL_BYTES && count <= MOST_MEMBERS;
}

// One INSERT with the rows of all.
static TableInsert join(Ctx *ctx, const GroupMember *list)
{
    TableInsert all = *(const TableInsert *)list->work;
    if (!list->next) return all;
    Buf sql = buf_new(ctx->arena);
    for (const GroupMember *at = list; at; at = at->next) {
        const TableInsert *insert = at->work;
        buf_printf(&sql, "%s(%.*s)", at == list ? "" : " UNION ALL ", STR_ARG(insert->sql));
        if (at != list) all.literal_rows += insert->literal_rows;
    }
    all.sql = buf_str(&sql);
    return all;
}

// The rows that are in must be those that were counted: members answer with their own numbers.
static Rc insert_list(Ctx *ctx, TableStore *store, EngineConn *conn, const GroupMember *list)
{
    uint64_t row_count = 0;
    TableInsert all = join(ctx, list);
    TRY(insert_rows(ctx, store, conn, &all, &row_count));
    must(row_count == all.literal_rows);
    return RC_OK;
}

Rc batch_insert(Ctx *ctx, TableStore *store, EngineConn *conn, const TableInsert *insert,
                uint64_t *row_count)
{
    GroupMember member = {.work = insert}, *list = NULL;
    Group *group = &store->batches[insert->table_id % BATCH_GROUPS];
    TRY(group_enter(ctx, group, &member, fits, &list));
    if (list) {
        bool is_shared = list->next != NULL;
        Rc rc = insert_list(ctx, store, conn, list);
        group_leave(group, list, rc == RC_OK ? GROUP_DONE : GROUP_ALONE);
        if (rc != RC_OK && !is_shared) return rc;
        if (rc != RC_OK) ctx_clear(ctx);
    }
    if (member.state == GROUP_ALONE) return insert_rows(ctx, store, conn, insert, row_count);
    *row_count = insert->literal_rows;
    return RC_OK;
}
