"""The rules as functions: the unit of work first, no Flask, no Celery, and nothing here ends a transaction."""
