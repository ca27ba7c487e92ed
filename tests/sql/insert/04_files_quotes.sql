-- FILES: inside an enclosed field the enclosing byte is written twice, or behind the escape byte if one is given.
--! shell printf '1,"W. H. ""Bud"" Barron",x\n2,"a, b",y\n' > "$FILES_DIR/doubled.csv"; printf '1,"say \\"hi\\"",x\n' > "$FILES_DIR/escaped.csv"
SELECT * FROM FILES("path" = "${FILES}/doubled.csv", "format" = "csv", "csv.column_separator" = ",", "csv.enclose" = "\"");
SELECT * FROM FILES("path" = "${FILES}/escaped.csv", "format" = "csv", "csv.column_separator" = ",", "csv.enclose" = "\"", "csv.escape" = "\\");
--! shell printf '1,\\N,"\\"q\\""\n\\N,b,""\n3,c,d\n' > "$FILES_DIR/nulls.csv"
DESC FILES("path" = "${FILES}/nulls.csv", "format" = "csv", "csv.column_separator" = ",", "csv.enclose" = "\"", "csv.escape" = "\\");
SELECT * FROM FILES("path" = "${FILES}/nulls.csv", "format" = "csv", "csv.column_separator" = ",", "csv.enclose" = "\"", "csv.escape" = "\\");
