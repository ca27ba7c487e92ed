/*
 * tests/unit/engine/fixture: a real engine for each test.
 */
#include "fixture.h"

Fixture fixture_open(Ctx *t, int64_t memory_bytes)
{
    Fixture fixture = {.dir = test_dir(t)};
    EngineOptions options = {.memory_bytes = memory_bytes,
                             .threads = 2,
                             .spill_dir = str_printf(t->arena, "%.*s/spill", STR_ARG(fixture.dir)),
                             .dirs = &fixture.dir,
                             .dir_count = 1};
    CHECK_RC(RC_OK, engine_open(t, &options, &fixture.engine));
    CHECK_RC(RC_OK, engine_conn_open(t, fixture.engine, &fixture.conn));
    return fixture;
}

void fixture_close(Fixture *fixture)
{
    engine_conn_close(fixture->conn);
    engine_close(fixture->engine);
}

Rc fixture_ask(Ctx *t, Fixture *fixture, const char *sql, Str *out)
{
    SinkList list;
    sink_list_init(&list);
    TRY(engine_query(t, fixture->conn, str_from(sql), NULL, &list.sink));
    Buf text = buf_new(t->arena);
    for (const SinkRow *row = list.first; row; row = row->next) {
        if (row != list.first) buf_add_byte(&text, '/');
        for (size_t i = 0; i < list.column_count; i++) {
            if (i > 0) buf_add_byte(&text, '|');
            buf_add(&text, row->cells[i].ptr ? row->cells[i] : STR("NULL"));
        }
    }
    *out = text.len ? buf_str(&text) : STR("");
    return RC_OK;
}
