"""`hn-forecast validate`: every problem of a scenario."""

from __future__ import annotations

import click

from model.commands.exits import EXIT_SCENARIO
from model.commands.scenario_file import scenario_file


@click.command()
@click.argument("scenario")
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def validate(scenario: str, as_json: bool) -> int:
    """Check SCENARIO and list every problem in it."""
    from model.evidence.of_scenario import scenario_figures
    from model.scenario.load import load
    from model.scenario.problems import ScenarioError

    try:
        loaded = load(scenario_file(scenario))
        scenario_figures(loaded)
    except ScenarioError as error:
        if not as_json:
            raise
        import json

        problems = [problem.as_dict() for problem in error.problems]
        click.echo(json.dumps({"valid": False, "problems": problems}, indent=2))
        return EXIT_SCENARIO
    if as_json:
        click.echo('{"valid": true, "problems": []}')
    else:
        from model.scenario.inputs import inputs

        uncertain = [item for item in inputs(loaded.scenario) if not item.figure.certain]
        click.echo(f"{scenario} is a valid scenario with {len(uncertain)} uncertain inputs.")
        from model.notices import notices

        for seen, meaning in notices(loaded.scenario):
            click.echo(f"Look at: {seen}. {meaning}".rstrip())
    return 0
