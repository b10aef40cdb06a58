"""The forms as clients see them, and their judgements tried against them."""

from collections.abc import Collection

from cti.scoring import FatalState, FormState, Judged, QuestionState, ScoreWish, SectionState
from switch.orders import OrderRefused
from switch.quality import scoring
from switch.quality.rules import Form, Quality

NOTE = 2000
"""Characters of a note, and of a remark."""
REMARKS = 200


def forms(quality: Quality, queues: Collection[str] | None) -> list[FormState]:
    """The forms for talks of these queues; None = all."""
    return [state(name, form) for name, form in quality.forms.items()
            if queues is None or not form.queues or set(form.queues) & set(queues)]


def state(name: str, form: Form) -> FormState:
    """One form, for clients."""
    return FormState(
        form=name, version=scoring.version(form), name=form.name, languages=form.languages, pass_mark=form.pass_mark,
        sections=tuple(SectionState(
            section=key, name=section.name, languages=section.languages, weight=section.weight,
            questions=tuple(QuestionState(
                question=f"{key}.{each}", text=question.text, languages=question.languages, most=question.most,
                weight=question.weight, optional=question.optional) for each, question in section.questions.items()),
        ) for key, section in form.sections.items()),
        fatal=tuple(FatalState(fatal=key, text=fatal.text, languages=fatal.languages)
                    for key, fatal in form.fatal.items()))


def judge(quality: Quality, wish: ScoreWish, queues: Collection[str], agents: Collection[str],
          recordings: Collection[str]) -> Judged:
    """What it comes to. Raises :class:`~switch.orders.OrderRefused`."""
    form = quality.forms.get(wish.form)
    if form is None:
        raise OrderRefused("unknown_form", f"there is no form {wish.form[:60]}")
    if form.queues and not set(form.queues) & set(queues):
        raise OrderRefused("wrong_form", f"form {wish.form} is for talks of {', '.join(form.queues)}")
    version = scoring.version(form)
    if wish.version not in ("", version):
        raise OrderRefused("changed", f"form {wish.form} was changed meanwhile: read it again")
    agent = wish.agent or (next(iter(agents)) if len(agents) == 1 else "")
    if agent not in agents:
        who = ", ".join(agents)
        raise OrderRefused("unknown_agent", f"say who is judged: {who}" if who else "nobody talked in this contact")
    _texts(wish, recordings)
    try:
        score = scoring.score(form, wish.answers, wish.not_applicable, wish.fatal)
    except scoring.Incomplete as wrong:
        raise OrderRefused("bad_params", str(wrong)) from None
    return Judged(agent=agent, version=version, score=score, passed=not wish.fatal and score >= form.pass_mark)


def _texts(wish: ScoreWish, recordings: Collection[str]) -> None:
    if len(wish.remarks) > REMARKS:
        raise OrderRefused("bad_params", f"there are {len(wish.remarks)} remarks of at most {REMARKS}")
    for text in (wish.note, *(remark.text for remark in wish.remarks)):
        if len(text) > NOTE:
            raise OrderRefused("bad_params", f"a text has {len(text)} characters of at most {NOTE}")
    for remark in wish.remarks:
        if remark.recording not in recordings:
            raise OrderRefused("bad_params", f"recording {remark.recording[:60]} is not of this contact")
        if not 0 <= remark.at < 1e6:
            raise OrderRefused("bad_params", "a remark stands at no moment of a recording")
