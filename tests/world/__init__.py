"""A town around the switch: callers with patience, agents with habits, a network that loses datagrams, one seed.

Everything in it is the real thing but packets of sound and time: the phones speak SIP by the same core as the switch,
the switch is the same Exchange, and only the driver jumps from one deadline to the next instead of waiting for it.
"""
