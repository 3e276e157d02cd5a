#!/usr/bin/env python3
"""Reads a JUnit file with `junitparser` and prints what it counts: junit_counts.py FILE

Fails if the counts that the file states are not those of its cases.
"""
import json
import sys

import junitparser


def counts(item):
    return item.tests, item.failures, item.errors, item.skipped


def main():
    report = junitparser.JUnitXml.fromfile(sys.argv[1])
    stated = [counts(report)] + [counts(suite) for suite in report]
    suites = list(report)
    for suite in suites:
        suite.update_statistics()
    report.update_statistics()
    counted = [counts(report)] + [counts(suite) for suite in suites]
    if stated != counted:
        sys.exit(f"the file states {stated}, and has {counted}")
    print(json.dumps({"tests": report.tests, "failures": report.failures, "errors": report.errors, "suites": [suite.name for suite in suites]}))


if __name__ == "__main__":
    main()
