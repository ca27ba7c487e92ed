/* The data folder with real parts that the tests of table/ use, for the tests of job/ too. */
#include "../table/fixture.c"
