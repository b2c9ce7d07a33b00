"""`calibrate`: rates and ranges of a scenario from the published history of all authorities."""

from __future__ import annotations

from pathlib import Path

import click

from model.commands.scenario_file import scenario_file


@click.command()
@click.argument("scenario")
@click.option(
    "--history",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder with the department's files (sen2, tidy and finance in it, or the files themselves).",
)
@click.option("--authority", help="Name in the department's files (the scenario's own).")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Name of the overlay, beside SCENARIO."
)
@click.option(
    "--with-requests",
    is_flag=True,
    help="Forecast requests and leave new plans to the queue, in place of new plans themselves.",
)
@click.option("--draws", type=click.IntRange(100, 20_000), default=1000, help="Number of draws.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, help="Seed.")
@click.option("--force", is_flag=True, help="Replace an overlay of this name and its notes.")
def calibrate(
    scenario: str,
    folder: Path,
    authority: str | None,
    out: Path | None,
    with_requests: bool,
    draws: int,
    seed: int,
    force: bool,
) -> None:
    """Write an overlay of SCENARIO whose rates and ranges are learnt from HISTORY.

    Nothing published after the scenario's January count is used. Beside the overlay stands a folder
    with notes, tables and charts. See docs/calibrate.md.
    """
    from datetime import date

    from model.commands.console import plain_table
    from model.history.read_history import read_history
    from model.overlay.agreement import agreement
    from model.overlay.calibrating import calibrate as calibrated
    from model.report.asked_file import refuse_unwritable, write_text
    from model.report.calibration.overlay_text import overlay_text
    from model.report.calibration.write import write_calibration
    from model.report.run_folder import FolderError
    from model.run import run
    from model.scenario.load import load
    from model.scenario.problems import Problem, ScenarioError

    file = scenario_file(scenario)
    loaded = load(file)
    overlay = out or file.with_name(f"{file.stem}_calibrated.yaml")
    if overlay.suffix not in (".yaml", ".yml"):
        raise FolderError(f"{overlay} is no name for a scenario; end it with .yaml")
    if overlay.resolve().parent != file.resolve().parent:
        raise FolderError(f"{overlay} must lie beside {file}, which it extends")
    notes_folder = overlay.with_suffix("")
    if force:
        if overlay.resolve() == file.resolve():
            raise FolderError(f"{overlay} is the scenario itself; name another file")
    else:
        if overlay.exists():
            raise FolderError(
                f"{overlay} exists; name another with --out, or replace it with --force"
            )
        refuse_unwritable(overlay)
        if notes_folder.exists():
            raise FolderError(f"{notes_folder} exists; name another overlay or use --force")
    if loaded.scenario.recording_difference is not None and loaded.scenario.extends:
        problem = Problem(
            str(file), None, "recording_difference", "this scenario is calibrated already",
            expected="the scenario that it extends", hint=f"Calibrate {loaded.scenario.extends}.",
        )  # fmt: skip
        raise ScenarioError([problem])
    if with_requests and not loaded.scenario.has("requests"):
        problem = Problem(
            str(file), None, "requests", "there are no requests in the scenario, or they are switched off",
            expected="a section 'requests'", hint="Leave --with-requests out.",
        )  # fmt: skip
        raise ScenarioError([problem])
    history = read_history(folder)
    found = calibrated(loaded, history, authority=authority, draws=draws, seed=seed)
    made = date.today().isoformat()
    text = overlay_text(loaded, found, file.name, made, with_requests=with_requests)
    before = overlay.read_text(encoding="utf-8") if overlay.exists() else None
    overlay.unlink(missing_ok=True)
    write_text(overlay, text)
    try:
        laid = load(overlay)
        agreed = agreement(run(laid, draws=256, seed=seed, jobs=2), found.targets)
        write_calibration(notes_folder, found, history, agreed, force=force)
    except (ScenarioError, FolderError):
        # An overlay that does not hold with this scenario is not left behind.
        overlay.unlink(missing_ok=True)
        if before is not None:
            write_text(overlay, before)
        raise
    from rich.console import Console

    table = plain_table(
        f"{found.authority}: plans in force", "forecast", "10 to 90 %", "scenario", "10 to 90 %"
    )
    for january, said, ran in zip(agreed.januaries, agreed.forecast, agreed.scenario, strict=True):
        table.add_row(
            f"January {january}",
            f"{said[1]:,.0f}", f"{said[0]:,.0f} to {said[2]:,.0f}",
            f"{ran[1]:,.0f}", f"{ran[0]:,.0f} to {ran[2]:,.0f}",
        )  # fmt: skip
    Console(width=100).print(table)
    if not with_requests and not agreed.alike:
        click.echo(
            "Look at: the scenario does not give the forecast's plans or ranges here (few plans, places that "
            "bind, or rates at their limit). Go by the forecast's."
        )
    gaps = history.known_at(found.january).gaps()
    if gaps:
        click.echo(
            f"Look at: {folder} has no {', '.join(gaps)}; the forecast leans on what is left."
        )
    click.echo(
        f"Tested to January {found.january + len(agreed.januaries)} at most (docs/skill.md); after that new plans "
        "grow ever more slowly and nothing says how right it is."
    )
    total = loaded.scenario.plans.total if loaded.scenario.plans else 0
    if abs(total / found.published_plans - 1) > 0.01:
        click.echo(
            f"Look at: the scenario counts {total:,} plans in January {found.january}, the history "
            f"{found.published_plans:,.0f}."
        )
    if with_requests:
        click.echo(
            "New plans follow requests and your capacity here: where the columns part, ask which is right."
        )
    elif loaded.scenario.has("requests"):
        click.echo(
            "Requests are switched off in the overlay: the tested forecast is of new plans themselves."
        )
    click.echo(f"Overlay    {overlay}")
    click.echo(f"Notes      {notes_folder / 'notes.md'}")
    click.echo(f"Run it with: hn-forecast run {overlay}")
