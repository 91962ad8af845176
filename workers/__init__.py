"""Celery workers: an id in, one use case called, nothing out."""
