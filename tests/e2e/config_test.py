"""A configuration that is wrong: the daemon names the key, the file and the line, ends with 2, and has
opened nothing.
"""

import subprocess
import tempfile
import unittest
from pathlib import Path

import paths
from demo_lib.processes import Binaries
from harness import BUILD

NODE, HUB = Binaries.of_build(BUILD).node, Binaries.of_build(BUILD).hub


class Configuration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "opora.toml"
        self.data = self.folder / "data"

    def start(self, *lines: str, daemon: Path = NODE, arguments=()) -> subprocess.CompletedProcess:
        """A daemon with this file after a line that names its data folder."""
        text = "\n".join([f'data = "{self.data}"', *lines]) + "\n"
        self.file.write_text(text, encoding="utf-8")
        return subprocess.run(
            [daemon, "--config", self.file, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
        )

    def assert_refused(self, done: subprocess.CompletedProcess, words: str) -> None:
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertIn(words, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertFalse(self.data.exists(), "something was opened")

    def test_an_unknown_key_is_named_with_its_file_and_line(self):
        for daemon in (NODE, HUB):
            done = self.start("# a comment", 'replication = "tcp://x:1"', daemon=daemon)
            self.assert_refused(done, f'{self.file}: line 3: there is no key "replication"')
        done = self.start('tls_cert = "x"')
        self.assert_refused(done, 'line 2: there is no key "tls_cert"; "tls-cert" is meant?')
        self.assert_refused(self.start("[web]", 'listen = "x"'), 'line 2: there is no key "web"')
        self.assert_refused(self.start('config = "x"'), 'there is no key "config"')

    def test_what_is_no_toml_is_named_by_its_line(self):
        self.assert_refused(self.start("", "listen = "), f"{self.file}: line 3: ")
        self.assert_refused(self.start('listen = "a"', 'listen = "b"'), f"{self.file}: line 3: ")

    def test_a_bad_value_is_named_by_key_and_line_of_the_file_it_stands_in(self):
        done = self.start("", "phantom-seconds = 99")
        self.assert_refused(done, f"{self.file}: line 3: --phantom-seconds")
        self.assert_refused(
            self.start("backup-keep = 1.5"), "line 2: backup-keep: a text or a whole"
        )
        for line, complaint in (
            ("backup-keep = [1, 2]", "backup-keep: takes one value, not a list"),
            ("attachment-kinds = []", "attachment-kinds: an empty list"),
            ("attachment-kinds = [1.5]", "attachment-kinds: a text or a whole"),
            ('attachment-kinds = ["jpeg", "gif"]', "--attachment-kinds"),
        ):
            self.assert_refused(self.start(line), f"line 2: {complaint}")
        self.assert_refused(self.start('audit-days = "many"'), f"{self.file}: line 2: ")
        done = self.start("phantom-seconds = 7", arguments=("--phantom-seconds", "99"))
        self.assert_refused(done, "--phantom-seconds")
        self.assertNotIn("line", done.stderr)

    def test_a_kind_of_file_that_is_none_is_refused_and_the_known_ones_are_named(self):
        """V6."""
        for value in ("gif", "png,gif", "PNG"):
            with self.subTest(value):
                done = self.start(arguments=("--attachment-kinds", value))
                self.assert_refused(done, "--attachment-kinds")
                for known in ("jpeg", "png", "pdf"):
                    self.assertIn(known, done.stderr)
        done = self.start("", 'attachment-kinds = "png,gif"')
        self.assert_refused(done, f"{self.file}: line 3: --attachment-kinds")

    def test_a_file_that_is_not_there_is_named(self):
        done = subprocess.run(
            [NODE, "--config", self.folder / "none.toml"], capture_output=True, text=True
        )
        self.assert_refused(done, "none.toml")

    def test_texts_may_have_what_toml_allows(self):
        done = self.start('name = "Больница № 2, #1"  # a comment', 'zone = "X"', daemon=HUB)
        self.assertEqual(done.returncode, 2)
        self.assertIn("zone", done.stderr)

    def test_plain_http_beyond_loopback_is_what_a_daemon_complains_of_first(self):
        for daemon in (NODE, HUB):
            done = self.start('listen = "0.0.0.0:0"', daemon=daemon)
            self.assert_refused(
                done,
                "listen: plain HTTP is for loopback only: 0.0.0.0:0 needs tls-cert and tls-key",
            )

    def test_certificates_are_named_by_key_and_file(self):
        beyond = 'listen = "0.0.0.0:0"'
        done = self.start(beyond, 'tls-cert = "/none.crt"', 'tls-key = "/none.key"')
        self.assert_refused(done, "tls-cert: /none.crt: No such file")
        self.assert_refused(self.start(beyond, 'tls-cert = "x"'), "tls-key: is needed beside")
        self.assert_refused(self.start(beyond, 'tls-key = "x"'), "tls-cert: is needed beside")

    def test_a_mail_relay_is_configured_whole_or_not_at_all(self):
        host, sender = 'mail-host = "mail.example.org"', 'mail-from = "a@clinic.example"'
        for lines, complaint in (
            ((sender,), "mail-from: is of no use without mail-host"),
            ((host,), "mail-from: is needed beside mail-host"),
            ((host, 'mail-from = "nobody"'), "mail-from: not a mail address"),
            ((host, sender, 'mail-tls = "none"'), "mail-tls: without TLS only to a relay on this"),
            ((host, sender, 'mail-user = "x"'), "mail-password-file: is needed beside mail-user"),
            (
                (host, sender, 'mail-user = "x"', 'mail-password-file = "/none"'),
                "mail-password-file: /none: no such file",
            ),
            ((host, sender, 'mail-tls = "maybe"'), "--mail-tls"),
            ((host, sender, "mail-port = 0"), "--mail-port"),
        ):
            self.assert_refused(self.start('listen = "127.0.0.1:0"', *lines), complaint)

    def test_the_examples_have_no_key_that_is_refused(self):
        """Read as they are, but for the port, which here is taken by nobody else."""
        for daemon, name in ((NODE, "node"), (HUB, "hub")):
            example = paths.TOP / f"deploy/examples/{name}.toml"
            done = subprocess.run(
                [daemon, "--config", example, "--data", self.data, "--listen", "0.0.0.0:0"],
                capture_output=True,
                text=True,
            )
            # Its certificate is not here: all else was good.
            self.assert_refused(
                done, f"tls-cert: /etc/opora/tls/{'site' if name == 'node' else 'hub'}.crt"
            )

    def test_the_guards_example_names_files_that_only_its_site_has(self):
        guard = BUILD / "node/guard/opora-guard"
        example = paths.TOP / "deploy/examples/guard.toml"
        done = subprocess.run([guard, "--config", example], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--ari: /etc/opora/asterisk.json: cannot be read", done.stderr)

    def test_a_node_without_a_code_asks_for_one(self):
        done = self.start('listen = "127.0.0.1:0"')
        self.assertEqual(done.returncode, 2)
        self.assertIn("enrolment-code: this node is not enrolled yet", done.stderr)


if __name__ == "__main__":
    unittest.main()
