-- FILES: only below the folders of the configuration, without following links. Refusals first.
USE d;
--! shell printf 'a\t1\t2024-01-01\nb\t\\N\t\n' > "$FILES_DIR/x.csv"; printf 'id;name\r\n1;"x;""y"\r\n2; z \r\n' > "$FILES_DIR/y.csv"; mkdir -p "$FILES_DIR/sub"; cp "$FILES_DIR/x.csv" "$FILES_DIR/sub/x2.csv"; ln -s /etc/passwd "$FILES_DIR/link.csv"; ln -s /etc "$FILES_DIR/etc"; printf '{"a":1,"b":[1,2],"c":"2024-01-01"}\n{"a":2,"b":null,"c":null}\n' > "$FILES_DIR/z.json"; mkfifo "$FILES_DIR/pipe.csv"; printf 'a,b\n1,2,3\n' > "$FILES_DIR/ragged.csv"; (for i in $(seq 30000); do echo "$i,$i"; done; echo "30001,oops") > "$FILES_DIR/late.csv"
SELECT * FROM FILES("path" = "file:///etc/passwd", "format" = "csv");
SELECT * FROM FILES("path" = "${FILES}/../server.conf", "format" = "csv");
SELECT * FROM FILES("path" = "${FILES}/link.csv", "format" = "csv");
SELECT * FROM FILES("path" = "${FILES}/etc/passwd", "format" = "csv");
SELECT * FROM FILES("path" = "${FILES}/*.nosuch", "format" = "csv");
SELECT * FROM FILES("path" = "${FILES}/pipe.csv", "format" = "csv");
SELECT * FROM FILES("path" = "s3://bucket/x.csv", "format" = "csv");
SELECT * FROM FILES("path" = "${FILES}/x.csv");
SELECT * FROM FILES("format" = "csv");
SELECT * FROM FILES("path" = "${FILES}/x.csv", "format" = "orc");
SELECT * FROM FILES("path" = "${FILES}/x.csv", "format" = "xml");
SELECT * FROM FILES("path" = "${FILES}/x.csv", "format" = "parquet");
SELECT * FROM FILES("path" = "${FILES}/x.csv", "format" = "csv", "nosuch" = "1");
SELECT * FROM FILES("path" = "${FILES}/x.csv", "format" = "csv", "csv.skip_header" = "-1");
SELECT * FROM FILES("path" = "${FILES}/x.csv", "format" = "csv", "csv.enclose" = "''");
SELECT * FROM FILES("path" = "${FILES}/x.csv", "format" = "csv", "csv.row_delimiter" = "|");
SELECT * FROM FILES("path" = "${FILES}/ragged.csv", "format" = "csv", "csv.column_separator" = ",");
-- types are found from the first lines; what does not fit them later is told, not dropped
SELECT sum($2) FROM FILES("path" = "${FILES}/late.csv", "format" = "csv", "csv.column_separator" = ",");
SELECT count($2) FROM FILES("path" = "${FILES}/late.csv", "format" = "csv", "csv.column_separator" = ",", "auto_detect_types" = "false");
SELECT count($2) FROM FILES("path" = "${FILES}/late.csv", "format" = "csv", "csv.column_separator" = ",", "auto_detect_sample_rows" = "40000");
SELECT * FROM FILES("path" = "${FILES}/z.json", "format" = "json", "csv.skip_header" = "1");
-- CSV: columns by number, empty fields and \N
DESC FILES("path" = "${FILES}/x.csv", "format" = "csv");
SELECT * FROM FILES("path" = "${FILES}/x.csv", "format" = "csv");
SELECT $1, $3 FROM FILES("path" = "${FILES}/*/x*.csv", "format" = "csv");
SELECT * FROM FILES("path" = "${FILES}/y.csv", "format" = "csv", "csv.column_separator" = ";", "csv.skip_header" = "1", "csv.trim_space" = "true", "csv.row_delimiter" = "\r\n", "csv.enclose" = "\"");
SELECT * FROM FILES("path" = "${FILES}/y.csv", "format" = "csv", "csv.column_separator" = "\\x3b", "auto_detect_types" = "false", "csv.enclose" = "\"");
-- JSON
DESC FILES("path" = "${FILES}/z.json", "format" = "json");
SELECT * FROM FILES("path" = "${FILES}/z.json", "format" = "json");
-- into a table
CREATE TABLE cities (id INT NOT NULL, name VARCHAR(40), people BIGINT, since DATE) DUPLICATE KEY(id);
INSERT INTO cities SELECT $1, $2, $3, $4 FROM FILES("path" = "${DATA}/cities.csv", "format" = "csv", "csv.column_separator" = ",", "csv.enclose" = "\"");
SELECT * FROM cities ORDER BY id;
INSERT INTO cities SELECT $1, $1, $1, $1 FROM FILES("path" = "${FILES}/x.csv", "format" = "csv");
SELECT count(*) FROM cities;
