"""The screens and the REST interface: blueprints by noun, inputs, outputs, the error table, templates, static files."""
