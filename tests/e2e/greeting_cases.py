"""What callers are told where nobody has recorded it, spoken at set-up time (O8, T4, O6): real espeak-ng and
sox into a folder of sounds. Run by call_queue_test.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import unittest
import wave
from pathlib import Path

import harness

NODE = harness.BUILD / "node/opora-node"
CLOSED = {"media": "sound:opora/closed", "text": "Сейчас мы не работаем. Позвоните завтра."}
NOTICE = {"media": "sound:opora/notice", "text": "Все разговоры записываются."}


class Greetings(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="opora-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.sounds = self.folder / "sounds"
        self.sounds.mkdir()

    def speak(self, *texts: dict, options=(), **env) -> subprocess.CompletedProcess:
        settings = self.folder / "ari.json"
        settings.write_text(json.dumps({"host": "127.0.0.1", "sounds": {"texts": texts}}))
        argv = [NODE, "--data", self.folder / "none", "--ari", settings]
        argv += ["--speak-greetings", self.sounds, *options]
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=120, env={**os.environ, **env}
        )
        self.assertFalse((self.folder / "none").exists(), "nothing of the node is opened")
        return done

    def said(self, done: subprocess.CompletedProcess) -> list[str]:
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [line.split("  ")[0] for line in done.stdout.splitlines()]

    def test_a_text_is_a_sound_that_telephones_play_and_is_spoken_once(self):
        self.assertEqual(self.said(self.speak(CLOSED, NOTICE)), ["spoken", "spoken"])
        with wave.open(str(self.sounds / "opora/closed.wav")) as sound:
            form = (sound.getframerate(), sound.getsampwidth(), sound.getnchannels())
            self.assertEqual(form, (8000, 2, 1))
            self.assertGreater(sound.getnframes(), 8000, "more than a second")
            loudest = max(memoryview(sound.readframes(sound.getnframes())).cast("h"))
            self.assertGreater(loudest, 8000, "it is heard")
        self.assertEqual((self.sounds / "opora/closed.wav").stat().st_mode & 0o777, 0o644)
        left = sorted(file.name for file in (self.sounds / "opora").iterdir())
        self.assertEqual(left, ["closed.txt", "closed.wav", "notice.txt", "notice.wav"])
        self.assertEqual(self.said(self.speak(CLOSED, NOTICE)), ["as it was", "as it was"])

    def test_another_text_or_voice_is_spoken_again_and_what_was_cut_off_is_made_good(self):
        self.said(self.speak(CLOSED, NOTICE))
        before = (self.sounds / "opora/closed.wav").read_bytes()
        other = CLOSED | {"text": "Мы закрыты."}
        self.assertEqual(self.said(self.speak(other, NOTICE)), ["spoken", "as it was"])
        self.assertNotEqual((self.sounds / "opora/closed.wav").read_bytes(), before)
        in_english = self.speak(other, NOTICE, options=("--greeting-voice", "en"))
        self.assertEqual(self.said(in_english), ["spoken", "spoken"])
        (self.sounds / "opora/closed.txt").write_text("being spoken\n")
        again = self.speak(other, NOTICE, options=("--greeting-voice", "en"))
        self.assertEqual(self.said(again), ["spoken", "as it was"])

    def test_a_recording_of_the_hospital_stays(self):
        (self.sounds / "opora").mkdir()
        own = self.sounds / "opora/closed.wav"
        own.write_bytes(b"somebody's voice")
        self.assertEqual(self.said(self.speak(CLOSED, NOTICE)), ["kept", "spoken"])
        self.assertEqual(own.read_bytes(), b"somebody's voice")
        # What was ours, recorded anew; and in another form beside it.
        (self.sounds / "opora/notice.wav").write_bytes(b"the head physician")
        other = NOTICE | {"text": "Разговор записывается."}
        self.assertEqual(self.said(self.speak(CLOSED, other)), ["kept", "kept"])
        own.rename(own.with_suffix(".alaw"))
        self.assertEqual(self.said(self.speak(CLOSED)), ["kept"])
        self.assertFalse(own.exists())

    def test_what_cannot_be_spoken_is_said_and_leaves_what_was(self):
        self.said(self.speak(CLOSED))
        before = (self.sounds / "opora/closed.wav").read_bytes()
        other = CLOSED | {"text": "Мы закрыты."}
        for done in (
            self.speak(other, PATH=str(self.folder)),
            self.speak(other, options=("--greeting-voice", "klingon-of-nowhere")),
        ):
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("FAIL", done.stdout)
            self.assertIn("espeak-ng", done.stdout)
            self.assertEqual((self.sounds / "opora/closed.wav").read_bytes(), before)
        self.assertEqual(self.said(self.speak(other)), ["spoken"])

    def test_a_sound_that_cannot_be_written_or_made_is_no_sound(self):
        (self.sounds / "opora/closed.wav").mkdir(parents=True)
        self.assertEqual(self.said(self.speak(CLOSED)), ["kept"], "not ours to replace")
        fake = self.folder / "bin"
        fake.mkdir()
        (fake / "sox").write_text("#!/bin/sh\nexit 1\n")
        (fake / "sox").chmod(0o755)
        done = self.speak(NOTICE, PATH=f"{fake}:{os.environ['PATH']}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("sox", done.stdout)
        self.assertFalse((self.sounds / "opora/notice.wav").exists())
        self.assertEqual(self.said(self.speak(NOTICE)), ["spoken"])

    def test_wrong_settings_are_named(self):
        def refused(*texts, options=()) -> str:
            done = self.speak(*texts, options=options)
            self.assertNotEqual(done.returncode, 0)
            return done.stderr + done.stdout

        self.assertIn("sounds.texts[0].media", refused(CLOSED | {"media": "sound:../../etc/x"}))
        self.assertIn("sounds.texts[0].text", refused(CLOSED | {"text": ""}))
        self.assertIn("sounds.texts", refused())
        self.assertIn("greeting-voice", refused(CLOSED, options=("--greeting-voice", "-w/etc/x")))
        shutil.rmtree(self.sounds)
        self.assertIn("--speak-greetings", refused(CLOSED))
