/* exec/showrows and exec/common: filters of SHOW, patterns, texts. No server is needed. */
#include "check.h"
#include "exec/showrows.h"

static const TextColumn COLUMNS[] = {
    {"Name", TYPE_VARCHAR}, {"Size", TYPE_BIGINT}, {"Note", TYPE_VARCHAR}};

static void add(Ctx *t, ShowRows *rows, const char *name, const char *size, const char *note)
{
    Str *cells = show_rows_add(t, rows);
    cells[0] = str_from(name);
    cells[1] = str_from(size);
    cells[2] = str_from(note);
}

// Names of the rows that `tail` lets through, joined by blanks.
static Rc show(Ctx *t, const char *tail, Str *out)
{
    Statement *stmt;
    size_t consumed;
    SinkList list;
    StatementResult result = {0};
    ShowRows rows = SHOW_ROWS(COLUMNS);
    Execution x = {.sink = &list.sink, .result = &result};
    Str text = str_printf(t->arena, "SHOW TABLES %s", tail);
    sink_list_init(&list);
    CHECK_RC(RC_OK, sql_parse(t, text, &stmt, &consumed));
    add(t, &rows, "alpha", "10", "x");
    add(t, &rows, "Beta", "9", NULL);
    add(t, &rows, "gamma", "100", "y");
    add(t, &rows, "delta", "9", "");
    TRY(show_rows_send(t, &x, &stmt->show, &rows));
    CHECK(result.has_rows);
    CHECK_INT(3, list.column_count);
    Buf names = buf_new(t->arena);
    for (const SinkRow *row = list.first; row; row = row->next)
        buf_printf(&names, "%s%.*s", row == list.first ? "" : " ", STR_ARG(row->cells[0]));
    *out = buf_str(&names);
    return RC_OK;
}

static Str shown(Ctx *t, const char *tail)
{
    Str out = STR("");
    CHECK_RC(RC_OK, show(t, tail, &out));
    return out;
}

TEST(showrows_refuses_what_it_does_not_know)
{
    Str out;
    CHECK_ERR_TEXT(SEMANTIC,
                   "Getting analyzing error. Detail message: Column 'nosuch' cannot be resolved.",
                   show(t, "WHERE nosuch = 1", &out));
    CHECK_ERR(SEMANTIC, show(t, "WHERE Name = 'a' OR nosuch = 1", &out));
    CHECK_ERR(SEMANTIC, show(t, "WHERE t.Name = 'a'", &out));
    CHECK_ERR(SEMANTIC, show(t, "ORDER BY nosuch", &out));
    CHECK_ERR(SEMANTIC, show(t, "ORDER BY 4", &out));
    CHECK_ERR(SEMANTIC, show(t, "ORDER BY 0", &out));
    CHECK_ERR(NOT_SUPPORTED, show(t, "WHERE upper(Name) = 'A'", &out));
    CHECK_ERR(NOT_SUPPORTED, show(t, "WHERE Size + 1 = 2", &out));
    CHECK_ERR(NOT_SUPPORTED, show(t, "WHERE Name IN (SELECT 1)", &out));
    CHECK_ERR(NOT_SUPPORTED, show(t, "WHERE Name RLIKE 'a'", &out));
    CHECK_ERR(NOT_SUPPORTED, show(t, "ORDER BY upper(Name)", &out));
}

TEST(showrows_where)
{
    CHECK_STR("alpha Beta gamma delta", shown(t, ""));
    CHECK_STR("Beta delta", shown(t, "WHERE size = 9"));
    CHECK_STR("alpha gamma", shown(t, "WHERE Size > 9"));  // as numbers: '10' > '9'
    CHECK_STR("alpha Beta delta", shown(t, "WHERE Size <= '10'"));
    CHECK_STR("alpha gamma", shown(t, "WHERE Name = 'alpha' OR Name = 'gamma'"));
    CHECK_STR("", shown(t, "WHERE Name = 'beta'"));  // = heeds the case
    CHECK_STR("Beta", shown(t, "WHERE Name LIKE 'beta'"));
    CHECK_STR("alpha gamma", shown(t, "WHERE Name NOT LIKE '%t%'"));
    CHECK_STR("alpha delta", shown(t, "WHERE Name IN ('alpha', 'delta')"));
    CHECK_STR("Beta gamma", shown(t, "WHERE NOT Name IN ('alpha', 'delta')"));
    CHECK_STR("alpha Beta delta", shown(t, "WHERE Size BETWEEN 5 AND 50"));
    CHECK_STR("Beta", shown(t, "WHERE Note IS NULL"));
    CHECK_STR("alpha gamma delta", shown(t, "WHERE Note IS NOT NULL"));
    CHECK_STR("Beta", shown(t, "WHERE Note <=> NULL"));
    CHECK_STR("", shown(t, "WHERE Size = -9"));
}

