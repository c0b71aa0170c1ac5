"""Errors of a page's handlers."""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import gradio as gr

from ggtoolbox.errors import InputError


def in_one_sentence(handler: Callable) -> Callable:
    """What a user's input caused appears on the page, as the sentence that it is."""
    @wraps(handler)
    def guarded(*arguments):
        try:
            return handler(*arguments)
        except InputError as error:
            raise gr.Error(str(error), print_exception=False) from error
    return guarded
