/*
 * sql/tree: small look-ups in a tree, and names and properties back to text.
 *
 * Errors  none.   Threads  pure.
 */
#include "base/ctx.h"
#include "sql/sql.h"

Str qname_text(Arena *arena, QName name)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < name.count; i++) {
        if (i > 0) buf_add_byte(&buf, '.');
        buf_add(&buf, name.parts[i]);
    }
    return buf_str(&buf);
}

Str qname_last(QName name)
{
    must(name.count > 0);
    return name.parts[name.count - 1];
}

const Str *ast_properties_get(AstProperties properties, Str key)
{
    for (size_t i = 0; i < properties.count; i++)
        if (str_eq(properties.at[i].key, key)) return &properties.at[i].value;
    return NULL;
}

Str sql_quote_name(Arena *arena, Str name)
{
    Buf buf = buf_new(arena);
    buf_add_quoted(&buf, name, '`');
    return buf_str(&buf);
}

// A string between double quotes, as the lexer reads it back.
static void add_string(Buf *buf, Str text)
{
    buf_add_byte(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\') buf_add_byte(buf, '\\');
        buf_add_byte(buf, text.ptr[i]);
    }
    buf_add_byte(buf, '"');
}

Str sql_unparse_properties(Arena *arena, AstProperties properties, const char *separator)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < properties.count; i++) {
        if (i > 0) buf_add_z(&buf, separator);
        add_string(&buf, properties.at[i].key);
        buf_add_z(&buf, " = ");
        add_string(&buf, properties.at[i].value);
    }
    return buf_str(&buf);
}
