"""When somebody is there: calendars of opening hours, holidays and closures, and the switch that closes by hand. Pure."""
