"""The command `hn-forecast`: parse, show progress and errors, call one function."""

from __future__ import annotations

import click

from model.commands.backtest import backtest
from model.commands.backtest_money import backtest_money
from model.commands.calibrate import calibrate
from model.commands.compare import compare
from model.commands.exits import EPILOG, Commands
from model.commands.figures import figures
from model.commands.imports import imports
from model.commands.init import init
from model.commands.monitor import monitor
from model.commands.run import run
from model.commands.safety_valve_return import safety_valve_return
from model.commands.schema import schema
from model.commands.sensitivity import sensitivity
from model.commands.sign import sign
from model.commands.update import update
from model.commands.validate import validate
from model.commands.verify import verify


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hn-forecast", prog_name="hn-forecast")
def main() -> None:
    """Forecast high needs spending and the Dedicated Schools Grant deficit.

    Start with `hn-forecast init demo`, look at demo/scenario.yaml, then
    `hn-forecast run demo/scenario.yaml`.
    """


for command in (
    run,
    validate,
    calibrate,
    backtest,
    monitor,
    update,
    sensitivity,
    compare,
    backtest_money,
    safety_valve_return,
    sign,
    verify,
    figures,
    schema,
    init,
    imports,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
