"""Hồ Sơ: the application that owns the database, the rules, the web and the queue."""

__version__ = "0.1.0"
