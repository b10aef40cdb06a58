"""What somebody has closed or opened by hand, as the store remembers it: beside the running switch, or without it."""

from sqlalchemy.exc import SQLAlchemyError

from switch import building
from switch.hours.doors import Doors, Shut
from switch.settings import Settings
from switch.store import Store
from switch.store_batch import StoreError


async def hands(settings: Settings) -> tuple[Doors, Shut, str]:
    """The doors and the queues of these settings as they were left, and why that is not known (empty = it is). Where there
    was no switch yet, nobody has closed anything."""
    doors, shut = Doors(settings.hours), Shut()
    try:
        store = await Store.look(building.store_url(settings))
    except StoreError:
        return doors, shut, ""
    try:
        for key, value in (await store.memory()).items():
            kind, _, name = key.partition("/")
            if kind == "hours":
                doors.restore(name, value)
            elif kind == "queue":
                shut.restore(name, value)
    except SQLAlchemyError as error:
        return doors, shut, str(error)
    finally:
        await store.close()
    return doors, shut, ""
