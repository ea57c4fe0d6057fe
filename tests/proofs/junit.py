"""Judges JUnit files by the schema of Jenkins' xUnit plugin: junit.py SCHEMA FILE…"""

import sys

from lxml import etree

schema = etree.XMLSchema(etree.parse(sys.argv[1]))
wrong = 0
for path in sys.argv[2:]:
    document = etree.parse(path)
    if not schema.validate(document):
        wrong += 1
        print(f"{path}: {schema.error_log}")
    for suite in document.iter("testsuite"):
        for name, found in [("tests", "testcase"), ("failures", "testcase/failure"), ("errors", "testcase/error")]:
            if int(suite.get(name)) != len(suite.findall(found)):
                wrong += 1
                print(f"{path}: {suite.get('name')}: {name} is miscounted")
sys.exit(wrong > 0)
