"""Prints how many tests of a JUnit report passed and how many did not: `PASSED FAILED`."""

import sys
import xml.etree.ElementTree as ElementTree


def main(path: str) -> None:
    suites = ElementTree.parse(path).getroot().iter("testsuite")
    total = failed = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        # A test that was skipped did not pass: nothing here may be skipped.
        failed += sum(int(suite.get(kind, 0)) for kind in ("failures", "errors", "skipped"))
    print(max(total - failed, 0), failed)


main(sys.argv[1])
