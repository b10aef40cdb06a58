"""``docs/simulation.md``, generated from the code: ``python -m world.manual > docs/simulation.md``."""

from switch.manual import below, section
from world.day_file import LIMITS, Day

INTRODUCTION = """\
# Simulated days

What service level would these agents reach with these calls? `shoal simulate --day config/days/monday.yaml` lives a
whole day in seconds, on the same code as the running switch and with the trees, queues and numbers of `config/`: people
who call, wait, press keys and lose patience, agents who pick up, talk and wrap up, and a network as good or as bad as
you say. Only sound is left out. Then it prints the report of the day, as `shoal report` does, and the service level of
each queue by quarters of an hour. Nothing of it touches a running switch. The same seed gives the same day, call by
call; so change one number, and what differs in the report is its doing.

A day is one YAML file; the shipped one is a good beginning. A mistake in it is named with its line. Moments are written
`HH:MM`, in the time zone of `shoal.yaml`; durations as everywhere (`90 s`, `15 min`). This page is generated from the
code; every key is here.

```yaml
calls: [60, 90, 70]                 # 08:00 to 11:00
callers: {patience: 3 min, talk: 2 min}
agents:
  early: {count: 6, queues: {support: 1}}
  own: {numbers: [1001, 1002], start: 09:00}
```
"""


def manual() -> str:
    """The whole document, Markdown."""
    return "\n".join([INTRODUCTION, *(part for kind in below(Day) for part in section(kind, Day, LIMITS))])


if __name__ == "__main__":
    print(manual(), end="")
