import unittest

import layers
from tree import Tree


def edges(path, *headers):
    text = "".join(f"#include {h}\n" for h in headers)
    return [f.what for f in layers.check_edges(Tree({path: text}))]


class Edges(unittest.TestCase):
    def test_an_allowed_edge_passes(self):
        self.assertEqual(
            edges(
                "sync/engine/engine.h",
                '"sync/journal/kv.h"',
                '"protocol/base/ids.h"',
                "<vector>",
                "<sys/stat.h>",
            ),
            [],
        )

    def test_an_edge_upwards_is_found(self):
        self.assertEqual(
            edges("protocol/base/ids.h", '"sync/journal/kv.h"'),
            ["protocol/base must not include sync/journal/kv.h"],
        )

    def test_node_and_hub_never_meet(self):
        self.assertEqual(len(edges("node/main.cc", '"hub/directory.h"')), 1)
        self.assertEqual(len(edges("hub/main.cc", '"node/desk/desk.h"')), 1)

    def test_the_server_knows_only_base(self):
        self.assertEqual(len(edges("web/server/router.h", '"protocol/domain/events.h"')), 1)

    def test_a_folder_without_a_row_is_found(self):
        self.assertEqual(
            edges("sync/other/a.h", '"protocol/base/ids.h"'),
            ["this folder has no row in the layer table"],
        )

    def test_tests_may_see_everything(self):
        self.assertEqual(edges("tests/unit/a.cc", '"hub/a.h"', '"node/a.h"', "<rocksdb/db.h>"), [])


class Adapters(unittest.TestCase):
    def test_a_library_is_seen_by_its_adapter_alone(self):
        for header, home in [
            ("<capnp/message.h>", "protocol/codec"),
            ("<zmq.hpp>", "protocol/link"),
            ("<rocksdb/db.h>", "sync/journal"),
            ("<sqlite3.h>", "sync/search"),
            ("<boost/beast/http.hpp>", "web/server"),
            ("<curl/curl.h>", "node/mail"),
            ("<xlsxwriter.h>", "web/app/export"),
            ("<sodium.h>", "protocol/base"),
        ]:
            with self.subTest(header):
                self.assertEqual(edges(f"{home}/a.cc", header), [])
                self.assertEqual(len(edges("hub/a.cc", header)), 1)

    def test_generated_schema_stays_in_the_codec(self):
        generated = '"protocol/schema/record.capnp.h"'
        self.assertEqual(edges("protocol/codec/record.cc", generated), [])
        self.assertEqual(len(edges("sync/journal/log.cc", generated)), 1)

    def test_an_unknown_library_is_found(self):
        self.assertEqual(len(edges("hub/a.cc", "<leveldb/db.h>")), 1)

    def test_an_include_that_is_not_from_the_root_is_found(self):
        self.assertEqual(len(edges("hub/a.cc", '"directory.h"')), 1)

    def test_pure_folders_see_no_clock_file_or_thread(self):
        for header in ("<thread>", "<fstream>", "<filesystem>", "<random>", "<spdlog/spdlog.h>"):
            with self.subTest(header):
                self.assertEqual(len(edges("protocol/domain/a.cc", header)), 1)
                self.assertEqual(len(edges("sync/core/a.cc", header)), 1)
                self.assertEqual(edges("sync/engine/a.cc", header), [])


class Shape(unittest.TestCase):
    def test_a_cycle_is_found_with_its_path(self):
        found = layers.check_cycles(
            Tree(
                {
                    "web/app/a.h": '#include "web/app/export/b.h"\n',
                    "web/app/export/b.h": '#include "web/app/a.h"\n',
                }
            )
        )
        self.assertEqual(
            [f.what for f in found], ["cycle between folders: web/app -> web/app/export -> web/app"]
        )

    def test_a_diamond_is_no_cycle(self):
        self.assertEqual(
            layers.check_cycles(
                Tree(
                    {
                        "hub/a.h": '#include "sync/core/b.h"\n#include "protocol/base/c.h"\n',
                        "sync/core/b.h": '#include "protocol/base/c.h"\n',
                        "protocol/base/c.h": "",
                    }
                )
            ),
            [],
        )

    def test_a_new_top_level_folder_is_found(self):
        found = layers.check_top(
            Tree({"util/a.h": "", ".ci/run": "", "README.md": "", "hub/a.h": ""})
        )
        self.assertEqual([f.what for f in found], ["new top-level folder util/"])


if __name__ == "__main__":
    unittest.main()
