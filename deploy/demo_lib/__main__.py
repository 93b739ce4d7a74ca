"""The command line of deploy/demo. Exit codes: 0 done, 1 something differs or failed, 2 bad arguments
or a bad file.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from . import day_file, demo, once, outages
from .build import BuildFailed, build
from .day_plan import DoesNotFit, Window, plan_calls
from .day_run import Plan
from .http_client import Refused, Unreachable
from .processes import Binaries, NotReady
from .show import say

TOP = Path(__file__).resolve().parents[2]
SAMPLE = TOP / "deploy/sample"
# Events of other times are refused by the nodes; a day needs its neighbours too.
FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2099, 12, 30)


class BadArguments(Exception):
    pass


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="deploy/demo",
        description="Starts a region on this machine: a hub, the regional centre and three hospitals with sample data, until "
        "Ctrl-C. With --once it plays one day of a whole region from a file and checks the hub's report.",
    )
    parser.add_argument(
        "wish",
        nargs="?",
        choices=("cut", "mend"),
        help="while a demo runs: take sites off the network, put them back",
    )
    parser.add_argument(
        "sites", nargs="*", type=_count, metavar="SITE", help="with cut and mend: all by default"
    )
    parser.add_argument("--keep", action="store_true", help="go on with the data of the last demo")
    parser.add_argument(
        "--once",
        action="store_true",
        help="play one day, print the report as TSV, exit 0 if it is right",
    )
    _add_day_options(parser)
    parser.add_argument(
        "--binaries",
        type=Path,
        metavar="BUILD",
        help="use this build folder as it is, do not build",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=TOP / "build/demo",
        metavar="FOLDER",
        help="stores, logs and region.json are here (default %(default)s)",
    )
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(argv)
    if chosen.wish and (chosen.once or chosen.keep):
        parser.error(f"{chosen.wish} is for a demo that runs already")
    if chosen.once and chosen.keep:
        parser.error("--keep: a day played once keeps nothing")
    if chosen.once and chosen.day is None:
        parser.error("--once needs --day FILE")
    if not chosen.once and any(
        v is not None for v in (chosen.day, chosen.cut, chosen.kill, chosen.date)
    ):
        parser.error("--day, --cut, --kill and --date need --once")
    return chosen


def _add_day_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--day",
        type=Path,
        metavar="FILE",
        help="with --once: the day (see deploy/sample/region_day.tsv)",
    )
    parser.add_argument(
        "--cut",
        type=_count,
        metavar="N",
        help="with --once: sites off the network at midday (default 5)",
    )
    parser.add_argument(
        "--kill",
        type=_count,
        metavar="N",
        help="with --once: nodes killed and started again (default 2)",
    )
    parser.add_argument(
        "--date",
        type=_date,
        metavar="YYYY-MM-DD",
        help="with --once: default yesterday",
    )
    parser.add_argument(
        "--zone",
        type=_zone,
        default="Europe/Moscow",
        help="with --once: of the desks (default %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=_count,
        default=1,
        metavar="N",
        help="with --once: another course of the same day",
    )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"'{text}': a whole number, 0 or more, is needed")
    return int(text)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date, as 2026-11-20 is") from None


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise argparse.ArgumentTypeError(f"'{text}' is no time zone") from None
    return text


def plan_of(chosen: argparse.Namespace) -> Plan:
    """Everything that can be wrong is found here, before anything starts. Raises BadArguments."""
    try:
        day = day_file.parse(chosen.day.read_bytes())
    except OSError as error:
        raise BadArguments(f"{chosen.day}: {error.strerror}") from None
    except day_file.BadDay as bad:
        raise BadArguments("\n".join(f"{chosen.day}: {fault}" for fault in bad.faults)) from None
    on = chosen.date or datetime.now(ZoneInfo(chosen.zone)).date() - timedelta(days=1)
    if not FIRST_DAY <= on <= LAST_DAY:
        raise BadArguments(f"--date {on}: from {FIRST_DAY} to {LAST_DAY}")
    window = Window.of(on, chosen.zone, int(time.time() * 1000))
    if window.length <= 0:
        raise BadArguments(
            f"--date {on}: this day has not begun in {chosen.zone}; nodes refuse contacts of the future"
        )
    for desk in day.desks:
        try:
            plan_calls(desk, window, "check")
        except DoesNotFit as reason:
            raise BadArguments(
                f"{chosen.day}: line {desk.line}, column avg_talk_s: {reason}"
            ) from None
    cuts, kills = (
        default if n is None else n for n, default in ((chosen.cut, 5), (chosen.kill, 2))
    )
    return Plan(day, on, chosen.zone, window, cuts, kills, chosen.seed)


def main(argv: list[str]) -> int:
    chosen = arguments(argv)
    if chosen.wish:
        return outages.ask(chosen.folder.absolute(), chosen.wish, chosen.sites)
    try:
        plan = plan_of(chosen) if chosen.once else None
    except BadArguments as bad:
        say(str(bad))
        return 2
    if chosen.check:
        return 0
    # A shell script starts what runs in its background with SIGINT ignored: Ctrl-C works all the same.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # not under nohup
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        binaries = Binaries.of_build(chosen.binaries.resolve()) if chosen.binaries else build(TOP)
        if plan:
            return once.run(plan, binaries, SAMPLE, chosen.folder.absolute())
        return demo.run(binaries, SAMPLE, chosen.folder.absolute(), keep=chosen.keep)
    except KeyboardInterrupt:
        say("\nstopped")
        return 130 if plan else 0
    except (
        BuildFailed,
        NotReady,
        Refused,
        Unreachable,
        TimeoutError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        say(f"\n{type(error).__name__}: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
