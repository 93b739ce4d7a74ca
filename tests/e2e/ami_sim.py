"""A simulated Asterisk with queues of its own that a node watches over AMI: opora-ami-sim."""

from __future__ import annotations

import json
from pathlib import Path

from pbx_sim import PbxSim


class AmiSim(PbxSim):
    def options(self, folder: Path) -> dict[str, str]:
        """Of a node that watches the queue "desk"; the files are written into the folder."""
        password = self.password(folder, "ami.password")
        settings = {
            "host": "127.0.0.1",
            "port": self.port,
            "user": "opora",
            "queues": [{"queue": "desk", "desk": 1, "line": "Регистратура"}],
            "breaks": [{"reason": "lunch", "means": "rest"}],
        }
        (folder / "ami.json").write_text(json.dumps(settings))
        return {"--ami": str(folder / "ami.json"), "--ami-password-file": str(password)}