// NULL is neither true nor false.
TEST(showrows_where_null_is_unknown)
{
    CHECK_STR("gamma delta", shown(t, "WHERE Note <> 'x'"));
    CHECK_STR("gamma delta", shown(t, "WHERE NOT Note = 'x'"));
    CHECK_STR("alpha gamma delta", shown(t, "WHERE Note = 'x' OR NOT Note = 'x'"));
    CHECK_STR("alpha", shown(t, "WHERE Note IN ('x', NULL)"));
    CHECK_STR("", shown(t, "WHERE Note NOT IN ('x', NULL)"));
    CHECK_STR("", shown(t, "WHERE NULL"));
    CHECK_STR("Beta", shown(t, "WHERE Note IS NULL OR Note = NULL"));
}

TEST(showrows_order_and_limit)
{
    CHECK_STR("Beta delta alpha gamma", shown(t, "ORDER BY Size"));
    CHECK_STR("gamma alpha Beta delta", shown(t, "ORDER BY 2 DESC"));
    CHECK_STR("Beta delta alpha gamma", shown(t, "ORDER BY Note"));  // NULL first, then ''
    CHECK_STR("delta alpha gamma Beta", shown(t, "ORDER BY Note NULLS LAST"));
    CHECK_STR("gamma alpha delta Beta", shown(t, "ORDER BY Note DESC"));
    CHECK_STR("delta Beta alpha gamma", shown(t, "ORDER BY Size, Name DESC"));
    CHECK_STR("alpha Beta", shown(t, "LIMIT 2"));
    CHECK_STR("gamma", shown(t, "LIMIT 2, 1"));
    CHECK_STR("delta", shown(t, "LIMIT 9 OFFSET 3"));
    CHECK_STR("", shown(t, "LIMIT 9 OFFSET 4"));
    CHECK_STR("", shown(t, "LIMIT 0"));
    CHECK_STR("delta", shown(t, "LIKE '%TA' ORDER BY 1 DESC LIMIT 1"));
}

TEST(like_patterns)
{
    static const struct {
        const char *pattern, *text;
        bool is_match;
    } CASES[] = {
        {"", "", true},          {"", "a", false},      {"%", "", true},
        {"%", "abc", true},      {"a%", "ABC", true},   {"%c", "abc", true},
        {"%b%", "abc", true},    {"%d%", "abc", false}, {"_", "", false},
        {"_", "a", true},        {"_", "ab", false},    {"_", "京", true},
        {"東_", "東京", true},   {"a_c", "abc", true},  {"a\\_c", "abc", false},
        {"a\\_c", "a_c", true},  {"a\\%", "ab", false}, {"a\\%", "a%", true},
        {"a\\", "a\\", true},    {"%%%a", "xxa", true}, {"%a%b%c", "xaxbxcxc", true},
        {"%a_b", "aaaxb", true}, {"%ab", "aab", true},  {"abc", "ab", false},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        if (like_matches(str_from(CASES[i].pattern), str_from(CASES[i].text)) != CASES[i].is_match)
            check_failed(__FILE__, __LINE__, "'%s' LIKE '%s'", CASES[i].text, CASES[i].pattern);
    CHECK(like_matches(STR_NONE, STR("anything")));
}

// A pattern that would take for ever with a matcher that recurses at each %.
TEST(like_takes_bounded_time)
{
    Buf text = buf_new(t->arena), pattern = buf_new(t->arena);
    for (int i = 0; i < 2000; i++) buf_add(&text, STR("a"));
    for (int i = 0; i < 30; i++) buf_add(&pattern, STR("%a"));
    buf_add(&pattern, STR("%b"));
    int64_t start_ms = clock_steady_ms();
    CHECK(!like_matches(buf_str(&pattern), buf_str(&text)));
    CHECK(clock_steady_ms() - start_ms < 1000);
}

TEST(sizes_as_text)
{
    CHECK_STR("0B", text_bytes(t->arena, 0));
    CHECK_STR("1023B", text_bytes(t->arena, 1023));
    CHECK_STR("1KB", text_bytes(t->arena, 1024));
    CHECK_STR("1.5KB", text_bytes(t->arena, 1536));
    CHECK_STR("4KB", text_bytes(t->arena, 4096));
    CHECK_STR("1.9MB", text_bytes(t->arena, 2 * 1024 * 1024 - 1));
    CHECK_STR("16383.9PB", text_bytes(t->arena, UINT64_MAX));
    CHECK_STR(STR_NONE, text_time(t->arena, 0));
}
