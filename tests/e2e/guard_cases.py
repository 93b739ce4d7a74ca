"""A guard behind a node that drives a telephone system: when the node is dead, who waits goes to the PBX's
own queue, and who talks goes on (A3). Cases for a class that gives `node`, `pbx`, `folder`, `options`,
queue(), comes(), talks(), ends() and until().
"""

from __future__ import annotations

import subprocess

import harness

SILENCE_S = "3"  # ten in a hospital


class GuardCases:
    def guard(self) -> subprocess.Popen:
        """Runs and has seen the node."""
        argv = [harness.BUILD / "node/guard/opora-guard", "--beat", self.folder / "beat"]
        for option in ("--ari", "--ari-password-file"):
            argv += [option, self.options[option]]
        guard = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True)

        def end() -> None:
            guard.terminate()
            guard.wait(30)
            guard.stderr.close()

        self.addCleanup(end)
        self.assertTrue(any("the node lives" in line for line in guard.stderr))
        return guard

    def test_8b_callers_of_a_dead_node_go_to_the_pbxs_own_queue(self):
        guard = self.guard()
        talking, _ = self.talks()
        for _again in range(2):  # and again after the node was back
            waiting, number = self.comes()
            self.until("he waits", lambda: self.pbx.bridge_of(waiting) == "opora-q-1")  # noqa: B023
            self.node.daemon.kill()
            self.until("he is moved", lambda: self.pbx.own_queue(waiting) == "yes")  # noqa: B023
            self.assertTrue(self.pbx.bridge_of(talking).startswith("opora-t-"))
            self.node.daemon.start()
            self.node.daemon.wait_ready()
            self.until("the talk is known", lambda: self.phases() == ["talking"])
            self.pbx.hangs_up(waiting)
        self.ends(talking)
        guard.terminate()
        self.assertNotIn(number, guard.stderr.read())

    def phases(self) -> list[str]:
        return [call["phase"] for call in self.queue()["calls"]]
