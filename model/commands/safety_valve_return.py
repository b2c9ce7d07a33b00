"""`hn-forecast return`: the Safety Valve monitoring return of a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from model.commands.exits import EXIT_CHECKS

if TYPE_CHECKING:
    from model.returns.safety_valve import SafetyValveReturn


@click.command(name="return")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--conditions",
    required=True,
    type=click.Path(path_type=Path),
    help="File of the conditions, their ratings and texts (YAML).",
)
@click.option("--out", type=click.Path(path_type=Path), help="Word document (RUN-return.docx).")
@click.option("--force", is_flag=True, help="Replace a return that is there already.")
@click.option("--for-sign-off", is_flag=True, help="End with code 4 when exceptions are open.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def safety_valve_return(
    run: Path, conditions: Path, out: Path | None, force: bool, for_sign_off: bool, as_json: bool
) -> int:
    """Write the Safety Valve return of RUN, the folder of a finished run: a Word document and a workbook.

    Exceptions block signing, not drafting: with any, the document is a draft that lists them in
    place of the sign-off.
    """
    from model.report.read_run import read_run
    from model.report.run_folder import FolderError
    from model.report.safety_valve.write import return_paths, run_behind, write_return
    from model.returns.read_conditions import read_conditions_file
    from model.returns.safety_valve import safety_valve_return as fill

    saved = read_run(run)
    paths = return_paths(run, out, force=force)
    scenario = saved.loaded.scenario
    if scenario.account is None or scenario.trajectory is None:
        raise FolderError(
            f"{run} is the run of a scenario without an account or a trajectory, so it has no Safety Valve "
            "return"
        )
    file = read_conditions_file(conditions, scenario)
    given = fill(file, scenario, saved.results, run_behind(saved))
    write_return(given, paths)
    if as_json:
        _print_json(given, paths)
    else:
        _print(given, paths)
    return EXIT_CHECKS if for_sign_off and not given.may_be_signed else 0


def _print(given: SafetyValveReturn, paths: tuple[Path, Path]) -> None:
    from model.report.safety_valve.words import draft_mark, heading

    click.echo(heading(given))
    for one in given.exceptions:
        click.echo(f"  {one}" + (f" (the run says {one.run_says})" if one.run_says else ""))
    click.echo(f"Document   {paths[0]}")
    click.echo(f"Workbook   {paths[1]}")
    click.echo(draft_mark(given) or "No exceptions: ready to sign.")


def _print_json(given: SafetyValveReturn, paths: tuple[Path, Path]) -> None:
    import json
    from dataclasses import asdict

    click.echo(
        json.dumps(
            {
                "run_id": given.run.run_id,
                "document": str(paths[0]),
                "workbook": str(paths[1]),
                "may_be_signed": given.may_be_signed,
                "exceptions": [asdict(one) for one in given.exceptions],
                "agreeing": [
                    {
                        "where": one.where,
                        "figure": one.figure.text,
                        "how": one.figure.agreement.value,
                        "run_says": one.figure.run_says,
                    }
                    for one in given.agreeing
                ],
            },
            indent=2,
            ensure_ascii=False,
        )
    )
