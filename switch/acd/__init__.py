"""The queue room: who waits, who is free, who gets whom. Imports nothing of the house."""
