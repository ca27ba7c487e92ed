/*
 * schema/autopart: partitions that loads make by themselves.
 *
 * Source  StarRocks' AnalyzerUtils: names and bounds, Java's String.hashCode where names would be
 *         too long or taken; time_slice() counts from 0001-01-01.
 * Errors  none: false is "not of this form".   Threads  pure, apart from the arena given.
 */
#include "schema/autopart.h"
#include "base/vec.h"

enum { LONGEST_NAME = 50 };  // what a hash may follow: names have at most 64 characters

static const char *const UNITS[] = {"minute", "hour", "day", "month", "year"};

bool auto_unit_kind(Str word, AutoUnitKind *out)
{
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        if (!str_eq_nocase(word, str_from(UNITS[i]))) continue;
        *out = (AutoUnitKind)i;
        return true;
    }
    return false;
}

const char *auto_unit_name(AutoUnitKind kind)
{
    return UNITS[kind];
}

// --- the expression as text

static bool is_plain_name(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        bool is_digit = byte >= '0' && byte <= '9';
        if (!is_letter && byte != '_' && (!is_digit || i == 0)) return false;
    }
    return name.len > 0;
}

Str auto_unit_print(Arena *arena, AutoUnit unit, Str column)
{
    Buf name = buf_new(arena), out = buf_new(arena);
    if (is_plain_name(column))
        buf_add(&name, column);
    else
        buf_add_quoted(&name, column, '`');
    if (unit.is_slice)
        buf_printf(&out, "time_slice(%.*s, %lld, '%s', 'floor')", STR_ARG(buf_str(&name)),
                   (long long)unit.count, UNITS[unit.kind]);
    else
        buf_printf(&out, "date_trunc('%s', %.*s)", UNITS[unit.kind], STR_ARG(buf_str(&name)));
    return buf_str(&out);
}

static bool skip(Str *text, const char *what)
{
    Str wanted = str_from(what);
    if (!str_starts(*text, wanted)) return false;
    *text = str_sub(*text, wanted.len, text->len);
    return true;
}

static bool skip_name(Str *text)
{
    size_t end = 0;
    if (text->len > 0 && text->ptr[0] == '`') {
        for (end = 1; end < text->len; end++) {
            if (text->ptr[end] != '`') continue;
            if (end + 1 == text->len || text->ptr[end + 1] != '`') break;
            end++;
        }
        if (end == text->len || end == 1) return false;
        *text = str_sub(*text, end + 1, text->len);
        return true;
    }
    while (end < text->len && is_plain_name(str_sub(*text, 0, end + 1))) end++;
    *text = str_sub(*text, end, text->len);
    return end > 0;
}

static bool skip_unit(Str *text, AutoUnitKind *out)
{
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        Str rest = *text;
        if (!skip(&rest, "'") || !skip(&rest, UNITS[i]) || !skip(&rest, "'")) continue;
        *text = rest;
        *out = (AutoUnitKind)i;
        return true;
    }
    return false;
}

bool auto_unit_parse(Str text, AutoUnit *out)
{
    AutoUnit unit = {.count = 1};
    if (skip(&text, "date_trunc(")) {
        if (!skip_unit(&text, &unit.kind) || !skip(&text, ", ") || !skip_name(&text)) return false;
    } else {
        unit.is_slice = true;
        if (!skip(&text, "time_slice(") || !skip_name(&text) || !skip(&text, ", ")) return false;
        if (!str_to_i64(str_cut(&text, ','), &unit.count)) return false;
        if (unit.count < 1 || unit.count > AUTO_UNIT_MOST) return false;
        if (!skip(&text, " ") || !skip_unit(&text, &unit.kind) || !skip(&text, ", 'floor'"))
            return false;
    }
    if (!str_eq(text, STR(")"))) return false;
    *out = unit;
    return true;
}

// --- units of time

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

static CalTime first_moment(void)
{
    return (CalTime){caltime_days((CalDate){0, 1, 1}), 0};
}

static bool is_before(CalTime a, CalTime b)
{
    return a.days != b.days ? a.days < b.days : a.micros < b.micros;
}

// Microseconds of a minute, an hour or a day.
static int64_t unit_micros(AutoUnitKind kind)
{
    if (kind == AUTO_MINUTE) return CALTIME_HOUR / 60;
    return kind == AUTO_HOUR ? CALTIME_HOUR : CALTIME_DAY;
}

// Slices are counted from 0001-01-01: number of the one that holds `time`, or where one begins.
static int64_t slice_of(AutoUnit unit, CalTime time)
{
    int64_t origin = caltime_days((CalDate){1, 1, 1});
    if (unit.kind >= AUTO_MONTH) {
        CalDate date = caltime_date(time.days);
        int64_t months = ((int64_t)date.year - 1) * 12 + date.month - 1;
        return floor_div(months, unit.count * (unit.kind == AUTO_YEAR ? 12 : 1));
    }
    int64_t micros = unit_micros(unit.kind), per_day = CALTIME_DAY / micros;
    return floor_div((time.days - origin) * per_day + time.micros / micros, unit.count);
}

