#!/usr/bin/env python3
"""Asks Cairn and DuckDB the same over the same Parquet files, side by side in one run, and says how they compare.

`make bench-lake` builds what this needs and starts it. Cairn's part is `lake-bench`, an example of crates/lake: the engine
that answers StartQuery, without HTTP around it. Both have two threads. Each question is asked once to warm up, then in turns;
medians count.
"""

import argparse
import datetime
import glob
import gzip
import json
import math
import os
import statistics
import subprocess
import sys
import time

import duckdb

from lake_questions import MANY_GROUPS, OVER_JSON, QUESTIONS


class Cairn:
    """A process that answers statements."""

    def __init__(self, program, folder, work, memory=1024):
        spill = os.path.join(work, "spill")
        command = [program, "answer", folder, "--threads", "2", "--memory", str(memory), "--spill", spill]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, text, runs=1):
        self.process.stdin.write(json.dumps({"text": text, "runs": runs}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise SystemExit(f"Cairn refuses {text}: {answer['error']}")
        return answer

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def live_files(folder):
    """The data files of the table, by its log."""
    live = set()
    for entry in sorted(glob.glob(os.path.join(folder, "_delta_log", "*.json"))):
        with open(entry) as lines:
            for line in lines:
                action = json.loads(line)
                if "add" in action:
                    live.add(action["add"]["path"])
                if "remove" in action:
                    live.discard(action["remove"]["path"])
    return [os.path.join(folder, path.replace("%3D", "=")) for path in sorted(live)]


def connect(files):
    """DuckDB as fast as it goes: footers and files are remembered."""
    database = duckdb.connect()
    database.execute("SET threads = 2")
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET preserve_insertion_order = false")
    try:
        database.execute("SET parquet_metadata_cache = true")
    except duckdb.Error:
        pass  # A newer one does so by itself.
    names = ", ".join(f"'{file}'" for file in files)
    database.execute(f"CREATE VIEW t AS SELECT * FROM read_parquet([{names}], hive_partitioning = false)")
    return database


def shown(value):
    """A cell as Cairn's results show it."""
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03}"
    if isinstance(value, str) and len(value) == 20 and value.endswith("Z") and value[10] == "T":
        return value[:10] + " " + value[11:19] + ".000"
    return str(value)


def is_same(cairn, database, text):
    """Whether the rows agree; an order by time alone leaves open how rows of one time stand."""
    rows = [[shown(cell) for cell in row] for row in database.execute(text).fetchall()]
    order = lambda row: [cell or "" for cell in row]
    return rows == cairn["rows"] or sorted(rows, key=order) == sorted(cairn["rows"], key=order)


def timed(database, text):
    since = time.perf_counter()
    database.execute(text).fetchall()
    return (time.perf_counter() - since) * 1e3


def compare(questions, cairn, database, fill, runs):
    """Prints a line for each question; the ratios."""
    ratios = []
    for question in questions:
        ours, theirs = fill(question.cairn), fill(question.duckdb)
        first = cairn.ask(ours)
        timed(database, theirs)
        agrees = is_same(first, database, theirs)
        times = {"cairn": [], "duckdb": []}
        for _ in range(runs):
            times["cairn"] += cairn.ask(ours)["times"]
            times["duckdb"].append(timed(database, theirs))
        here, there = (statistics.median(times[who]) for who in ("cairn", "duckdb"))
        ratios.append(there / here)
        verdict = "agree" if agrees else "DIFFER"
        print(
            f"{question.name:36} Cairn {here:9.1f} ms   DuckDB {there:9.1f} ms   ratio {there / here:7.2f}"
            f"   {first['count']} rows {verdict}",
            flush=True,
        )
    print(f"{'geometric mean':36} {math.exp(statistics.fmean(map(math.log, ratios))):.2f}", flush=True)
    return ratios


def fill_tables(arguments):
    """Makes what is not there yet."""
    large, small = (os.path.join(arguments.work, name) for name in ("large", "small"))
    files = os.path.join(arguments.work, "files")
    for folder, events in ((large, arguments.events), (small, arguments.json_events)):
        if not os.path.isdir(folder):
            print(f"filling {folder} with {events} events: some minutes", flush=True)
            subprocess.run([arguments.program, "fill", folder, "--events", str(events)], check=True)
    if not os.path.isdir(files):
        subprocess.run([arguments.program, "files", files, "--events", str(arguments.json_events)], check=True)
        for name in glob.glob(os.path.join(files, "*.json")):
            with open(name, "rb") as plain, gzip.open(name + ".gz", "wb", 6) as packed:
                packed.write(plain.read())
            os.remove(name)
    return large, small, files


def some_values(database):
    """A user and a key of middling fame."""
    user = database.execute(
        "SELECT user_arn FROM t WHERE user_type = 'IAMUser' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1 OFFSET 20"
    ).fetchone()[0]
    key = database.execute(
        "SELECT access_key_id FROM t WHERE access_key_id LIKE 'AKIA%' GROUP BY 1 ORDER BY count(*) DESC, 1"
        " LIMIT 1 OFFSET 100"
    ).fetchone()[0]
    return lambda text: text.replace("$USER", user).replace("$KEY", key)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="lake-bench, built with --release")
    parser.add_argument("--work", required=True, help="a folder for tables, which stay: 4 GB")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--json-events", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=["parquet", "json", "groups"])
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    large, small, files = fill_tables(arguments)
    print(f"DuckDB {duckdb.__version__}, 2 threads each, {arguments.events} events, medians of {arguments.runs}, warm")
    if arguments.only in (None, "parquet"):
        parquet = live_files(large)
        print(f"both over the table's {len(parquet)} Parquet files, {sum(map(os.path.getsize, parquet)) >> 20} MiB")
        cairn, database = Cairn(arguments.program, large, arguments.work), connect(parquet)
        compare(QUESTIONS, cairn, database, some_values(database), arguments.runs)
        cairn.stop()
    if arguments.only in (None, "json"):
        print(f"Cairn over its table, DuckDB over gzip JSON, {arguments.json_events} events")
        cairn, database = Cairn(arguments.program, small, arguments.work), connect(live_files(small))
        database.execute(
            f"CREATE VIEW j AS SELECT unnest(Records) AS r FROM read_json('{files}/*.json.gz',"
            " columns = {'Records': 'STRUCT(userIdentity STRUCT(arn VARCHAR), errorCode VARCHAR, eventTime VARCHAR,"
            " eventName VARCHAR, eventSource VARCHAR)[]'})"
        )
        compare(OVER_JSON, cairn, database, some_values(database), max(1, arguments.runs // 2))
        cairn.stop()
    if arguments.only in (None, "groups"):
        print("GROUP BY into a million groups and more, statements may take 512 MiB")
        cairn = Cairn(arguments.program, large, arguments.work, memory=512)
        for name, text in MANY_GROUPS:
            answer = cairn.ask(f"SELECT count(*), sum(c) FROM ({text}) g")
            groups, events = answer["rows"][0]
            peak = answer["peak"] / (1 << 20)
            print(f"{name:36} {groups} groups of {events} events, {answer['times'][0]:.0f} ms, peak {peak:.0f} MiB")
        cairn.stop()


if __name__ == "__main__":
    sys.exit(main())
