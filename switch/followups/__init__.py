"""After the call: what is sent to callers, or about them, by rule.

Whether something is sent is decided in the step in which the contact ends, and written into the journal with it; the
journal is the outbox, like that of MQTT. A reader sends what stands there and writes down what became of it. So a call
never waits for a gateway, a restart forgets nothing, and a gateway that is away costs nothing but time.
"""
