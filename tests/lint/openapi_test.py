import unittest

import openapi
from tree import Tree

CONTRACT = """paths:
  /api/v1/calls:
    get:
      summary: calls
      x-roles: [operator]
  /api/v1/contacts:
    post:
      x-served-by: [node]
      x-roles: [operator, program]
components:
  /api/v1/other:
    get:
"""
NODE = 'router.on(web::Method::kPost, "/api/v1/contacts",\n  handler);\n'
BOTH = 'router.on(\n    web::Method::kGet, "/api/v1/calls",\n  handler);\n'


def whats(node=NODE, both=BOTH, contract=CONTRACT):
    files = {"node/api.cc": node, "web/app/api.cc": both, "web/api/openapi.yaml": contract}
    return [f.what for f in openapi.check(Tree(files))]


class Routes(unittest.TestCase):
    def test_the_same_routes_on_both_sides_pass(self):
        self.assertEqual(whats(), [])

    def test_a_route_that_the_contract_does_not_know_is_found(self):
        self.assertEqual(
            whats(both=BOTH + BOTH.replace("kGet", "kPut")),
            ["put /api/v1/calls is not in the contract"],
        )
        self.assertEqual(
            whats(both=BOTH + BOTH.replace("calls", "more")),
            ["get /api/v1/more is not in the contract"],
        )

    def test_a_route_of_a_file_with_a_dot_in_its_name_is_a_route(self):
        file = BOTH.replace("calls", "openapi.yaml")
        self.assertEqual(
            whats(both=BOTH + file), ["get /api/v1/openapi.yaml is not in the contract"]
        )

    def test_a_promise_that_nobody_keeps_is_found(self):
        self.assertEqual(whats(node=""), ["post /api/v1/contacts is served by nobody"])

    def test_a_route_on_another_daemon_than_promised_is_found(self):
        self.assertEqual(
            whats(node=NODE + BOTH, both=""), ["get /api/v1/calls is served by node alone"]
        )

    def test_a_helper_that_knows_the_method_counts(self):
        self.assertEqual(whats(both='get("/api/v1/calls", handler);\n'), [])

    def test_a_path_that_is_only_compared_is_no_route(self):
        self.assertEqual(whats(both=BOTH + 'if (path == "/api/v1/none") return;\n'), [])

    def test_an_operation_that_does_not_say_who_may_is_found(self):
        for roles in ("", "      x-roles: []\n"):
            untold = CONTRACT.replace("      x-roles: [operator]\n", roles)
            self.assertEqual(whats(contract=untold), ["get /api/v1/calls does not say who may"])
        public = CONTRACT.replace("x-roles: [operator]\n", "security: []\n")
        self.assertEqual(whats(contract=public), [])

    def test_without_a_contract_nothing_passes(self):
        self.assertEqual([f.what for f in openapi.check(Tree({}))], ["missing"])


if __name__ == "__main__":
    unittest.main()
