-- deleted rows stay deleted in a backup, whatever happens afterwards
CREATE REPOSITORY r WITH BROKER ON LOCATION '${REPO}';
CREATE DATABASE s; USE s;
CREATE TABLE p (k INT NOT NULL, v VARCHAR(10)) PRIMARY KEY(k);
CREATE TABLE x (d DATE, k INT) DUPLICATE KEY(d, k) PARTITION BY RANGE(d) (START ('2024-01-01') END ('2024-01-04') EVERY (INTERVAL 1 DAY));
CREATE TABLE plain (k INT) DUPLICATE KEY(k);
INSERT INTO p VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd');
INSERT INTO p VALUES (2, 'B'), (5, 'e');
DELETE FROM p WHERE k = 3;
INSERT INTO x VALUES ('2024-01-01', 1), ('2024-01-01', 2), ('2024-01-02', 1), ('2024-01-02', 2), ('2024-01-03', 3);
DELETE FROM x WHERE k = 2;
INSERT INTO plain VALUES (1);
BACKUP SNAPSHOT s.one TO r;
--! wait backup s
DELETE FROM p WHERE k = 1;
INSERT INTO p VALUES (4, 'later');
BACKUP SNAPSHOT s.two TO r;
--! wait backup s
--! shell ls $REPO_DIR/kintsugi_repository_r/data/* | grep -c roaring
--! shell grep -o '"deleted":{"rows":[0-9]*' -rh $REPO_DIR/kintsugi_repository_r/lists | sort
--! shell grep -o '"min_reader":[0-9]' -rh $REPO_DIR/kintsugi_repository_r/snapshots/one | tr '\n' ' '
-- over the tables as they are now: nothing is fetched, and the old rows are back
RESTORE SNAPSHOT s.one FROM r PROPERTIES ("backup_timestamp" = "${TS:one@r}");
--! wait restore s
SELECT * FROM s.p ORDER BY k;
SELECT * FROM s.x ORDER BY d, k;
SELECT count(*) FROM s.p;
SELECT FILES_REUSED, FILES_DONE FROM information_schema.restore_jobs;
-- into another database, and by another server's hand
RESTORE SNAPSHOT two FROM r DATABASE s AS t PROPERTIES ("backup_timestamp" = "${TS:two@r}");
--! wait restore t
SELECT * FROM t.p ORDER BY k;
INSERT INTO t.p VALUES (4, 'again'), (5, 'again');
DELETE FROM t.x WHERE k = 1;
SELECT * FROM t.p ORDER BY k;
SELECT * FROM t.x ORDER BY d, k;
--! restart
SELECT * FROM t.p ORDER BY k;
SELECT * FROM s.x ORDER BY d, k;
DROP DATABASE s FORCE;
DROP DATABASE t FORCE;
RESTORE SNAPSHOT two FROM r DATABASE s AS u PROPERTIES ("backup_timestamp" = "${TS:two@r}");
--! wait restore u
SELECT * FROM u.p ORDER BY k;
SELECT * FROM u.x ORDER BY d, k;
-- a vector that is damaged or missing is named, and nothing comes
CREATE DATABASE v; USE v;
CREATE TABLE y (k INT) DUPLICATE KEY(k);
INSERT INTO y VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9);
DELETE FROM y WHERE k IN (1, 2, 3, 5, 6, 7, 9);
BACKUP SNAPSHOT v.three TO r;
--! wait backup v
DROP DATABASE v FORCE;
--! shell for i in $(seq 100); do n=$(sqlite3 $WORK/data/catalog.db 'SELECT count(*) FROM delete_vector WHERE cardinality = 7'); [ $n = 0 ] && break; sleep 0.2; done; echo $n
--! shell mkdir $WORK/kept; cp $REPO_DIR/kintsugi_repository_r/data/*/*.roaring $WORK/kept
--! shell for f in $REPO_DIR/kintsugi_repository_r/data/*/*.roaring; do chmod u+w $f; printf x | dd of=$f bs=1 seek=20 conv=notrunc 2>/dev/null; done
--! mask [0-9a-f]{64} -> <digest>
--! mask data/[0-9a-f]{2} -> data/<xx>
RESTORE SNAPSHOT three FROM r DATABASE v AS w PROPERTIES ("backup_timestamp" = "${TS:three@r}");
--! wait restore w
SHOW DATABASES LIKE 'w';
--! shell rm -f $REPO_DIR/kintsugi_repository_r/data/*/*.roaring
RESTORE SNAPSHOT three FROM r DATABASE v AS w PROPERTIES ("backup_timestamp" = "${TS:three@r}");
--! wait restore w
--! shell for f in $WORK/kept/*; do n=$(basename $f); cp $f $REPO_DIR/kintsugi_repository_r/data/$(echo $n | cut -c1-2)/; done
RESTORE SNAPSHOT three FROM r DATABASE v AS w PROPERTIES ("backup_timestamp" = "${TS:three@r}");
--! wait restore w
SELECT * FROM w.y ORDER BY k;
