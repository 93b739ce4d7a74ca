"""The schema checker: what it lets pass, and that it can fail."""

import unittest

import paths
from schema_check import Document

SHARED = {
    "components": {
        "schemas": {
            "No": {"type": "integer", "minimum": 1},
            "Time": {"type": "string", "format": "date-time"},
        }
    }
}
REF = {"$ref": "#/components/schemas/No"}

# schema, values that fit, values that do not
CASES = [
    ({"type": "string"}, ["", "я"], [1, None, True, [], {}]),
    ({"type": ["string", "null"]}, ["x", None], [0, False]),
    ({"type": "integer"}, [0, -5, 2.0], [1.5, "1", True]),
    ({"type": "number"}, [0, 1.5], ["1", False]),
    ({"type": "boolean"}, [True], [1, 0, None]),
    ({"type": "integer", "minimum": 1, "maximum": 3}, [1, 3], [0, 4]),
    ({"type": "string", "minLength": 1, "maxLength": 2}, ["я", "яя"], ["", "яяя"]),
    ({"type": "string", "pattern": "^[0-9]+$"}, ["12"], ["1a", ""]),
    ({"type": "string", "format": "date"}, ["2026-11-20"], ["2026-11-31", "20261120", "x"]),
    (
        {"type": "string", "format": "date-time"},
        ["2026-11-20T05:31:07.250Z"],
        ["2026-11-20", "2026-11-20T05:31:07", "5"],
    ),
    ({"enum": ["a", None]}, ["a", None], ["b", 0]),
    ({"enum": [1]}, [1], [True, 2]),
    ({"const": "x"}, ["x"], ["y"]),
    (REF, [1], [0, "1"]),
    ({**REF, "description": "with words"}, [1], [0]),
    ({"oneOf": [REF, {"type": "null"}]}, [1, None], [0, "x"]),
    ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, [1.5], [1]),
    ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, [1, 1.5], ["x"]),
    ({"allOf": [REF, {"maximum": 5}]}, [1, 5], [0, 6]),
    (
        {"type": "array", "items": REF, "minItems": 1, "maxItems": 2},
        [[1], [1, 2]],
        [[], [1, 0], [1, 2, 3]],
    ),
    (
        {"type": "object", "required": ["a"], "properties": {"a": REF}},
        [{"a": 1}, {"a": 1, "b": 0}],
        [{}, {"a": 0}, []],
    ),
    (
        {"type": "object", "properties": {"a": REF}, "additionalProperties": False},
        [{}, {"a": 1}],
        [{"b": 1}],
    ),
    ({"type": "object", "additionalProperties": REF}, [{}, {"x": 1}], [{"x": 0}]),
]


class Schemas(unittest.TestCase):
    def setUp(self):
        self.document = Document(SHARED)

    def test_values_fit_or_do_not_fit_as_the_schema_says(self):
        for schema, good, bad in CASES:
            for value in good:
                with self.subTest(schema=schema, good=value):
                    self.assertEqual(self.document.faults(schema, value), [])
            for value in bad:
                with self.subTest(schema=schema, bad=value):
                    self.assertNotEqual(self.document.faults(schema, value), [])

    def test_an_unknown_keyword_or_format_never_passes(self):
        self.assertTrue(self.document.faults({"multipleOf": 2}, 4))
        self.assertTrue(self.document.faults({"type": "string", "format": "colour"}, "red"))

    def test_a_fault_names_its_place(self):
        schema = {"type": "object", "properties": {"items": {"type": "array", "items": REF}}}
        self.assertIn("$.items[1]", self.document.faults(schema, {"items": [1, 0]})[0])

    def test_a_member_that_no_part_of_a_schema_names_is_found_wherever_it_stands(self):
        one = {"type": "object", "properties": {"a": REF}}
        either = {"oneOf": [{"type": "null"}, {"type": "object", "properties": {"b": REF}}]}
        both = {"allOf": [one, {"properties": {"items": {"type": "array", "items": either}}}]}
        self.assertEqual(self.document.unnamed([both], {"a": 1, "items": [{"b": 1}, None]}), [])
        self.assertEqual(
            self.document.unnamed([both], {"c": 1, "items": [{"b": 1}, {"a": 1}]}),
            ["$.c is not in the document", "$.items[1].a is not in the document"],
        )
        self.assertEqual(self.document.unnamed([{"type": "object"}], {"free": 1}), [])


class Answers(unittest.TestCase):
    def setUp(self):
        json = {"content": {"application/json": {"schema": {"type": "object", "required": ["a"]}}}}
        self.document = Document(
            {
                "paths": {
                    "/t/{number}": {
                        "get": {"responses": {"200": json}},
                        "delete": {"responses": {"204": {"description": "gone"}}},
                    },
                    "/t/live": {
                        "get": {
                            "responses": {
                                "200": {"content": {"text/plain": {"schema": {"type": "string"}}}}
                            }
                        }
                    },
                }
            }
        )

    def faults(self, *answer):
        return self.document.answer_faults(*answer)

    def test_an_answer_is_checked_by_method_path_status_and_media_type(self):
        self.assertEqual(
            self.faults("GET", "/t/17?x=1", 200, "application/json; charset=utf-8", {"a": 1}), []
        )
        self.assertTrue(self.faults("GET", "/t/17", 200, "application/json", {}))
        self.assertTrue(self.faults("GET", "/t/17", 500, "application/json", {"a": 1}))
        self.assertTrue(self.faults("GET", "/t/17", 200, "text/html", None))
        self.assertTrue(self.faults("PUT", "/t/17", 200, "application/json", {"a": 1}))
        self.assertTrue(self.faults("GET", "/other", 200, "application/json", {"a": 1}))

    def test_a_path_without_parameters_wins(self):
        self.assertEqual(self.faults("GET", "/t/live", 200, "text/plain", None), [])

    def test_an_answer_without_a_body_has_none(self):
        self.assertEqual(self.faults("DELETE", "/t/17", 204, "", None), [])
        self.assertTrue(self.faults("DELETE", "/t/17", 204, "application/json", {}))


class TheDocument(unittest.TestCase):
    def test_every_schema_of_the_contract_can_be_checked(self):
        document = Document.of_file(paths.TOP / "web/api/openapi.yaml")
        for name, schema in document.document["components"]["schemas"].items():
            for value in ("x", 1, None, [], {}):
                for fault in document.faults(schema, value):
                    self.assertNotIn("does not know", fault, name)


if __name__ == "__main__":
    unittest.main()
