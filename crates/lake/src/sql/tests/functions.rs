//! Every function of the dialect, by its results.

use super::*;

fn values(expected: &[(&str, &str)]) {
    for (expr, expected) in expected {
        assert_eq!(value(expr), *expected, "{expr}");
    }
}

#[test]
fn json_is_taken_apart() {
    values(&[
        (r#"json_extract('{"a":{"b":[1,"x"]}}', '$.a.b')"#, r#"[1,"x"]"#),
        (r#"json_extract('{"a":"x"}', '$.a')"#, "\"x\""),
        (r#"json_extract_scalar('{"a":"x"}', '$.a')"#, "x"),
        (r#"json_extract_scalar('{"a":{"b":1}}', '$.a')"#, "-"),
        (r#"json_extract_scalar('{"a":{"b":1}}', '$["a"].b')"#, "1"),
        ("json_extract_scalar('not json', '$.a')", "-"),
        ("json_extract_scalar(null, '$.a')", "-"),
        ("json_format(json_parse(' [1, 2] '))", "[1, 2]"),
        ("json_array_get('[10, 20, 30]', 1)", "20"),
        ("json_array_get('[10, 20, 30]', -1)", "30"),
        ("json_array_get('[10]', 7)", "-"),
        ("json_array_length('[1, [2, 3]]')", "2"),
        ("json_array_length('{}')", "-"),
        ("json_array_contains('[1, \"a\"]', 'a')", "true"),
        ("json_array_contains('[1, \"1\"]', 1)", "true"),
        ("json_array_contains('[\"1\"]', 1)", "false"),
        ("json_size('{\"a\":{\"b\":1,\"c\":2}}', '$.a')", "2"),
        ("json_size('[1,2,3]', '$')", "3"),
        ("is_json_scalar('1')", "true"),
        ("try(json_parse('{'))", "-"),
        ("typeof(json_parse('1'))", "json"),
        ("json_parse('{\"a\":1}') = json_parse('{\"a\":1}')", "true"),
        ("json_extract('{\"a\":\"x\"}', '$.a') = 'x'", "true"),
        ("json_extract('{\"a\":5}', '$.a') > 4", "true"),
    ]);
}

#[test]
fn json_is_cast_both_ways() {
    values(&[
        ("cast(json_parse('\"x\"') as varchar)", "x"),
        ("cast(json_parse('12') as bigint) + 1", "13"),
        ("cast(json_parse('true') as boolean)", "true"),
        ("cast(json_parse('1.5') as double)", "1.5"),
        ("cast(json_parse('[1,{\"a\":2}]') as array(json))[2]", "{\"a\":2}"),
        ("cast(json_parse('[\"a\",\"b\"]') as array(varchar))", "[a, b]"),
        ("cast(json_parse('{\"a\":{\"b\":1}}') as map(varchar, json))['a']", "{\"b\":1}"),
        ("element_at(cast(json_parse('{\"a\":1}') as map(varchar, varchar)), 'a')", "1"),
        ("cast(json_parse('{\"a\":[1]}') as map(varchar, array(bigint)))['a'][1]", "1"),
        ("json_format(cast(ARRAY['a', null] as json))", "[\"a\",null]"),
        ("json_format(cast('x' as json))", "\"x\""),
        ("json_format(cast(map(ARRAY['a'], ARRAY[1]) as json))", "{\"a\":1}"),
        ("try_cast(json_parse('{}') as bigint)", "-"),
        ("try_cast('x' as integer)", "-"),
        ("try(cast('x' as integer))", "-"),
        ("cast('12' as bigint) + 1", "13"),
        ("cast(12 as varchar) || 'x'", "12x"),
        ("cast('2026-01-05 13:51:00' as timestamp)", "2026-01-05 13:51:00.000"),
        ("cast(timestamp '2026-01-05 13:51:00' as varchar)", "2026-01-05 13:51:00.000"),
        ("cast('2026-01-05' as date)", "2026-01-05"),
        ("cast(timestamp '2026-01-05 13:51:00' as date)", "2026-01-05"),
        ("cast(1.5 as varchar)", "1.5"),
        ("cast(true as varchar)", "true"),
        ("cast(2.6 as decimal(10, 1))", "2.6"),
    ]);
}

#[test]
fn lists_and_maps_are_read() {
    values(&[
        ("element_at(ARRAY[1, 2, 3], 1)", "1"),
        ("element_at(ARRAY[1, 2, 3], -1)", "3"),
        ("element_at(ARRAY[1, 2, 3], 9)", "-"),
        ("ARRAY[1, 2][2]", "2"),
        ("element_at(map(ARRAY['a', 'b'], ARRAY[1, 2]), 'b')", "2"),
        ("map(ARRAY['a'], ARRAY[1])['z']", "-"),
        ("cardinality(ARRAY[ARRAY[1, 2], ARRAY[3]])", "2"),
        ("cardinality(map(ARRAY['a'], ARRAY[1]))", "1"),
        ("map_keys(map(ARRAY['a', 'b'], ARRAY[1, 2]))", "[a, b]"),
        ("map_values(map(ARRAY['a', 'b'], ARRAY[1, 2]))", "[1, 2]"),
        ("contains(ARRAY['a', 'b'], 'b')", "true"),
        ("contains(ARRAY[1, 2], 3)", "false"),
        ("array_join(ARRAY['a', 'b'], '-')", "a-b"),
        ("array_distinct(ARRAY[1, 1, 2])", "[1, 2]"),
        ("array_sort(ARRAY[3, 1, 2])", "[1, 2, 3]"),
        ("array_max(ARRAY[3, 1, 2])", "3"),
        ("array_min(ARRAY[3, 1, 2])", "1"),
        ("slice(ARRAY[1, 2, 3, 4], 2, 2)", "[2, 3]"),
        ("slice(ARRAY[1, 2, 3, 4], -2, 9)", "[3, 4]"),
        ("flatten(ARRAY[ARRAY[1], ARRAY[2]])", "[1, 2]"),
        ("arrays_overlap(ARRAY[1, 2], ARRAY[2, 3])", "true"),
        ("ARRAY[1] || ARRAY[2]", "[1, 2]"),
    ]);
}

#[test]
fn lambdas_work_on_lists() {
    values(&[
        ("transform(ARRAY[1, 2], x -> x * 10)", "[10, 20]"),
        ("transform(ARRAY['a', 'b'], x -> x || '!')", "[a!, b!]"),
        ("filter(ARRAY[1, 2, 3], x -> x > 1)", "[2, 3]"),
        ("any_match(ARRAY[1, 2], x -> x = 2)", "true"),
        ("all_match(ARRAY[1, 2], x -> x > 0)", "true"),
        ("all_match(ARRAY[1, 2], x -> x > 1)", "false"),
        ("none_match(ARRAY[1, 2], x -> x > 2)", "true"),
        (
            "cardinality(filter(cast(json_parse('[{\"a\":1},{\"a\":2}]') as array(json)), j -> json_extract_scalar(j, '$.a') = '2'))",
            "1",
        ),
        ("transform(filter(ARRAY[1, 2, 3], x -> x <> 2), y -> if(y > 2, 'big', 'small'))", "[small, big]"),
    ]);
    check(
        "SELECT transform(resources, r -> r.arn), filter(resources, R -> R.type LIKE '%Bucket')[1].accountId FROM $E WHERE any_match(resources, r -> r.type = 'AWS::S3::Bucket')",
        &["[arn:aws:s3:::b0/a/b.txt, arn:aws:s3:::b0] | 111122223333"],
    );
    check(
        "SELECT transform(ARRAY['x', 'y'], v -> v || eventname) FROM $E WHERE eventid IN ('put', 'run') ORDER BY eventid",
        &["[xPutObject, yPutObject]", "[xRunInstances, yRunInstances]"],
    );
}

#[test]
fn times_are_computed() {
    values(&[
        ("day_of_week(timestamp '2026-01-05 10:00:00')", "1"),
        ("day_of_week(date '2026-01-11')", "7"),
        ("date('2026-01-05 10:00:00')", "2026-01-05"),
        ("date(timestamp '2026-01-05 23:59:59')", "2026-01-05"),
        ("date_add('day', -5, timestamp '2026-01-03 10:00:00')", "2025-12-29 10:00:00.000"),
        ("date_add('month', 1, date '2026-01-31')", "2026-02-28"),
        ("date_add('hour', 30, timestamp '2026-01-05 10:00:00')", "2026-01-06 16:00:00.000"),
        ("date_diff('day', date '2026-01-01', date '2026-03-01')", "59"),
        ("date_diff('hour', timestamp '2026-01-05 10:00:00', timestamp '2026-01-05 12:59:59')", "2"),
        ("date_diff('minute', timestamp '2026-01-05 10:00:00', timestamp '2026-01-05 09:00:00')", "-60"),
        ("date_trunc('hour', timestamp '2026-01-05 10:59:59')", "2026-01-05 10:00:00.000"),
        ("date_trunc('week', timestamp '2026-01-08 10:59:59')", "2026-01-05 00:00:00.000"),
        (
            "date_format(timestamp '2026-01-05 13:51:09', '%Y/%m/%d %H:%i:%s %W')",
            "2026/01/05 13:51:09 Monday",
        ),
        ("date_parse('05.01.2026 13', '%d.%m.%Y %H')", "2026-01-05 13:00:00.000"),
        ("date_parse('2026-01', '%Y-%m')", "2026-01-01 00:00:00.000"),
        ("try(date_parse('x', '%Y'))", "-"),
        ("from_iso8601_timestamp('2026-01-05T13:51:00Z')", "2026-01-05 13:51:00.000"),
        ("from_iso8601_date('2026-01-05')", "2026-01-05"),
        ("to_iso8601(timestamp '2026-01-05 13:51:00')", "2026-01-05T13:51:00.000Z"),
        ("from_unixtime(1767621060)", "2026-01-05 13:51:00.000"),
        ("to_unixtime(timestamp '2026-01-05 13:51:00')", "1.76762106E9"),
        ("year(date '2026-01-05') * 100 + month(date '2026-01-05')", "202601"),
        ("hour(timestamp '2026-01-05 13:51:00') + minute(timestamp '2026-01-05 13:51:00')", "64"),
        ("extract(hour from timestamp '2026-01-05 13:51:00')", "13"),
        ("week(date '2026-01-05')", "2"),
        ("now() - interval '7' day", "2026-01-01 00:00:00.000"),
        ("current_timestamp", "2026-01-08 00:00:00.000"),
        ("current_date", "2026-01-08"),
        ("date_trunc('day', now()) = current_date", "true"),
    ]);
}

#[test]
fn texts_are_worked_on() {
    values(&[
        ("regexp_like('abc123', '[0-9]+$')", "true"),
        ("regexp_extract('user/bob', '/(.*)', 1)", "bob"),
        ("regexp_extract('user/bob', '[a-z]+')", "user"),
        ("regexp_extract('user', '/(.*)', 1)", "-"),
        ("regexp_extract_all('a1b22', '[0-9]+')", "[1, 22]"),
        ("regexp_replace('a1b2', '[0-9]')", "ab"),
        ("regexp_replace('a1b2', '([0-9])', '<$1>')", "a<1>b<2>"),
        ("regexp_split('a, b,c', ',\\s*')", "[a, b, c]"),
        ("regexp_count('a1b2', '[0-9]')", "2"),
        ("split('a/b/c', '/')", "[a, b, c]"),
        ("split('a/b/c', '/')[3]", "c"),
        ("split_part('a/b/c', '/', 2)", "b"),
        ("strpos('abc', 'c')", "3"),
        ("position('b' IN 'abc')", "2"),
        ("substr('abcdef', 2, 3)", "bcd"),
        ("substring('abcdef' FROM 3)", "cdef"),
        ("replace('a-b-c', '-')", "abc"),
        ("replace('a-b', '-', '+')", "a+b"),
        ("lower('ABC') || upper('d')", "abcD"),
        ("trim('  a ')", "a"),
        ("concat('a', 'b', 'c')", "abc"),
        ("concat('a', null)", "-"),
        ("length('añb')", "3"),
        ("reverse('abc')", "cba"),
        ("starts_with('abc', 'ab')", "true"),
        ("lpad('7', 3, '0')", "007"),
        ("rpad('7', 3, 'ab')", "7ab"),
        ("'abc' LIKE 'a%' AND 'a_c' LIKE 'a\\_c' ESCAPE '\\'", "true"),
    ]);
}

#[test]
fn values_are_chosen() {
    values(&[
        ("coalesce(null, 'a')", "a"),
        ("nullif('a', 'a')", "-"),
        ("if(1 > 2, 'a', 'b')", "b"),
        ("if(1 > 2, 'a')", "-"),
        ("CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "b"),
        ("greatest(1, 3, 2)", "3"),
        ("least(1, 3, 2)", "1"),
        ("greatest(1, null)", "-"),
        ("1 IS DISTINCT FROM null", "true"),
        ("null IS NOT DISTINCT FROM null", "true"),
        ("3 BETWEEN 1 AND 3", "true"),
        ("2 IN (1, 2)", "true"),
        ("abs(-2) + round(2.5) + floor(1.9) + ceil(0.1)", "7.0"),
        ("round(2.345, 2)", "2.35"),
        ("power(2, 10)", "1024.0"),
        ("7 % 4", "3"),
        ("typeof(ARRAY[1])", "array(bigint)"),
    ]);
}

#[test]
fn groups_are_summed_up() {
    check(
        "SELECT arbitrary(eventname), any_value(eventname) FROM $E WHERE eventid = 'put'",
        &["PutObject | PutObject"],
    );
    check(
        "SELECT approx_distinct(sourceipaddress), count(DISTINCT sourceipaddress) FROM $E WHERE eventname = 'GetObject'",
        &["5 | 5"],
    );
    check("SELECT max_by(eventid, eventtime), min_by(eventid, eventtime) FROM $E", &["vpce | login-root"]);
    check(
        "SELECT max_by(eventid, eventtime) FROM $E GROUP BY eventsource HAVING count(*) = 2 ORDER BY 1",
        &["login-alice"],
    );
    check(
        "SELECT count_if(errorcode IS NOT NULL), count_if(readonly) FILTER (WHERE awsregion = 'eu-west-1') FROM $E",
        &["5 | 21"],
    );
    check(
        "SELECT bool_and(readonly), bool_or(readonly), min(eventtime), max(awsregion) FROM $E",
        &["false | true | 2026-01-05 08:00:00.000 | us-east-1"],
    );
    check(
        "SELECT array_agg(eventid ORDER BY eventid) FROM $E WHERE eventname LIKE '%Ingress'",
        &["[sg-close, sg-open]"],
    );
    check(
        "SELECT avg(length(eventname)), sum(1), count(errorcode) FROM $E WHERE eventname = 'GetObject'",
        &["9.0 | 38 | 3"],
    );
    check("SELECT approx_percentile(hour(eventtime), 0.5) FROM $E", &["10.0"]);
}
