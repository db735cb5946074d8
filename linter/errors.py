"""Errors that end a command; everything that the run can survive is a `model.Gap` instead."""


class UsageError(Exception):
    """Wrong usage or configuration: exit code 2. The text says what, where (path:line) and what to do."""


class InputError(Exception):
    """An input that cannot be read; sources turn it into a gap.

    `line` and `column` are 1-based, the column in UTF-16 units; 0 where the fault has no place in the text.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
