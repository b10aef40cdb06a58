"""Trunks: the lines to other people's networks.

``rules`` is what operations say of them (``trunks.yaml``), ``plans`` what is known of the numbering of countries. The
rest are pure cores: ``numbers`` (what was dialled -> E.164 -> what a trunk wants to read), ``choosing`` (which trunk, and
which after it), ``lines`` (which of them are there), ``ledger`` (who has called out how often, and who may).
"""
