"""Forms filled from records: the catalogue, the checks of a context, rendering to DOCX and PDF, the layout standard.

A pure library: no database, no web. It reads the law's figures from `config.rules` and the forms from `forms/`.
"""
