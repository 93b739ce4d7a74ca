"""deploy/install, deploy/node-path and tests/run with every outside program replaced by a stub."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import tree as lint

# What the scripts may call for real; everything else is a stub or missing.
TOOLS = [
    "bash",
    "env",
    "sed",
    "sort",
    "comm",
    "dirname",
    "readlink",
    "mkdir",
    "cat",
    "tr",
    "sleep",
    "nproc",
]


class Gear(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve() / "tree"
        self.bin = Path(folder.name).resolve() / "bin"
        self.log = Path(folder.name).resolve() / "calls"
        self.log.write_text("")
        (self.root / "deploy").mkdir(parents=True)
        (self.root / "tests").mkdir()
        self.bin.mkdir()
        for name in ("deploy/install", "deploy/node-path", "tests/run"):
            shutil.copy(lint.ROOT / name, self.root / name)
        (self.root / "deploy/packages.txt").write_text("# comment\nalpha\nbeta  # why\n\n")
        for tool in TOOLS:
            os.symlink(shutil.which(tool), self.bin / tool)
        self.installed("alpha", "beta")
        self.stub("id", "echo 0")
        self.stub("apt-get")
        self.node("v20.19.0")

    def stub(self, name, body=""):
        """A program that notes its call and then does `body`."""
        path = self.bin / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>{self.log}\n{body}\n')
        path.chmod(0o755)

    def installed(self, *packages):
        lines = "".join(f"echo 'installed {p}';" for p in packages)
        self.stub("dpkg-query", f"{lines} exit 1")

    def node(self, version, npm="exit 0"):
        self.stub("node", f"echo {version}")
        self.stub("npm", npm)

    def no_node(self):
        (self.bin / "node").unlink()
        (self.bin / "npm").unlink()

    def run_script(self, name, *arguments, **environment):
        return subprocess.run(
            [self.root / name, *arguments],
            capture_output=True,
            text=True,
            env={"PATH": str(self.bin), "OPORA_RETRY_PAUSE_S": "0", **environment},
        )

    def calls(self, *names):
        return [line for line in self.log.read_text().splitlines() if line.split()[0] in names]

    def test_a_second_run_asks_nothing_of_the_network(self):
        self.assertEqual(self.run_script("deploy/install").returncode, 0)
        self.assertEqual(self.calls("apt-get", "npm", "sudo"), [])

    def test_only_what_is_missing_is_installed(self):
        self.installed("alpha")
        self.assertEqual(self.run_script("deploy/install").returncode, 0)
        update, install = self.calls("apt-get")
        self.assertTrue(update.endswith(" update"), update)
        self.assertTrue(install.endswith(" install --no-install-recommends beta"), install)

    def test_a_user_goes_through_sudo(self):
        self.installed("alpha")
        self.stub("id", "echo 1000")
        self.stub("sudo")
        self.assertEqual(self.run_script("deploy/install").returncode, 0)
        self.assertEqual(len(self.calls("sudo")), 2)

    def test_a_user_without_sudo_is_told_what_is_needed(self):
        self.installed("alpha")
        self.stub("id", "echo 1000")
        run = self.run_script("deploy/install")
        self.assertEqual(run.returncode, 1)
        self.assertIn("As root, once: apt-get update && apt-get install", run.stderr)

    def test_a_failing_mirror_is_tried_twice_and_then_named(self):
        self.installed("alpha")
        self.stub("apt-get", "exit 100")
        run = self.run_script("deploy/install")
        self.assertEqual(run.returncode, 1)
        self.assertEqual(len(self.calls("apt-get")), 2)
        self.assertIn("apt could not install: beta", run.stderr)

    def test_an_old_node_gets_a_newer_one_beside_it(self):
        fetched = self.root / "build/tools/node_modules/.bin"
        self.node(
            "v18.20.4",
            f"mkdir -p {fetched}; for p in node npm; do printf '#!/bin/bash\\necho v20.20.2\\n' "
            f">{fetched}/$p; chmod +x {fetched}/$p; done",
        )
        os.symlink(shutil.which("chmod"), self.bin / "chmod")
        self.assertEqual(self.run_script("deploy/install").returncode, 0)
        self.assertIn("node@20", self.calls("npm")[0])
        self.assertEqual(self.run_script("deploy/node-path").stdout.strip(), str(fetched))
        self.assertEqual(len(self.calls("npm")), 1)

    def test_without_npm_debians_is_asked_for(self):
        self.no_node()
        run = self.run_script("deploy/install", "--missing")
        self.assertEqual((run.returncode, run.stdout.split()), (1, ["nodejs", "npm"]))

    def test_which_node_is_new_enough(self):
        for version, good in [
            ("v18.20.4", 1),
            ("v20.18.3", 1),
            ("v20.19.0", 0),
            ("v22.11.0", 1),
            ("v22.12.0", 0),
            ("v24.1.0", 0),
        ]:
            with self.subTest(version):
                self.node(version)
                self.assertEqual(self.run_script("deploy/node-path").returncode, good)

    def test_labels_choose_what_is_built_and_run(self):
        self.stub("cmake")
        self.stub("ctest", "echo '100% tests passed'")
        run = self.run_script("tests/run", "--preset", "asan", "unit", "lint")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("100% tests passed", run.stdout)
        configure, build = self.calls("cmake")
        self.assertEqual(configure, "cmake --preset asan -DOPORA_FUZZ_SEARCH=OFF")
        self.assertTrue(build.endswith("--target tests_unit tests_lint"), build)
        self.assertIn("--label-regex ^(unit|lint)$ --no-tests=error", self.calls("ctest")[0])

    def test_the_fuzzers_search_only_when_they_are_named(self):
        self.stub("cmake")
        self.stub("ctest")
        for labels, search in ([], "OFF"), (["fuzz"], "ON"), (["unit", "fuzz"], "ON"):
            self.log.write_text("")
            self.assertEqual(self.run_script("tests/run", *labels).returncode, 0)
            self.assertTrue(self.calls("cmake")[0].endswith(f"FUZZ_SEARCH={search}"), labels)

    def test_a_failed_test_a_failed_build_and_a_wrong_label_fail_the_run(self):
        self.stub("cmake")
        self.stub("ctest", "exit 8")
        self.assertEqual(self.run_script("tests/run").returncode, 8)
        self.stub("cmake", "exit 1")
        self.assertEqual(self.run_script("tests/run").returncode, 1)
        self.assertEqual(self.run_script("tests/run", "nosuch").returncode, 2)

    def test_it_does_not_install_when_told_so(self):
        self.installed("alpha")
        run = self.run_script("tests/run", "--no-install")
        self.assertEqual(run.returncode, 1)
        self.assertIn("missing packages: beta", run.stderr)
        self.assertEqual(self.calls("apt-get"), [])


if __name__ == "__main__":
    unittest.main()
