"""The SIP room (RFC 3261): bytes and ``now`` in; bytes and news of calls out. Imports nothing of the house."""
