"""Names of sounds as they are heard, by the catalogue of the shipped sounds."""

import yaml

from ivr.prompts import SHIPPED
from ivr.speaking.words import PAUSE, Words

TEXTS = yaml.safe_load((SHIPPED / "texts.yaml").read_text(encoding="utf-8"))


def words(names: Words, language: str) -> str:
    """What is heard; a pause is three dots."""
    return {"en": " ", "zh": ""}[language].join("…" if name == PAUSE else TEXTS[language][name] for name in names)
