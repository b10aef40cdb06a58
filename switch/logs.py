"""The log is for engineers; the journal is for the business. ``<`` in, ``>`` out, ``=`` state."""

import logging
import sys

import structlog


def start(level: str) -> None:
    """Log to standard error from this level on: lines for people on a terminal, JSON elsewhere."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso" if not terminal else "%H:%M:%S"),
            *([structlog.dev.ConsoleRenderer()] if terminal else
              [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
