"""What a walk does, in words that a person at a terminal reads."""

from ivr import effects
from ivr.prompts import Prompts
from ivr.tree import Prompt


def said(prompt: Prompt, variables: dict[str, str], prompts: Prompts, language: str) -> str:
    """A prompt as text: the words of a shipped sound, the name of another, a variable with its value."""
    if prompt.variable:
        return f"{{{prompt.variable}: {variables.get(prompt.variable, 'unknown')}}}"
    return prompt.text or prompts.words(prompt.sound, language) or f"[{prompt.sound}]"


def told(effect: effects.Effect, prompts: Prompts, language: str) -> str:
    """One effect; empty for what needs no word."""
    match effect:
        case effects.Say():
            return "says: " + " / ".join(said(each, effect.variables, prompts, language) for each in effect.prompts)
        case effects.Hush():
            return "stops speaking"
        case effects.Entered(menu, level, kind):
            return f"{kind} {menu} (level {level})"
        case effects.Chose(menu, digit, leads_to, _):
            return f"{digit} in {menu} -> {leads_to}"
        case effects.Missed(menu, why, digit):
            return f"{menu}: " + (f"wrong key {digit}".strip() if why == "wrong_key" else "silence")
        case effects.Passed(kind, name, way, leads_to, _):
            return f"{kind} {name}, {way} -> {leads_to}"
        case effects.Collected(name, value, _):
            return f"typed {name}: {value}"
        case effects.Answered(question, score):
            return f"answers {question}: {score}"
        case effects.LookUp():
            return f"look-up {effect.node}: {effect.method} {effect.url}"
        case effects.LookedUp(node, outcome, _):
            return f"look-up {node}: {outcome}"
        case effects.Leave(destination, _):
            more = [f"priority {destination.priority}"] * bool(destination.priority)
            more += [f"{skill} {level}+" for skill, level in destination.skills.items()]
            return f"leaves for {destination}" + (f" ({', '.join(more)})" if more else "")
