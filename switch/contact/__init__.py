"""The Contact: the one object that introduces SIP, queues, IVR and media to each other.

``state`` is what a contact is. The other files are what happens to it, in the order in which a call meets them:
``arrival`` (a call comes in), ``walking`` (the tree), ``waiting`` (the queue), ``ringing`` (an agent is asked),
``talking`` (joined, held, transferred), ``recording``, ``voicemail``, ``ending``. All of them are plain functions of a
:class:`~switch.house.House` and a contact; none of them waits for anything.
"""
