"""Exit codes, and every error as a message: a traceback never reaches the user."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

EXIT_SCENARIO = 2
EXIT_FOLDER = 3
EXIT_CHECKS = 4
EXIT_FIGURES = 4
EXIT_FAULT = 70
EXIT_INTERRUPTED = 130

EPILOG = """\b
Exit codes
  0    done
  2    the scenario, a figures file or the command is wrong; nothing was run
  3    the results could not be written; nothing was changed
  4    the run was written, but a check failed: do not sign it; for `figures`, printed figures
       do not hold; for `return --for-sign-off`, exceptions are open
  70   a fault in hn-forecast itself
  130  interrupted"""


class Commands(click.Group):
    """Turns every error into a message; a traceback never reaches the user."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; end the process with an exit code of EPILOG."""
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.exceptions.Abort:
            click.echo("Interrupted; nothing was written.", err=True)
            sys.exit(EXIT_INTERRUPTED)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("Interrupted; nothing was written.", err=True)
            sys.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            sys.exit(0)
        except Exception as error:
            explain(error)
        sys.exit(code if isinstance(code, int) else 0)


def explain(error: Exception) -> None:
    """Say what went wrong in the user's words, and exit."""
    from model.scenario.problems import ScenarioError

    if isinstance(error, ScenarioError):
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        click.echo(f"{count} problem{'s' if count > 1 else ''}; nothing was run.", err=True)
        sys.exit(EXIT_SCENARIO)
    from model.report.run_folder import FolderError

    if isinstance(error, FolderError):
        click.echo(f"Error: {error}", err=True)
        sys.exit(EXIT_FOLDER)
    if isinstance(error, MemoryError):
        click.echo("Error: not enough memory; ask for fewer --draws.", err=True)
        sys.exit(EXIT_FOLDER)
    import traceback

    log = Path("hn-forecast-fault.log")
    text = "".join(traceback.format_exception(error))
    try:
        log.write_text(text, encoding="utf-8")
        where = f" The details are in {log}; please send it with your scenario."
    except OSError:
        where = ""
    click.echo(
        f"This is a fault in hn-forecast, not in your scenario: {type(error).__name__}: {error}."
        + where,
        err=True,
    )
    sys.exit(EXIT_FAULT)