static CalTime slice_begin(AutoUnit unit, int64_t slice)
{
    int64_t origin = caltime_days((CalDate){1, 1, 1});
    if (unit.kind >= AUTO_MONTH) {
        int64_t months = slice * unit.count * (unit.kind == AUTO_YEAR ? 12 : 1) + 12;
        int64_t year = floor_div(months, 12);
        CalDate date = {(int)year, (int)(months - year * 12) + 1, 1};
        return (CalTime){caltime_days(date), 0};
    }
    int64_t micros = unit_micros(unit.kind), per_day = CALTIME_DAY / micros;
    int64_t days = floor_div(slice * unit.count, per_day);
    return (CalTime){origin + days, (slice * unit.count - days * per_day) * micros};
}

CalTime auto_unit_floor(AutoUnit unit, const CalTime *time)
{
    CalTime first = first_moment();
    CalTime begin = slice_begin(unit, slice_of(unit, time ? *time : first));
    return is_before(begin, first) ? first : begin;
}

static Str range_name(Arena *arena, AutoUnitKind kind, CalTime start)
{
    CalDate date = caltime_date(start.days);
    int hour = (int)(start.micros / CALTIME_HOUR);
    int minute = (int)(start.micros / (CALTIME_HOUR / 60) % 60);
    Buf out = buf_new(arena);
    buf_printf(&out, "p%04d", date.year);
    if (kind <= AUTO_MONTH) buf_printf(&out, "%02d", date.month);
    if (kind <= AUTO_DAY) buf_printf(&out, "%02d", date.day);
    if (kind <= AUTO_HOUR) buf_printf(&out, "%02d", hour);
    if (kind <= AUTO_MINUTE) buf_printf(&out, "%02d", minute);
    return buf_str(&out);
}

NamedRange auto_unit_range(Arena *arena, Type type, AutoUnit unit, CalTime start)
{
    bool has_time = type.kind == TYPE_DATETIME;
    CalTime end = slice_begin(unit, slice_of(unit, start) + 1);
    NamedRange range = {.name = range_name(arena, unit.kind, start),
                        .lower = {BOUND_VALUE, caltime_text(arena, start, has_time)},
                        .upper = {BOUND_MAX, STR_NONE}};
    if (caltime_is_valid(end))
        range.upper = (Bound){BOUND_VALUE, caltime_text(arena, end, has_time)};
    return range;
}

// --- names of lists

// Java's String.hashCode; names are ASCII.
static uint32_t java_hash(Str text)
{
    uint32_t hash = 0;
    for (size_t at = 0; at < text.len;) hash = hash * 31 + (unsigned char)text.ptr[at++];
    return hash;
}

static uint32_t code_point(Str text, size_t *at)
{
    unsigned char first = (unsigned char)text.ptr[(*at)++];
    uint32_t code = first < 0x80   ? first
                    : first < 0xE0 ? first & 0x1F
                    : first < 0xF0 ? first & 0x0F
                                   : first & 7;
    while (*at < text.len && ((unsigned char)text.ptr[*at] & 0xC0) == 0x80)
        code = code << 6 | ((unsigned char)text.ptr[(*at)++] & 0x3F);
    return code;
}

static void put_value(Buf *out, Str text)
{
    if (text.len > 0 && text.ptr[0] == '-') buf_add_byte(out, '_');
    for (size_t at = 0; at < text.len;) {
        char byte = text.ptr[at];
        uint32_t code = code_point(text, &at);
        bool is_letter = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
        if (is_letter || (code >= '0' && code <= '9'))
            buf_add_byte(out, byte);
        else if (code != '-' && code != ':' && code != ' ')
            buf_printf(out, "%x", code);
    }
}

Str auto_list_name(Arena *arena, const Bound *values, size_t width)
{
    Buf out = buf_new(arena);
    buf_add_byte(&out, 'p');
    for (size_t i = 0; i < width; i++) {
        if (i > 0) buf_add_byte(&out, '_');
        put_value(&out, values[i].text.ptr ? values[i].text : STR("NULL"));
    }
    Str name = buf_str(&out);
    if (name.len <= LONGEST_NAME) return name;
    return str_printf(arena, "%.*s_%x", LONGEST_NAME, name.ptr, java_hash(name));
}

Str auto_list_name_again(Arena *arena, Str name, uint32_t attempt)
{
    Str begin = str_sub(name, 0, name.len < LONGEST_NAME ? name.len : LONGEST_NAME);
    return str_printf(arena, "%.*s_%x", STR_ARG(begin), java_hash(name) + attempt);
}
