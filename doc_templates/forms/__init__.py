"""The forms (declaration and template beside each other) and what builds the templates."""
