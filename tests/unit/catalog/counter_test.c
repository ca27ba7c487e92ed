// Counters of AUTO_INCREMENT columns: no value twice.
#include "fixture.h"

TEST(counter_goes_on_and_over_a_start)
{
    Fixture *f = fixture_open(t);
    int64_t first = 0, next = 0;
    CHECK_RC(RC_OK, catalog_counter(t, f->catalog, 7, &next));
    CHECK_INT(1, next);
    CHECK_RC(RC_OK, catalog_take_counter(t, f->catalog, 7, 3, &first));
    CHECK_INT(1, first);
    CHECK_RC(RC_OK, catalog_take_counter(t, f->catalog, 7, 200000, &first));
    CHECK_INT(4, first);
    CHECK_RC(RC_OK, catalog_take_counter(t, f->catalog, 8, 1, &first));
    CHECK_INT(1, first);
    CHECK_RC(RC_OK, catalog_counter(t, f->catalog, 7, &next));
    CHECK(next > 200003);
    fixture_reopen(t, f);
    CHECK_RC(RC_OK, catalog_take_counter(t, f->catalog, 7, 1, &first));
    CHECK_INT(next, first);
    fixture_close(f);
}

TEST(counter_is_raised_with_the_commit_and_never_lowered)
{
    Fixture *f = fixture_open(t);
    int64_t first = 0;
    CHECK_RC(RC_OK, catalog_take_counter(t, f->catalog, 7, 3, &first));
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_raise_counter(t, txn, 7, 5000000));
    txn_abort(&txn);
    CHECK_RC(RC_OK, catalog_take_counter(t, f->catalog, 7, 1, &first));
    CHECK(first > 3 && first < 5000000);
    txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_raise_counter(t, txn, 7, 5000000));
    CHECK_RC(RC_OK, txn_raise_counter(t, txn, 7, 10));
    fixture_commit(t, txn);
    CHECK_RC(RC_OK, catalog_take_counter(t, f->catalog, 7, 1, &first));
    CHECK_INT(5000000, first);
    txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_raise_counter(t, txn, 7, INT64_MAX - 5));
    fixture_commit(t, txn);
    CHECK_RC(RC_OK, catalog_counter(t, f->catalog, 7, &first));
    CHECK_INT(INT64_MAX - 5, first);
    CHECK_ERR(AUTO_INCREMENT_OVER, catalog_take_counter(t, f->catalog, 7, 100, &first));
    fixture_close(f);
}
