"""Takes the sample workbook apart with the standard library: what a spreadsheet would see in it."""

import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET
import zipfile

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
PROGRAM = sys.argv.pop(1)


class Workbook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "sample.xlsx"
            subprocess.run([PROGRAM, path], check=True)
            with zipfile.ZipFile(path) as z:
                assert z.testzip() is None
                cls.parts = {name: z.read(name) for name in z.namelist()}
        cls.sheet = ET.fromstring(cls.parts["xl/worksheets/sheet1.xml"])
        cls.styles = ET.fromstring(cls.parts["xl/styles.xml"])

    def cell(self, ref):
        return self.sheet.find(f".//m:c[@r='{ref}']", NS)

    def text(self, ref):
        cell = self.cell(ref)
        self.assertEqual(cell.get("t"), "inlineStr")
        return cell.find("m:is/m:t", NS).text

    def number(self, ref):
        cell = self.cell(ref)
        self.assertIn(cell.get("t"), (None, "n"))
        return float(cell.find("m:v", NS).text)

    def style(self, ref):
        return self.styles.findall("m:cellXfs/m:xf", NS)[int(self.cell(ref).get("s"))]

    def number_format(self, ref):
        wanted = self.style(ref).get("numFmtId")
        own = {
            f.get("numFmtId"): f.get("formatCode")
            for f in self.styles.findall("m:numFmts/m:numFmt", NS)
        }
        return own.get(wanted, {"1": "0", "2": "0.00", "9": "0%", "10": "0.00%"}.get(wanted))

    def test_every_part_is_well_formed(self):
        for name, part in self.parts.items():
            ET.fromstring(part)
            self.assertTrue(name.endswith((".xml", ".rels")), name)

    def test_the_sheet_bears_the_title_without_forbidden_characters(self):
        book = ET.fromstring(self.parts["xl/workbook.xml"])
        self.assertEqual(book.find("m:sheets/m:sheet", NS).get("name"), "Доступность   день  2026")

    def test_the_header_is_bold_and_frozen_and_has_a_filter(self):
        self.assertEqual(
            [self.text(f"{c}1") for c in "ABCD"], ["desk", "received", "speed", "availability"]
        )
        font = self.styles.findall("m:fonts/m:font", NS)[int(self.style("A1").get("fontId"))]
        self.assertIsNotNone(font.find("m:b", NS))
        pane = self.sheet.find(".//m:pane", NS)
        self.assertEqual((pane.get("state"), pane.get("ySplit")), ("frozen", "1"))
        self.assertEqual(self.sheet.find("m:autoFilter", NS).get("ref"), "A1:D6")

    def test_columns_are_as_wide_as_their_texts_within_limits(self):
        widths = [float(c.get("width")) for c in self.sheet.findall("m:cols/m:col", NS)]
        self.assertEqual(len(widths), 4)
        self.assertGreater(widths[0], 59)
        self.assertLess(widths[0], 62)
        self.assertLess(widths[1], 15)

    def test_numbers_are_numbers_and_percents_have_their_format(self):
        self.assertEqual(self.number("B2"), 22)
        self.assertEqual(self.number("C2"), 1.25)
        self.assertEqual(self.number("C3"), -0.05)
        self.assertEqual(self.number("D2"), 1.0)
        self.assertAlmostEqual(self.number("D3"), 0.973, places=12)
        self.assertEqual(self.number_format("B2"), "0")
        self.assertEqual(self.number_format("C2"), "0.00")
        self.assertEqual(self.number_format("D3"), "0.0%")

    def test_a_text_is_never_a_formula_or_a_link(self):
        self.assertEqual(self.text("A2"), "ГУЗ «Больница» & <сыновья>")
        self.assertEqual(self.text("A3"), "=1+1")
        self.assertEqual(self.text("A4"), "https://example.org")
        self.assertEqual(self.sheet.findall(".//m:f", NS), [])
        self.assertEqual(self.sheet.findall(".//m:hyperlink", NS), [])

    def test_unknown_is_an_empty_cell_and_not_zero(self):
        for ref in ("B4", "C4", "D4"):
            self.assertIsNone(self.cell(ref))
        self.assertEqual(self.number("C5"), 0)

    def test_bytes_that_no_spreadsheet_can_read_are_gone(self):
        self.assertEqual(self.text("A5"), "a\uFFFD\nb")

    def test_a_too_long_text_is_cut_at_the_limit_of_the_format(self):
        self.assertEqual(len(self.text("A6")), 32767)

    def test_the_workbook_says_when_it_was_made(self):
        self.assertIn(b"2026-09-21T", self.parts["docProps/core.xml"])


if __name__ == "__main__":
    unittest.main()
