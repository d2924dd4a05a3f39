"""A process to be measured: started fresh, asked over a pipe, ended in order."""

from __future__ import annotations

import contextlib
import multiprocessing
from multiprocessing.connection import Connection
from typing import Any


class Worker:
    """Runs `main(pipe, *arguments)` in a process of its own, which says one word when it is ready."""

    def __init__(self, main: Any, *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe: Connection
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=main, args=(theirs, *arguments))
        self._process.start()
        theirs.close()
        self.pipe.recv()

    def ask(self, what: Any) -> Any:
        """Ask and wait for the answer; EOFError when the process died."""
        self.pipe.send(what)
        return self.pipe.recv()

    def end(self, word: Any) -> None:
        """Let the process end by itself."""
        with contextlib.suppress(OSError):
            self.pipe.send(word)
        self._process.join(20)
