/*
 * schema/ddl: definitions as SQL text.
 *
 * Source  StarRocks' AstToStringBuilder.getDdlStmt, Column.toSql, RangePartitionInfo.toSql,
 *         ListPartitionInfo.toSql, HashDistributionInfo.toSql, PartitionKey.toSql. Blanks at line
 * ends are theirs: clients compare texts. Errors  none.   Threads  pure, apart from the arena
 * given.
 */
#include "schema/ddl.h"
#include "base/ctx.h"
#include "schema/autopart.h"

// Between double quotes, as StarRocks escapes comments and defaults.
static void add_escaped(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        const char *known = strchr("\nn\tt\rr\bb\ff", byte);
        bool is_control = byte != '\0' && known && (unsigned char)byte < 0x20;
        if (byte == '\\' || byte == '"') buf_add_byte(out, '\\');
        if (is_control)
            buf_printf(out, "\\%c", known[1]);
        else
            buf_add_byte(out, byte);
    }
}

// Comments keep their line breaks; only quote and backslash are escaped.
static void add_comment(Buf *out, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' || text.ptr[i] == '"') buf_add_byte(out, '\\');
        buf_add_byte(out, text.ptr[i]);
    }
}

Str ddl_column(Arena *arena, const Column *column)
{
    Buf out = buf_new(arena);
    if (column->is_hidden) return column->generated;
    buf_add_quoted(&out, column->name, '`');
    return buf_str(&out);
}

static void add_names(Buf *out, const TableDef *table, const uint32_t *ids, size_t count,
                      const char *separator)
{
    for (size_t i = 0; i < count; i++) {
        const Column *column = schema_column(table_current_schema(table), ids[i]);
        must(column != NULL);
        if (i > 0) buf_add_z(out, separator);
        buf_add(out, ddl_column(out->arena, column));
    }
}

Str ddl_default(Arena *arena, const Column *column)
{
    Buf out = buf_new(arena);
    switch (column->default_kind) {
    case DEFAULT_NONE:
    case DEFAULT_NULL: return STR_NONE;
    case DEFAULT_LITERAL:
        buf_add_byte(&out, '"');
        add_escaped(&out, column->default_text);
        buf_add_byte(&out, '"');
        break;
    case DEFAULT_CURRENT_TIMESTAMP:
        buf_add(&out, STR("CURRENT_TIMESTAMP"));
        if (column->default_text.len > 0) buf_printf(&out, "(%.*s)", STR_ARG(column->default_text));
        break;
    case DEFAULT_EXPR: buf_printf(&out, "(%.*s)", STR_ARG(column->default_text)); break;
    }
    return buf_str(&out);
}

static void add_column(Buf *out, const TableDef *table, const Column *column)
{
    Str text = type_text(out->arena, column->type);
    Str value = ddl_default(out->arena, column);
    buf_add(out, STR("  "));
    buf_add_quoted(out, column->name, '`');
    buf_printf(out, " %.*s ", STR_ARG(text));
    if (column->aggregation.len > 0 && table->keys == KEYS_AGGREGATE)
        buf_printf(out, "%.*s ", STR_ARG(column->aggregation));
    buf_add_z(out, column->is_nullable ? "NULL " : "NOT NULL ");
    if (value.ptr) buf_printf(out, "DEFAULT %.*s ", STR_ARG(value));
    if (column->is_auto_increment) buf_add(out, STR("AUTO_INCREMENT "));
    if (column->generated.len > 0) buf_printf(out, "AS %.*s ", STR_ARG(column->generated));
    buf_add(out, STR("COMMENT \""));
    add_comment(out, column->comment);
    buf_add_byte(out, '"');
}

