SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT = 'sr_all_backup';
SHOW SNAPSHOT ON test_repo WHERE snapshot = 'nosuch';
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT IN ('sr_all_backup', 'nosuch', 'sr_par_backup');
SHOW SNAPSHOT ON test_repo WHERE TIMESTAMP = '${TS:sr_core_backup@test_repo}' AND SNAPSHOT = 'sr_core_backup'\G
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT = 'sr_core_backup' AND TIMESTAMP = '2018-04-18-19-19-10';
SHOW SNAPSHOT ON test_repo WHERE TIMESTAMP = '2018-04-18-19-19-10';
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT = '';
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT = 'a' OR SNAPSHOT = 'b';
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT > 'a';
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT LIKE 'sr%';
SHOW SNAPSHOT ON test_repo WHERE 1 = 1;
SHOW SNAPSHOT ON test_repo WHERE label = 'x';
SHOW SNAPSHOT ON test_repo WHERE x IN ('a');
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT IN ('a', 1);
-- A label of any characters that can be named.
BACKUP SNAPSHOT sr_hub.`週次 バックアップ.1` TO test_repo ON (sr_pmc);
--! wait backup sr_hub
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT = '週次 バックアップ.1';
--! shell ls $REPO_DIR/kintsugi_repository_test_repo/snapshots | grep %
RESTORE SNAPSHOT `週次 バックアップ.1` FROM test_repo DATABASE sr_hub AS named;
--! wait restore named
SELECT count(*) FROM named.sr_pmc;
-- The timestamp without milliseconds names the backup of that second.
--! shell ls $REPO_DIR/kintsugi_repository_test_repo/snapshots/sr_all_backup | wc -l
-- Damage is told by name.
--! shell cd $REPO_DIR/kintsugi_repository_test_repo/snapshots/sr_all_backup && sed -i 's/sr_member/sr_nember/' *.json
--! mask (blake3|digest of what stands before)[ :,]*[0-9a-f]{64} -> <digest>
--! mask [0-9a-f]{64} -> <digest>
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT = 'sr_all_backup' AND TIMESTAMP = '${TS:sr_all_backup@test_repo}'\G
RESTORE SNAPSHOT sr_all_backup FROM test_repo DATABASE sr_hub AS damaged;
SHOW DATABASES LIKE 'damaged';
