-- What functions of arrays, maps and structs answer, also for NULL, nothing, and beyond the end.
USE d;
SELECT [1,2,NULL], [], ['a',"b"], [1,'a'], [1.5,2], [[1],[2,3]], ARRAY<TINYINT>[1,2], ARRAY<VARCHAR>[1,2], [NULL];
SELECT map{1:'a','k':2}, map{'k':1}, map(1,2,3,4), map{}, MAP<INT,VARCHAR>{1:2}, map{1:2,1:3};
SELECT row(1,'x'), named_struct('a',1,'b','x'), struct(NULL,[1]), row(1,2).col2, named_struct('a b',1).`a b`, row(1).COL1;
SELECT [1,2][1], [1,2][0], [1,2][-1], [1,2][3], [1,2][NULL], map{'a':1}['a'], map{'a':1}['b'], element_at([1,2],2), element_at(map{1:2},1), element_at(map{1:2},NULL);
SELECT array_length([1,2]), array_length([]), array_length(NULL), cardinality([1]), cardinality(map{1:2}), map_size(map{}), map_size(NULL);
SELECT array_contains([1,NULL],NULL), array_contains([1],NULL), array_contains([1,2],2), array_contains([1,NULL],2), array_contains(NULL,1), array_contains([],1), array_contains(['a'],'A');
SELECT array_position([1,NULL],NULL), array_position([1],5), array_position([2,1,2],2), array_position(NULL,1), array_position([],NULL);
SELECT array_contains_all([1,2,NULL],[2,NULL]), array_contains_all([1],[1,2]), array_contains_all([1],[]), array_contains_all([1],NULL);
SELECT arrays_overlap([1,NULL],[NULL,2]), arrays_overlap([1],[2]), arrays_overlap([1,2],[2]), arrays_overlap(NULL,[1]), arrays_overlap([],[]);
SELECT array_append([1],2), array_append([1],NULL), array_append(NULL,1), array_append([1],1000), array_remove([1,2,NULL,1],1), array_remove([1,NULL],NULL), array_remove([1],NULL);
SELECT array_concat([1],[2],[NULL]), array_concat([1],NULL), array_concat([1],['a']), array_distinct([2,1,2,NULL,NULL]), array_sort([3,NULL,1]), array_sort(['b','A','a']), reverse([1,NULL,2]), reverse('abc');
SELECT array_intersect([1,2,2,NULL],[2,NULL]), array_intersect([1],[2]), array_intersect([1,2],[2,3],[2]), array_intersect([1],NULL);
SELECT array_join([1,NULL,2],','), array_join([1,NULL,2],',','x'), array_join([],','), array_join(NULL,','), array_join(['a'],NULL);
SELECT array_min([3,1,NULL]), array_max([3,1]), array_min([]), array_max([NULL]), array_sum([1,2,NULL]), array_sum([]), array_sum([TRUE,TRUE]), array_avg([1,2]), array_avg([NULL]), array_sum([1.5,2.25]), array_avg([1.5,2.25]), array_sum([1e0,2.5]);
SELECT array_slice([1,2,3,4],2), array_slice([1,2,3,4],2,2), array_slice([1,2,3],-2,1), array_slice([1,2,3],-2), array_slice([1,2,3],0), array_slice([1,2],5), array_slice([1,2],1,0), array_slice([1,2],1,9), array_slice([1,2],-5,2), array_slice(NULL,1);
SELECT array_generate(3), array_generate(1,5,2), array_generate(3,1), array_generate(1,3,-1), array_generate(1,3,0), array_generate(NULL,3), array_generate(0), array_repeat('a',2), array_repeat(NULL,1), array_repeat(1,0), array_difference([1,3,NULL,4]), array_flatten([[1],[2,3]]);
SELECT map_keys(map{1:2}), map_values(map{1:2}), map_keys(NULL), map_from_arrays([1,2],['a','b']), map_from_arrays([1,1],[2,3]), map_from_arrays(NULL,[1]), map_concat(map{1:2},map{1:3,4:5}), distinct_map_keys(map{1:2});
SELECT array_avg([1,2,NULL]), array_avg([1.5,NULL]), map_concat(map{1:2},map{3:4},map{1:5}), map_concat(NULL,map{1:2}), map_concat(map{1:2},NULL), map_concat(NULL,NULL), map_concat(map{1:2});
SELECT map_from_arrays([1],[2,3]);
SELECT array_generate(1, 100000000000);
SELECT array_repeat('x', 2000000000);
SELECT split('a,b,,c',','), split('abc',''), split(NULL,','), array_agg(x ORDER BY x DESC), array_length(array_agg(DISTINCT x)) FROM (VALUES (1),(2),(NULL)) t(x);
SELECT array_agg(x) FROM (VALUES (1)) t(x) WHERE x > 1;
-- lambdas
SELECT array_map(x -> x + 1, [1,2,NULL]), array_map([1,2], x -> x * 2), array_filter(x -> x > 1, [1,2,NULL,3]), array_filter([1,2,3],[TRUE,NULL]), transform(x -> concat(x,'!'), ['a']);
SELECT array_map((x,y) -> x * y, [1,2],[3,4]), array_map((x,y) -> x, [1], NULL), array_map(x -> array_map(y -> x + y, [10,20]), [1,2]), array_map(x -> x, NULL), array_map(x -> 1, []);
SELECT array_map((x,y) -> x * y, [1,2],[3]);
SELECT any_match(x -> x > 1, [1,2]), any_match(x -> x > 5, [1,NULL]), any_match(x -> TRUE, []), all_match(x -> x > 1, [2,NULL]), all_match(x -> x > 1, [1,NULL]), all_match(x -> x > 1, []), any_match([FALSE,TRUE]), all_match(NULL);
SELECT map_filter((k,v) -> v > 1, map{1:1,2:2}), transform_keys((k,v) -> k % 2, map{1:1,3:2}), transform_values((k,v) -> v * 2, map{1:1,2:NULL});
SELECT k, array_map(x -> x + k, a) FROM v WHERE k < 5 ORDER BY k;
SELECT array_map(k -> k, a) FROM v WHERE k = 1;
SELECT array_map(x -> (SELECT 1), [1]);
SELECT array_map(x -> x + count(*), [1]) FROM v;
SELECT array_map(x -> x, 5);
SELECT array_map((x,y) -> x, [1]);
SELECT array_sort((a,b) -> a, [1]);
SELECT x -> 1;
-- what rows and groups give them
SELECT array_contains([1,2], max(k)), array_remove([1,2], min(k)), array_slice(array_agg(k ORDER BY k), 2, 2) FROM v WHERE k < 4;
SELECT a[1], count(*) FROM v GROUP BY a[1] ORDER BY 1;
SELECT array_map(x -> x + 1, a), count(*) FROM v GROUP BY array_map(x -> x + 1, a) ORDER BY 1;
SELECT array_map(x -> x + k, a), count(*) FROM v GROUP BY a;
-- unnest
SELECT k, unnest FROM v, unnest(a) WHERE k < 5 ORDER BY k, unnest;
SELECT k, u.x FROM v LEFT JOIN unnest(a) AS u(x) ON TRUE WHERE k < 4 ORDER BY 1, 2;
SELECT k, p, q FROM v CROSS JOIN unnest(a, s) AS u(p, q) WHERE k = 1 ORDER BY 2, 3;
SELECT count(*), sum(unnest) FROM unnest([1,2,NULL]);
SELECT k FROM v, unnest(k);
SELECT * FROM unnest([1]) AS u(a, b);
-- deep nesting costs no more than it says
SELECT array_slice(array_slice(array_slice(array_slice(array_slice(array_slice(array_slice(array_slice(array_slice(array_slice(array_slice(array_slice([1,2,3,4,5],1),1),1),1),1),1),1),1),1),1),1),2);
SELECT [1,2][[1,2][[1,2][[1,2][[1,2][[1,2][[1,2][[1,2][[1,2][[1,2][[1,2][[1,2][k]]]]]]]]]]]] FROM v WHERE k = 1;
