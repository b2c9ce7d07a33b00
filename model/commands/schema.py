"""`hn-forecast schema`: the JSON Schema of a scenario."""

from __future__ import annotations

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of a scenario, for editors."""
    import json

    from model.scenario.json_schema import schema as scenario_schema

    click.echo(json.dumps(scenario_schema(), indent=2))
