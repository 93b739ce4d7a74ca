import unittest

import size
from tree import Tree


def body(lines):
    return "{\n" + "  a();\n" * (lines - 2) + "}\n"


def functions(text, path="hub/a.cc"):
    return [f.what for f in size.check_functions(Tree({path: text}))]


class Files(unittest.TestCase):
    def test_the_limit_is_inclusive(self):
        def found(lines, path):
            return len(size.check_files(Tree({path: "x\n" * lines})))

        self.assertEqual(found(500, "hub/a.cc"), 0)
        self.assertEqual(found(501, "hub/a.cc"), 1)
        self.assertEqual(found(501, "web/ui/src/Desk.svelte"), 1)

    def test_files_written_by_a_program_do_not_count(self):
        long = "x\n" * 501
        self.assertEqual(
            size.check_files(
                Tree(
                    {
                        "tests/unit/domain/golden/a.h": long,
                        "web/ui/package-lock.json": long,
                        "web/ui/src/schema.d.ts": long,
                    }
                )
            ),
            [],
        )


class CppFunctions(unittest.TestCase):
    def test_a_long_function_is_found_where_it_starts(self):
        found = size.check_functions(
            Tree({"hub/a.cc": "namespace a {\n\nint f(int x) " + body(71) + "}\n"})
        )
        self.assertEqual([(f.line, f.what) for f in found], [(3, "a function of 71 lines")])

    def test_a_function_at_the_limit_passes(self):
        self.assertEqual(functions("int f(int x) " + body(70)), [])

    def test_long_classes_and_namespaces_are_no_functions(self):
        methods = "  void f() {\n  }\n" * 60
        self.assertEqual(
            functions("namespace a {\nclass B : public C<D> {\n" + methods + "};\n}\n"), []
        )

    def test_a_method_inside_a_class_counts(self):
        self.assertEqual(
            len(functions("struct A {\n void f() const noexcept " + body(71) + "};\n")), 1
        )

    def test_a_lambda_counts_with_its_function_and_once(self):
        self.assertEqual(
            len(functions("void f() {\n auto g = [] (int a) " + body(71) + ";\n}\n")), 1
        )

    def test_braces_in_strings_and_comments_do_not_count(self):
        text = 'void f() {\n  a("{");  // {\n  b(\'{\');\n  c(R"x({{{)x");\n}\n' + "int g();\n" * 80
        self.assertEqual(functions(text), [])

    def test_digit_separators_are_no_literals(self):
        self.assertEqual(functions("int a = 1'000; void f() {\n}\n" + "int b = 2'000;\n" * 80), [])


class PythonFunctions(unittest.TestCase):
    def test_a_long_function_is_found(self):
        self.assertEqual(len(functions("def f():\n" + "    a()\n" * 70, "deploy/a.py")), 1)
        self.assertEqual(functions("def f():\n" + "    a()\n" * 69, "deploy/a.py"), [])


if __name__ == "__main__":
    unittest.main()
