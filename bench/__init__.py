"""What the switch costs: measured from outside, against the running command. See README.md."""
