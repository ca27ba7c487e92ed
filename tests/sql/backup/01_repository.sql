-- Repositories: refusals first, then made, shown, adopted, dropped.
CREATE REPOSITORY `` WITH BROKER ON LOCATION "${REPO}";
CREATE REPOSITORY `9r` WITH BROKER ON LOCATION "${REPO}";
CREATE REPOSITORY r WITH BROKER ON LOCATION "";
CREATE REPOSITORY r WITH BROKER "" ON LOCATION "${REPO}";
CREATE REPOSITORY r WITH BROKER hdfs_broker ON LOCATION "${REPO}";
CREATE REPOSITORY r ON LOCATION "${REPO}";
CREATE REPOSITORY r WITH BROKER ON LOCATION "s3a://bucket/backups" PROPERTIES ("aws.s3.region" = "x");
CREATE REPOSITORY r WITH BROKER ON LOCATION "ftp://host/x";
CREATE REPOSITORY r WITH BROKER ON LOCATION "file://relative";
CREATE REPOSITORY r WITH BROKER ON LOCATION "file:///a/../b";
-- A repository may not lie in the data folder, nor where FILES reads.
CREATE REPOSITORY r WITH BROKER ON LOCATION "file://${WORK}/data/repo";
CREATE REPOSITORY r WITH BROKER ON LOCATION "${FILES}/repo";
CREATE REPOSITORY r WITH BROKER ON LOCATION "file://${WORK}";
-- READ ONLY needs one that is there; the names found are told.
CREATE READ ONLY REPOSITORY r WITH BROKER ON LOCATION "${REPO}";
-- A repository of StarRocks is refused.
--! shell mkdir -p $REPO_DIR/old/__starrocks_repository_r $REPO_DIR/older/__palo_repository_r
CREATE REPOSITORY r WITH BROKER ON LOCATION "${REPO}/old";
CREATE REPOSITORY r WITH BROKER ON LOCATION "${REPO}/older/";
CREATE REPOSITORY example_repo WITH BROKER ON LOCATION "${REPO}/";
CREATE REPOSITORY example_repo WITH BROKER ON LOCATION "${REPO}";
CREATE REPOSITORY test_repo WITH BROKER ON LOCATION "${REPO}" PROPERTIES ("username" = "u", "password" = "secret");
SHOW WARNINGS;
CREATE READ ONLY REPOSITORY nosuch WITH BROKER ON LOCATION "${REPO}";
--! mask times
--! mask ^\d+ \| -> <id> |
SHOW REPOSITORIES;
DROP REPOSITORY nosuch;
DROP REPOSITORY IF EXISTS test_repo;
DROP REPOSITORY test_repo;
-- Adopted again; then read only.
CREATE REPOSITORY test_repo WITH BROKER ON LOCATION "${REPO}";
CREATE REPOSITORY shared_repo WITH BROKER ON LOCATION "${REPO}/shared";
DROP REPOSITORY shared_repo;
CREATE READ ONLY REPOSITORY shared_repo WITH BROKER ON LOCATION "${REPO}/shared";
--! shell ls -A $REPO_DIR
SHOW SNAPSHOT ON test_repo;
SHOW SNAPSHOT ON nosuch;
--! shell echo '{"broken"' > $REPO_DIR/kintsugi_repository_test_repo/repository.json
SHOW REPOSITORIES;
DROP REPOSITORY test_repo;
CREATE REPOSITORY test_repo WITH BROKER ON LOCATION "${REPO}";
--! shell rm -r $REPO_DIR/kintsugi_repository_test_repo
CREATE REPOSITORY test_repo WITH BROKER ON LOCATION "${REPO}";
