"""Do the forms fit? Queues exist, every form asks something, and weights leave something to be scored."""

from collections.abc import Callable, Collection, Iterator

from switch.mistakes import Mistake, suggest
from switch.quality.rules import Form, Quality

QUALITY = "quality.yaml"
At = Callable[..., Callable[[str, str], Mistake]]


def quality_mistakes(quality: Quality, queues: Collection[str] | None, at: At) -> Iterator[Mistake]:
    """``at(file, *place)`` makes mistakes for a place in the file; ``queues``: None = their file could not be read."""
    for name, form in quality.forms.items():
        yield from _form(form, queues, lambda *place, name=name: at(QUALITY, "forms", name, *place))


def _form(form: Form, queues: Collection[str] | None, at: At) -> Iterator[Mistake]:
    for index, queue in enumerate(form.queues):
        if queues is not None and queue not in queues:
            yield at("queues", str(index))(f"there is no queue `{queue}`", suggest(queue, queues))
    if not form.sections:
        yield at("sections")("the form asks nothing", "write a section with questions")
    elif not sum(section.weight for section in form.sections.values()):
        yield at("sections")("nothing counts: every weight is 0", "give one of them a weight")
    for key, section in form.sections.items():
        if not section.questions:
            yield at("sections", key)(f"section `{key}` asks nothing", "write a question, or remove the section")
        elif not sum(question.weight for question in section.questions.values()):
            yield at("sections", key)("nothing counts: every weight is 0", "give one of them a weight")
        for name in section.questions:
            if "." in name or "." in key:
                yield at("sections", key, "questions", name)("a point in a name would be taken for a step", "leave it out")
    for place, text in [(("name",), form.name), *((("fatal", key), each.text) for key, each in form.fatal.items())]:
        if not text.strip():
            yield at(*place)("people would read nothing here", "write a few words")
