"""`handraise train`: a model for the bot's files as they are, once or after every edit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from handraise import model
from handraise.bot_files import check_shapes
from handraise.steps import Failure, done, report, step, told, warn
from handraise.trainer import Trainer
from leads.errors import FileProblem
from leads.settings import Settings

LOOK_SECONDS = 0.5  # between two looks at the files


def train_if_needed(settings: Settings, *, force: bool) -> Path:
    """The model that fits the files, trained if there is none or ``force``.

    Raises:
        FileProblem: a file has a mistake that is found without Rasa.
        Failure: Rasa refused the files.
    """
    found = model.find(settings.bot_files, settings.data)
    if found and found.fits and not force:
        return found.path
    warn_of_strangers(settings.data)
    check_shapes(settings.bot_files)
    with step("Training the bot"):
        return asyncio.run(model.train(settings.bot_files, settings.data))


def warn_of_strangers(data: Path) -> None:
    """Name the model files that are not used because this installation has not signed them."""
    for path in model.strangers(data):
        warn(f"{path} is not used, and nothing of it was unpacked: this installation has not signed it, or it was altered since.")


def watch(settings: Settings, goes_on: Callable[[], bool] = lambda: True) -> None:
    """Train after every edit until Ctrl-C; a mistake in a file is told and waited out.

    Raises:
        Failure: the trainer did not start, or ended.
    """
    seen = ""
    while goes_on():
        code = model.code_of(settings.bot_files)
        with step("Starting the trainer"):
            trainer = Trainer(settings.bot_files, settings.data)
        with trainer:
            while (
                goes_on() and model.code_of(settings.bot_files) == code
            ):  # components are read once; after an edit a new trainer reads them
                name = model.name_for(settings.bot_files)
                if name != seen:
                    seen = name
                    _train(settings, trainer, name)
                time.sleep(LOOK_SECONDS)


def _train(settings: Settings, trainer: Trainer, name: str) -> None:
    found = model.find(settings.bot_files, settings.data)
    if found and found.fits:
        done("The newest model fits the files")
        return
    try:
        check_shapes(settings.bot_files)
        with model.workshop(settings.data) as folder:
            made, seconds = trainer.train(folder, name)
            if model.name_for(settings.bot_files) != name:
                return  # edited meanwhile: nobody knows which of both it was trained from
            path = model.keep(made, settings.data)
    except FileProblem as problem:
        report(told(problem))
    except Failure as failure:
        if not trainer.alive:
            raise
        report(failure)
    else:
        model.forget_old(settings.data / "models")
        done(f"Trained {path}", seconds)
