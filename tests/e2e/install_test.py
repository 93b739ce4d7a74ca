"""`cmake --install` puts what the units name where they look for it: binaries that run, configuration,
users and folders.
"""

import os
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

from harness import BUILD

DAEMONS = {"opora-node": "node", "opora-hub": "hub"}


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        cls.install()

    @classmethod
    def install(cls):
        done = subprocess.run(
            ["cmake", "--install", BUILD, "--prefix", "/usr"],
            env={**os.environ, "DESTDIR": str(cls.root)},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    def installed(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def unit(self, name: str) -> dict[str, str]:
        text = self.installed(f"/usr/lib/systemd/system/{name}.service").read_text()
        return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))

    def test_the_units_find_their_daemon_and_its_configuration(self):
        for name in (*DAEMONS, "opora-guard"):
            binary, option, file = self.unit(name)["ExecStart"].split()
            self.assertEqual(option, "--config")
            self.assertTrue(self.installed(file).is_file(), file)
            done = subprocess.run(
                [self.installed(binary), "--help"], capture_output=True, text=True
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("--config", done.stdout)

    def test_the_tool_is_there_too(self):
        done = subprocess.run([self.installed("/usr/bin/opora"), "--help"], capture_output=True)
        self.assertEqual(done.returncode, 0)

    def test_the_services_users_are_made_and_own_their_folders(self):
        users = self.installed("/usr/lib/sysusers.d/opora.conf").read_text()
        folders = self.installed("/usr/lib/tmpfiles.d/opora.conf").read_text()
        for name, kind in DAEMONS.items():
            unit = self.unit(name)
            config = tomllib.loads(self.installed(f"/etc/opora/{kind}.toml").read_text())
            user = unit["User"]
            self.assertRegex(users, rf"(?m)^u {user} ")
            self.assertEqual(config["data"], f"/var/lib/{unit['StateDirectory']}")
            for folder in (config["data"], config["backup"]):
                self.assertRegex(folders, rf"(?m)^d {folder} +0700 {user} +{user}$")

    def test_a_guard_hears_its_node_where_both_may_be(self):
        guard = tomllib.loads(self.installed("/etc/opora/guard.toml").read_text())
        node = self.installed("/etc/opora/node.toml").read_text()
        self.assertIn(f'# guard-beat = "{guard["beat"]}"\n', node)
        for key in ("ari", "ari-password-file"):
            self.assertIn(f'# {key} = "{guard[key]}"\n', node)
        folder = str(Path(guard["beat"]).parent)
        self.assertIn(f"-{folder}", self.unit("opora-node")["ReadWritePaths"].split())
        user = self.unit("opora-guard")["User"]
        self.assertEqual(user, self.unit("opora-node")["User"])
        folders = self.installed("/usr/lib/tmpfiles.d/opora.conf").read_text()
        self.assertRegex(folders, rf"(?m)^d {folder} +0700 {user} +{user}$")

    @unittest.skipUnless(shutil.which("systemd-sysusers"), "no systemd here")
    def test_systemd_makes_the_users(self):
        said = subprocess.run(
            ["systemd-sysusers", f"--root={self.root}"], capture_output=True, text=True
        )
        self.assertEqual((said.returncode, "not a valid" in said.stderr), (0, False), said.stderr)
        made = self.installed("/etc/passwd").read_text()
        for name in DAEMONS:
            self.assertRegex(made, rf"(?m)^{self.unit(name)['User']}:")

    def test_the_units_let_a_daemon_write_where_its_configuration_says(self):
        for name, kind in DAEMONS.items():
            config = tomllib.loads(self.installed(f"/etc/opora/{kind}.toml").read_text())
            may_write = self.unit(name)["ReadWritePaths"].replace("-/", "/").split()
            for key in ("backup", "safety"):
                if key in config:
                    self.assertIn(config[key], may_write)

    def test_a_configuration_that_is_there_stays(self):
        mine = self.installed("/etc/opora/node.toml")
        before = mine.read_text()
        self.addCleanup(mine.write_text, before)
        mine.write_text("# mine\n")
        self.install()
        self.assertEqual(mine.read_text(), "# mine\n")
        self.assertEqual(
            self.installed("/usr/share/doc/opora/examples/node.toml").read_text(), before
        )


if __name__ == "__main__":
    unittest.main()
