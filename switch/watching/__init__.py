"""What phones may watch: the lines of colleagues and queues (lamps), who is there, and the voice mailboxes.

``targets`` says what a phone means and whether it may; ``lines`` reads a contact as the lines of those who are in it;
``boxes`` counts messages; ``board`` knows who watches what, ``telling`` tells them in the step in which it changes.
"""
