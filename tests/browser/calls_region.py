"""A region for a shift at the telephones: a hub and one hospital, whose node drives a simulated Asterisk.
What its telephones do is a simulator's.
"""

from __future__ import annotations

import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "deploy"), str(TOP / "tests/e2e")]

from ari_sim import AriSim  # noqa: E402
from demo_lib import demo, rubricator  # noqa: E402
from demo_lib.processes import Binaries  # noqa: E402
from demo_lib.region import Region, SiteSpec  # noqa: E402

HOSPITAL = SiteSpec(5, "ГУЗ Приозёрная больница", ("ГУЗ Приозёрная больница",))
# Who works there, by the name of their sign-in: agent, name, role.
PEOPLE = {
    "anna": ("201", "Иванова Анна Сергеевна", "operator"),
    "boris": ("202", "Петров Борис Львович", "operator"),
    "vera": ("203", "Смирнова Вера Ильинична", "operator"),
    "head": ("210", "Королёва Нина Павловна", "supervisor"),
}
# Who served the caller last has him first, else who is idle longest. Vera is the registry's reserve;
# what comes behind a call of the children's line ends by her word.
PLAN = {
    "home": "desk",
    "queues": [
        {
            "no": 1,
            "name": "desk",
            "desk": 1,
            "line": "Регистратура",
            "wrap_up_s": 0,
            "record": "all",
        },
        {"no": 2, "name": "children", "desk": 1, "line": "Детская поликлиника", "wrap_up_s": 600},
    ],
    "menus": [
        {
            "no": 1,
            "name": "clinics",
            "digit_s": 60,
            "digits": [{"digit": "1", "queue": "desk"}, {"digit": "2", "queue": "children"}],
            "otherwise": {"queue": "desk"},
        }
    ],
    "lines": [{"number": "100", "otherwise": {"menu": "clinics"}}],
    "call_backs": {"hours": "00:00-24:00", "attempts": 3, "retry_s": 900},
    "agents": [
        {"name": "201", "serves": [{"queue": "desk"}]},
        {"name": "202", "serves": [{"queue": "desk"}]},
        {"name": "203", "serves": [{"queue": "children"}]},
        {"name": "210", "serves": [{"queue": "desk", "rank": 2}]},
    ],
    "reserves": [{"no": 1, "agents": ["203"], "queue": "desk"}],
}


class CallsRegion:
    """Ends with stop(), whatever happened before."""

    def __init__(self, root: Path, build: Path, password: str):
        self.pbx = AriSim(build / "tests/support/opora-ari-sim")
        self.region = Region(root, Binaries.of_build(build), password=password)
        try:
            self._start(root, password)
        except BaseException:
            self.stop()
            raise

    def _start(self, root: Path, password: str) -> None:
        region = self.region
        region.start_hub("Светлогорская область")
        region.publish(rubricator.read(TOP / "deploy/sample/rubricator.tsv"))
        region.publish_catalogues(TOP / "deploy/sample/catalogues.json")
        menu = {"no": 1, "media": "sound:opora/clinics"}
        options = self.pbx.options(root / "calls", PLAN, sounds={"menus": [menu]})
        # A caller who does not wait is lost nonetheless: the tests' time is short.
        region.add_site(HOSPITAL, proxied="hospital", options=options | {"--phantom-seconds": "0"})
        with region.at_hub() as hub:
            for login, (agent, name, role) in PEOPLE.items():
                self.pbx.registers(f"PJSIP/{agent}")
                form = {"login": login, "name": name, "password": password, "roles": [role]}
                form |= {"sites": [HOSPITAL.no], "desk": 1, "agent": agent}
                hub.post("/api/v1/users", form)

    def describe(self) -> dict:
        described = demo.describe(self.region)
        described["sites"][0]["sign_ins"] |= {
            login: {"login": login, "password": self.region.password} for login in PEOPLE
        }
        return described

    def telephone(self, words: list[str]) -> str:
        """A command of the simulated telephone system: its answer. Raises ValueError."""
        return getattr(self.pbx, words[0])(*words[1:]) or ""

    def stop(self) -> None:
        self.region.stop()
        self.pbx.stop()
