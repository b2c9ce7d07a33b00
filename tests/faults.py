"""Processes that meet a fault: killed at a step, out of disk, without rights, beaten by another.

`python -m tests.faults SCENE FOLDER` plays one scene in a process of its own, which forks for every
try, and prints what came of each as JSON. Nothing waits for a clock: a process dies at a numbered
operation on files, and those that meet wait for each other on pipes.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "scenarios" / "demoshire" / "scenario.yaml"
NOBODY = 65534
FILE_OPERATIONS = {
    "open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod", "os.scandir", "os.listdir",
}  # fmt: skip
SEED = 20260401


def play(scene: str, folder: Path, **environment: str) -> Any:
    """What came of every try of a scene, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", scene, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def forked(act: Callable[[], None], *, before: Callable[[], None] | None = None) -> dict[str, Any]:
    """Run `act` in a child as a command would; how it ended (-9 when killed) and what it said."""
    return ended(*started(act, before=before))


def started(
    act: Callable[[], None], *, before: Callable[[], None] | None = None
) -> tuple[int, int]:
    """The child that runs `act`, and the end of the pipe that it speaks into."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(writing, 2)
        os.dup2(writing, 1)
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        code = 0
        try:
            if before is not None:
                before()
            as_command(act)
        except SystemExit as end:
            code = int(end.code or 0)
        except BaseException as error:
            print(f"Traceback: {error!r}", file=sys.stderr)
            code = 99
        sys.stderr.flush()
        sys.stdout.flush()
        os._exit(code)
    os.close(writing)
    return child, reading


def ended(child: int, reading: int) -> dict[str, Any]:
    """Wait for a child; how it ended and what it said."""
    with open(reading, encoding="utf-8") as file:
        said = file.read()
    _, status = os.waitpid(child, 0)
    return {"code": os.waitstatus_to_exitcode(status), "said": said}


def as_command(act: Callable[[], None]) -> None:
    """An error ends the process as the command ends on it."""
    from model.commands.exits import explain

    try:
        act()
    except Exception as error:
        explain(error)


def command(*arguments: str) -> Callable[[], None]:
    """The command itself; it ends with SystemExit."""

    def act() -> None:
        from cli import main

        main(list(arguments))

    return act


def die_at(step: int, place: Path) -> Callable[[], None]:
    """Kill this process, with no chance to tidy, at its numbered operation on files in `place`."""

    def install() -> None:
        left = [step]

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            if event not in FILE_OPERATIONS:
                return
            # What shutil removes it names within an open folder.
            within = event in ("os.remove", "os.rmdir") and arguments[-1] != -1
            if within or any(str(place) in str(argument) for argument in arguments):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)

    return install


def state(place: Path) -> dict[str, Any]:
    """The target `run` in `place` as name -> text, None where there is none, and what is hidden beside it."""
    target = place / "run"
    files = None
    if target.exists():
        files = {
            path.name: path.read_bytes().decode(errors="replace")[:100] for path in target.iterdir()
        }
    return {"files": files, "hidden": sorted(p.name for p in place.iterdir() if p != target)}


def small_writer(text: str) -> Callable[[Path], None]:
    """Writes a folder of three files that belong together; the manifest last."""

    def write(folder: Path) -> None:
        for name in ("workbook.xlsx", "results.parquet", "manifest.json"):
            (folder / name).write_text(text, encoding="utf-8")

    return write


def killed_at_every_step(place: Path) -> list[dict[str, Any]]:
    """A small folder written anew, then over an old one, dying at step 0, 1, 2 ... until it lives."""
    from model.report.run_folder import refuse_existing, write_folder

    tries = []
    for force in (False, True):
        for step in range(1000):
            here = place / f"{force}-{step}"
            here.mkdir()
            target = here / "run"
            if force:
                write_folder(target, small_writer("old"), force=False)
            write = partial(write_folder, target, small_writer("new"), force=force)
            end = forked(write, before=die_at(step, here))
            after = state(here)
            # The next run tidies before it does anything else.
            refuse_existing(target, force=True)
            tries.append({"force": force, "code": end["code"], "after": after, "next": state(here)})
            if end["code"] == 0:
                break
    return tries


def finished_run() -> tuple[Any, Any]:
    """The demonstration scenario in four draws, computed and not yet written."""
    from model.report.make_run import make_run
    from model.scenario.load import load

    class Silent:
        draws = None
        runs = None

        def stage(self, title: str) -> None:
            pass

    loaded = load(DEMO)
    made = make_run(loaded, draws=4, seed=None, chance=True, study_draws=0, jobs=1, shown=Silent())
    return loaded, made


def writer(target: Path, loaded: Any, made: Any, *, force: bool) -> Callable[[], None]:
    """Writes the whole folder of a run."""

    def act() -> None:
        from model.report.run_folder import Asked
        from model.report.write_run import write_run

        asked = Asked(datetime(2026, 4, 1, tzinfo=UTC), "run", "scenario.yaml", loaded.hashes)
        write_run(
            target, made.results, loaded, made.studies, asked, jobs=1, seconds={}, force=force
        )

    return act


def whole(folder: Path) -> bool:
    """Whether a run folder holds all that its manifest names, unaltered, and nothing else."""
    from model.report.read_run import read_run

    return not read_run(folder).altered()


def killed_while_writing(place: Path) -> list[dict[str, Any]]:
    """A whole run written over an old one, dying at operations drawn with a fixed seed."""
    from model.report.run_folder import refuse_existing

    loaded, made = finished_run()
    target = place / "run"
    writer(target, loaded, made, force=False)()
    first = (target / "manifest.json").stat().st_ino
    tries = []
    for step in sorted(random.Random(SEED).sample(range(34), 4)):
        end = forked(writer(target, loaded, made, force=True), before=die_at(step, place))
        refuse_existing(target, force=True)
        tries.append(
            {
                "code": end["code"],
                "whole": whole(target),
                "old": (target / "manifest.json").stat().st_ino == first,
                "hidden": state(place)["hidden"],
            }
        )
    return tries


def out_of_disk(place: Path) -> list[dict[str, Any]]:
    """A run written where files may not grow beyond a size, anew and over an old one."""
    loaded, made = finished_run()
    old = place / "old" / "run"
    old.parent.mkdir()
    writer(old, loaded, made, force=False)()
    before = (old / "manifest.json").read_bytes()
    sizes = sorted(path.stat().st_size for path in old.iterdir())
    book = (old / "workbook.xlsx").stat().st_size
    # Short of the smallest, a middle and the largest file, and of the workbook where all else fits.
    short = [(size, False) for size in (sizes[0], sizes[len(sizes) // 2], sizes[-1])]
    tries = []
    for force in (False, True):
        target = old if force else place / "run"
        for size, small_tables in [*short, (book, True)] if force else short[:1]:
            limit = size - 1
            end = forked(
                writer(target, loaded, made, force=force),
                before=partial(disk_of, limit, small_tables=small_tables),
            )
            kept = whole(old) and (old / "manifest.json").read_bytes() == before
            hidden = state(target.parent)["hidden"]
            tries.append(
                {**end, "force": force, "small_tables": small_tables, "old_kept": kept,
                 "left": [name for name in hidden if name != "old"],
                 "there": target.exists()}
            )  # fmt: skip
    return tries


def disk_of(limit: int, *, small_tables: bool) -> None:
    """Let no file grow beyond `limit` bytes; with `small_tables` all tables of the run fit."""
    import pandas as pd

    import model.report.write_run as writing

    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if small_tables:
        for name in ("results_table", "draws_table", "inputs_table", "unmitigated_draws_table"):
            setattr(writing, name, lambda results: pd.DataFrame({"value": [0.0]}))


def without_rights(place: Path) -> dict[str, Any]:
    """Commands of somebody who may read a folder and write nothing in it."""
    # Read before rights are given up: the other user may not even read the program.
    import model.integrity.signing
    import model.integrity.verifying
    import model.report.make_run  # noqa: F401

    loaded, made = finished_run()
    writer(place / "run", loaded, made, force=False)()
    closed = place / "closed"
    closed.mkdir(mode=0)
    place.chmod(0o555)
    (place / "run").chmod(0o555)

    def drop() -> None:
        os.chdir("/")
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)

    scenario, run = str(place / "scenario.yaml"), str(place / "run")
    asked = {
        "run": ["run", scenario, "--out", str(place / "new")],
        "deeper": ["run", scenario, "--out", str(place / "new" / "deep")],
        "force": ["run", scenario, "--out", run, "--force"],
        "init": ["init", str(place / "new")],
        "sign": ["sign", run, "--role", "S151"],
        "closed scenario": ["run", str(closed / "scenario.yaml")],
        "closed run": ["verify", str(closed / "run")],
    }
    return {name: forked(command(*given), before=drop) for name, given in asked.items()}


def together(place: Path) -> dict[str, Any]:
    """Two runs that reach the moment of moving into one folder at the same time, anew and over an old one."""
    from model.report.run_folder import write_folder

    tries = {}
    for force in (False, True):
        here = place / str(force)
        here.mkdir()
        target = here / "run"
        if force:
            write_folder(target, small_writer("old"), force=False)
        (one_ready, say_one), (other_ready, say_other) = os.pipe(), os.pipe()
        runs = [
            meeting(target, "run 0", (say_one, other_ready), force=force),
            meeting(target, "run 1", (say_other, one_ready), force=force),
        ]
        codes = [os.waitstatus_to_exitcode(os.waitpid(run, 0)[1]) for run in runs]
        tries[str(force)] = {"codes": codes, **state(here)}
    return tries


def meeting(target: Path, text: str, pipes: tuple[int, int], *, force: bool) -> int:
    """A process that writes `text` and, when it is about to move it in place, waits for the other."""
    from model.report.run_folder import refuse_existing, write_folder

    child = os.fork()
    if child:
        return child
    say, hear = pipes

    def write(folder: Path) -> None:
        small_writer(text)(folder)
        os.write(say, b".")
        os.read(hear, 1)

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    code = 0
    try:
        seen = refuse_existing(target, force=force)
        as_command(lambda: write_folder(target, write, force=force, seen=seen))
    except SystemExit as end:
        code = int(end.code or 0)
    os._exit(code)


def two_commands(place: Path) -> dict[str, Any]:
    """Two whole commands at once, which both find the folder free when they start."""
    arguments = ["run", str(DEMO), "--out", str(place / "run")]
    computed_already(*finished_run())
    runs = [started(command(*arguments)) for _ in range(2)]
    ends = [ended(*run) for run in runs]
    return {"ends": ends, "whole": whole(place / "run"), "hidden": state(place)["hidden"]}


def computed_already(loaded: Any, made: Any) -> None:
    """Spare the tries of a scene the months: what a run computes is at hand."""
    import model.integrity.rerun
    import model.report.make_run

    for module in (model.report.make_run, model.integrity.rerun):
        module.make_run = lambda *arguments, **named: made


def told_to_stop(place: Path) -> dict[str, Any]:
    """A run told to stop while it writes, and a verification interrupted while it compares."""
    import model.integrity.verifying
    import model.report.write_run

    def stop(number: signal.Signals) -> Callable[..., None]:
        return lambda *arguments, **named: os.kill(os.getpid(), number)

    loaded, made = finished_run()
    computed_already(loaded, made)
    writer(place / "run", loaded, made, force=False)()
    tries = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        arguments = ["run", str(DEMO), "--draws", "4", "--study-draws", "0"]

        def broken_run(number: signal.Signals = number) -> None:
            model.report.write_run.write_workbook = stop(number)

        out = ["--out", str(place / "run"), "--force"]
        tries[f"run {number.name}"] = forked(command(*arguments, *out), before=broken_run)

        def broken_verify(number: signal.Signals = number) -> None:
            model.integrity.verifying._compare = stop(number)

        tries[f"verify {number.name}"] = forked(
            command("verify", str(place / "run")), before=broken_verify
        )
    return {"tries": tries, "whole": whole(place / "run"), "hidden": state(place)["hidden"]}


SCENES = {
    scene.__name__: scene
    for scene in (
        killed_at_every_step, killed_while_writing, out_of_disk, without_rights, together, two_commands,
        told_to_stop,
    )
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(SCENES[sys.argv[1]](Path(sys.argv[2]))))