// As it is, like StarRocks, where it is a plain word.
static void add_index_name(Buf *out, Str name)
{
    bool is_plain = name.len > 0 && (name.ptr[0] < '0' || name.ptr[0] > '9');
    for (size_t i = 0; i < name.len && is_plain; i++)
        is_plain = name.ptr[i] == '_' || (name.ptr[i] >= '0' && name.ptr[i] <= '9') ||
                   (name.ptr[i] >= 'a' && name.ptr[i] <= 'z') ||
                   (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z');
    if (is_plain)
        buf_add(out, name);
    else
        buf_add_quoted(out, name, '`');
}

Str ddl_index_properties(Arena *arena, const IndexDef *index)
{
    Buf out = buf_new(arena);
    for (size_t i = 0; i < index->property_count; i++) {
        buf_add_z(&out, i ? ", \"" : "(\"");
        add_escaped(&out, index->properties[i].key);
        buf_add_z(&out, "\" = \"");
        add_escaped(&out, index->properties[i].value);
        buf_add_byte(&out, '"');
    }
    if (index->property_count > 0) buf_add_byte(&out, ')');
    return buf_str(&out);
}

static void add_columns(Buf *out, const TableDef *table)
{
    const Schema *schema = table_current_schema(table);
    bool is_first = true;
    for (size_t i = 0; i < schema->column_count; i++) {
        if (schema->columns[i].is_hidden) continue;
        if (!is_first) buf_add(out, STR(",\n"));
        is_first = false;
        add_column(out, table, &schema->columns[i]);
    }
}

// INDEX i (`c`) USING NGRAMBF("gram_num" = "4") COMMENT 'x'
static void add_index(Buf *out, const TableDef *table, const IndexDef *index)
{
    buf_add(out, STR(",\n  INDEX "));
    add_index_name(out, index->name);
    buf_add(out, STR(" ("));
    add_names(out, table, index->columns, index->column_count, ", ");
    Str properties = ddl_index_properties(out->arena, index);
    buf_printf(out, ") USING %.*s%.*s COMMENT '", STR_ARG(index->type), STR_ARG(properties));
    for (size_t i = 0; i < index->comment.len; i++) {
        char byte = index->comment.ptr[i];
        if (byte == '\\' || byte == '\'') buf_add_byte(out, '\\');
        buf_add_byte(out, byte);
    }
    buf_add_byte(out, '\'');
}

static void add_keys(Buf *out, const TableDef *table)
{
    const Schema *schema = table_current_schema(table);
    bool is_first = true;
    buf_printf(out, "\n%s KEY(", key_kind_text(table->keys));
    for (size_t i = 0; i < schema->column_count; i++) {
        if (!schema->columns[i].is_key) continue;
        if (!is_first) buf_add(out, STR(", "));
        buf_add_quoted(out, schema->columns[i].name, '`');
        is_first = false;
    }
    buf_add_byte(out, ')');
}

// ("2024-01-01", "5"), (MAXVALUE)
static void add_key(Buf *out, const Type *types, const Bound *bounds, size_t width)
{
    buf_add_byte(out, '(');
    for (size_t i = 0; i < width; i++) {
        Str text = bounds[i].kind == BOUND_MIN ? bound_min_text(types[i]) : bounds[i].text;
        if (i > 0) buf_add(out, STR(", "));
        if (bounds[i].kind == BOUND_MAX)
            buf_add(out, STR("MAXVALUE"));
        else
            buf_printf(out, "\"%.*s\"", STR_ARG(text));
    }
    buf_add_byte(out, ')');
}

static uint32_t table_replication(const TableDef *table)
{
    Str text = properties_get(table->properties, table->property_count, "replication_num");
    uint64_t value = 0;
    return text.ptr && str_to_u64(text, &value) && value <= UINT32_MAX ? (uint32_t)value : 0;
}

// Only where a partition differs from its table; a table without the property shows none.
static void add_replication(Buf *out, const TableDef *table, const PartitionDef *partition,
                            const char *before)
{
    uint32_t usual = table_replication(table);
    if (usual == 0 || partition->replication_num == usual) return;
    buf_printf(out, "%s(\"replication_num\" = \"%u\")", before, partition->replication_num);
}

static void add_ranges(Buf *out, const TableDef *table, const PartitionDef *const *partitions,
                       size_t count)
{
    const Type *types = table_partition_types(out->arena, table);
    bool is_first = true;
    buf_add(out, STR("\nPARTITION BY RANGE("));
    add_names(out, table, table->partition_columns, table->partition_column_count, ", ");
    buf_add(out, STR(")\n("));
    for (size_t i = 0; i < count; i++) {
        const PartitionDef *partition = partitions[i];
        if (partition->is_temporary) continue;
        if (!is_first) buf_add(out, STR(",\n"));
        is_first = false;
        buf_printf(out, "PARTITION %.*s VALUES [", STR_ARG(partition->name));
        add_key(out, types, partition->lower, partition->width);
        buf_add(out, STR(", "));
        add_key(out, types, partition->upper, partition->width);
        buf_add_byte(out, ')');
        add_replication(out, table, partition, "");
    }
    buf_add_byte(out, ')');
}

static void add_lists(Buf *out, const TableDef *table, const PartitionDef *const *partitions,
                      size_t count)
{
    bool is_first = true;
    buf_add(out, STR("\nPARTITION BY LIST("));
    add_names(out, table, table->partition_columns, table->partition_column_count, ",");
    buf_add(out, STR(")(\n"));
    for (size_t i = 0; i < count; i++) {
        const PartitionDef *partition = partitions[i];
        if (partition->is_temporary) continue;
        if (!is_first) buf_add(out, STR(",\n"));
        is_first = false;
        buf_printf(out, "  PARTITION %.*s VALUES IN ", STR_ARG(partition->name));
        list_print(out, partition);
        add_replication(out, table, partition, " ");
    }
    buf_add(out, STR("\n)"));
}

// Partitions that come by themselves are not listed: PARTITION BY date_trunc('day', d), (`a`,`b`),
// or expressions without parentheses.
static void add_automatic(Buf *out, const TableDef *table)
{
    const Column *first = table_partition_column(table, 0);
    bool has_hidden = false;
    for (size_t i = 0; i < table->partition_column_count; i++)
        has_hidden |= table_partition_column(table, i)->is_hidden;
    buf_add(out, STR("\nPARTITION BY "));
    if (table->partition_expr.len > 0) {
        AutoUnit unit;
        must(auto_unit_parse(table->partition_expr, &unit));
        buf_add(out, auto_unit_print(out->arena, unit, first->name));
        return;
    }
    if (!has_hidden) buf_add_byte(out, '(');
    add_names(out, table, table->partition_columns, table->partition_column_count,
              has_hidden ? ", " : ",");
    if (!has_hidden) buf_add_byte(out, ')');
}

static void add_partition_by(Buf *out, const TableDef *table, const PartitionDef *const *partitions,
                             size_t count)
{
    if (table->is_auto_partitioned)
        add_automatic(out, table);
    else if (table->method == PARTITION_RANGE)
        add_ranges(out, table, partitions, count);
    else if (table->method == PARTITION_LIST)
        add_lists(out, table, partitions, count);
}

static void add_distribution(Buf *out, const TableDef *table)
{
    if (table->distribution == DISTRIBUTION_RANDOM) {
        buf_add(out, STR("\nDISTRIBUTED BY RANDOM"));
        if (table->bucket_num > 0) buf_printf(out, " BUCKETS %u", table->bucket_num);
        return;
    }
    buf_add(out, STR("\nDISTRIBUTED BY HASH("));
    add_names(out, table, table->distribution_columns, table->distribution_column_count, ", ");
    buf_add_byte(out, ')');
    if (table->bucket_num > 0) buf_printf(out, " BUCKETS %u ", table->bucket_num);
}

static int compare_properties(const void *a, const void *b)
{
    return str_cmp(((const Property *)a)->key, ((const Property *)b)->key);
}

static void add_properties(Buf *out, const TableDef *table, uint32_t replication_num)
{
    Property *sorted = ARENA_ARRAY(out->arena, Property, table->property_count + 1);
    size_t count = table->property_count;
    for (size_t i = 0; i < count; i++) sorted[i] = table->properties[i];
    if (!properties_get(sorted, count, "replication_num").ptr)
        sorted[count++] =
            (Property){STR("replication_num"), str_printf(out->arena, "%u", replication_num)};
    qsort(sorted, count, sizeof(*sorted), compare_properties);
    buf_add(out, STR("\nPROPERTIES (\n"));
    for (size_t i = 0; i < count; i++) {
        if (i > 0) buf_add(out, STR(",\n"));
        buf_add_byte(out, '"');
        add_escaped(out, sorted[i].key);
        buf_add(out, STR("\" = \""));
        add_escaped(out, sorted[i].value);
        buf_add_byte(out, '"');
    }
    buf_add(out, STR("\n)"));
}

Str ddl_create_table(Arena *arena, const TableDef *table, const PartitionDef *const *partitions,
                     size_t partition_count)
{
    Buf out = buf_new(arena);
    buf_add(&out, STR("CREATE TABLE "));
    buf_add_quoted(&out, table->name, '`');
    buf_add(&out, STR(" (\n"));
    add_columns(&out, table);
    for (size_t i = 0; i < table->index_count; i++) add_index(&out, table, &table->indexes[i]);
    buf_add(&out, STR("\n) ENGINE=OLAP "));
    add_keys(&out, table);
    if (table->comment.len > 0) {
        buf_add(&out, STR("\nCOMMENT \""));
        add_comment(&out, table->comment);
        buf_add_byte(&out, '"');
    }
    add_partition_by(&out, table, partitions, partition_count);
    add_distribution(&out, table);
    if (table->sort_column_count > 0) {
        buf_add(&out, STR("\nORDER BY("));
        add_names(&out, table, table->sort_columns, table->sort_column_count, ", ");
        buf_add_byte(&out, ')');
    }
    add_properties(&out, table, partition_count > 0 ? partitions[0]->replication_num : 1);
    buf_add_byte(&out, ';');
    return buf_str(&out);
}

Str ddl_create_database(Arena *arena, const DatabaseDef *database)
{
    Buf out = buf_new(arena);
    buf_add(&out, STR("CREATE DATABASE "));
    buf_add_quoted(&out, database->name, '`');
    return buf_str(&out);
}

Str ddl_partition_values(Arena *arena, const TableDef *table, const PartitionDef *partition)
{
    Buf out = buf_new(arena);
    if (table->method == PARTITION_RANGE)
        range_print(&out, table_partition_types(arena, table), partition);
    if (table->method == PARTITION_LIST) list_print(&out, partition);
    return buf_str(&out);
}

static void add_plain_names(Buf *out, const TableDef *table, const uint32_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Column *column = schema_column(table_current_schema(table), ids[i]);
        if (i > 0) buf_add(out, STR(", "));
        buf_add(out, column->is_hidden ? column->generated : column->name);
    }
}

Str ddl_partition_key(Arena *arena, const TableDef *table)
{
    Buf out = buf_new(arena);
    add_plain_names(&out, table, table->partition_columns, table->partition_column_count);
    return buf_str(&out);
}

Str ddl_distribution_key(Arena *arena, const TableDef *table)
{
    if (table->distribution == DISTRIBUTION_RANDOM) return STR("ALL KEY");
    Buf out = buf_new(arena);
    add_plain_names(&out, table, table->distribution_columns, table->distribution_column_count);
    return buf_str(&out);
}
