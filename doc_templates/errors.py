"""What can go wrong with forms: one tree, stable codes, advice for the person at the screen."""


class TemplateError(Exception):
    """Root of this package's errors; `code` is stable, `advice` says what to do next."""

    code = "template"

    def __init__(self, message: str, advice: str) -> None:
        self.advice = advice
        super().__init__(message)


class UnknownForm(TemplateError):
    """No form has this code."""

    code = "form-unknown"

    def __init__(self, form: str) -> None:
        super().__init__(f"no form {form}", "Choose a form from the catalogue.")


class MissingFacts(TemplateError):
    """A final paper was asked for although required facts are missing; `names` lists the variables."""

    code = "facts-missing"

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(f"missing: {', '.join(names)}", "Fill in the missing facts, or print the blank form.")


class BadFact(TemplateError):
    """A fact has a shape that cannot be printed (a date that is none, text where a list is needed)."""

    code = "fact-invalid"

    def __init__(self, variable: str, message: str) -> None:
        self.variable = variable
        super().__init__(f"{variable}: {message}", "Correct the fact and try again.")


class PdfFailed(TemplateError):
    """LibreOffice did not give a PDF; `code` tells why."""

    def __init__(self, code: str, message: str, advice: str) -> None:
        self.code = code
        super().__init__(message, advice)
