"""Readers of the journal: screens, MQTT, records, reports. They see events, orders and the journal, nothing else."""
