"""Exit codes, and every error as a message: a traceback never reaches the user."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

EXIT_SCENARIO = 2
EXIT_FOLDER = 3
EXIT_CHECKS = 4
EXIT_FIGURES = 4
EXIT_NOT_SIGNED = 4
EXIT_NOT_VERIFIED = 4
EXIT_FAULT = 70
EXIT_INTERRUPTED = 130
EXIT_UNREAD = 141

EPILOG = """\b
Exit codes
  0    done
  2    the scenario, a figures file or the command is wrong; nothing was run
  3    a run folder or file could not be read or written; nothing was changed
  4    the run was written, but a check failed: do not sign it; for `figures`, printed figures
       do not hold; for `sign`, the run may not be signed; for `verify`, it is not what it says; for
       `return --for-sign-off`, exceptions are open
  70   a fault in hn-forecast itself
  130  interrupted
  141  whoever read the output stopped reading before the end"""


class Commands(click.Group):
    """Turns every error into a message; a traceback never reaches the user."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; end the process with an exit code of EPILOG."""
        kwargs["standalone_mode"] = False
        code: Any = 0
        try:
            with _stopped_as_interrupted():
                code = super().main(*args, **kwargs)
            sys.stdout.flush()
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
            # The work was done; only its last lines went unread.
            _drop_output()
        except Exception as error:
            explain(error)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; where whoever reads the output stops, so does the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _drop_output()
            return EXIT_UNREAD


@contextlib.contextmanager
def _stopped_as_interrupted() -> Iterator[None]:
    """Being told to stop (SIGTERM) is Ctrl-C: what is half-written is taken away."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        # Not the main thread, which alone may say so.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _drop_output() -> None:
    """Send what is still to be printed nowhere: the end of the process would fail on it again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        _drop_output()
        click.echo(
            "Error: no space left on the device. If the output of the command went to a file, that "
            "file is not whole.",
            err=True,
        )
        sys.exit(EXIT_FOLDER)
    if isinstance(error, OSError) and error.filename is not None:
        click.echo(f"Error: {error.filename}: {error.strerror}", err=True)
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
