"""The errors that a user's input can cause."""


class InputError(ValueError):
    """A config, file, checkpoint or argument that cannot be used.

    The message is one sentence that names the file or field, what was found and what was
    expected. The command lines print it without a traceback.
    """


class UnknownTypeError(InputError, KeyError):
    """A ``type`` that no registry knows."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would print the repr


class UnknownArgumentError(InputError, TypeError):
    """An argument that the class named by ``type`` does not take, or one that it lacks."""
