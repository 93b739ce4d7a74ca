"""The files of the daily report (T5): programs get the columns by their names, people get them in their
language, and no name of a desk is a formula in either.
"""

from __future__ import annotations

import csv
import io
import json
import unittest
import xml.etree.ElementTree as ET
import zipfile

import harness
import paths
from demo_lib.http_client import until

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_COLUMNS = """
desk received accepted lost phantom registered agents avg_wait_s avg_talk_s avg_answer_s
availability_pct registered_pct data_through
""".split()
_MESSAGES = paths.TOP / "web/ui/messages"


def words(language: str) -> list[str]:
    catalogue = json.loads((_MESSAGES / f"{language}.json").read_text())
    return [catalogue[f"file_{column}"] for column in _COLUMNS]


class Exports(harness.RegionTest):
    SITES = 1

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        with cls.region.at_hub() as hub:
            desks = [{"no": 1, "name": "=1+1"}]
            site = {"name": "Больница 1", "zone": harness.ZONE, "desks": desks}
            hub.post("/api/v1/sites/1", site, method="PUT")
            path = "/api/v1/reports/daily"
            until(lambda: hub.get(path)["rows"][0]["name"] == "=1+1", "the desk is renamed")

    def file(self, query: str):
        answer = self.admin(self.hub).send("GET", f"/api/v1/reports/daily?{query}")
        self.assertEqual(answer.status, 200)
        return answer

    def csv_rows(self, query: str) -> list[list[str]]:
        text = self.file(f"format=csv{query}").body.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))

    def xlsx_row(self, query: str, number: int) -> list[str]:
        book = zipfile.ZipFile(io.BytesIO(self.file(f"format=xlsx{query}").body))
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
        self.assertEqual(sheet.findall(".//m:f", _NS), [], "a formula")
        row = sheet.find(f".//m:row[@r='{number}']", _NS)
        return [cell.findtext("m:is/m:t", None, _NS) for cell in row.findall("m:c", _NS)]

    def test_a_tsv_has_the_columns_that_scripts_read_in_any_language(self):
        for query in ("", "&lang=ru", "&lang=en"):
            head = self.file(f"format=tsv{query}").body.decode().split("\n")[0]
            self.assertEqual(head.split("\t"), _COLUMNS)

    def test_a_csv_and_a_workbook_have_headers_in_the_readers_language(self):
        for query, language in (("", "ru"), ("&lang=ru", "ru"), ("&lang=en", "en")):
            with self.subTest(query):
                self.assertEqual(self.csv_rows(query)[0], words(language))
                self.assertEqual(self.xlsx_row(query, 1), words(language))
        self.assertNotEqual(words("ru"), words("en"))

    def test_a_csv_opens_in_a_russian_spreadsheet(self):
        body = self.file("format=csv").body
        self.assertTrue(body.startswith(b"\xef\xbb\xbf"))
        self.assertTrue(body.endswith(b"\r\n"))

    def test_the_name_of_a_desk_is_never_a_formula(self):
        self.assertEqual(self.csv_rows("")[1][0], "'=1+1")
        self.assertEqual(self.xlsx_row("", 2)[0], "=1+1")

    def test_a_language_that_is_not_there_is_refused(self):
        answer = self.admin(self.hub).send("GET", "/api/v1/reports/daily?format=csv&lang=de")
        self.assertEqual((answer.status, answer.json()["path"]), (422, "lang"))


if __name__ == "__main__":
    harness.main()
