"""The migrations: the sum of them is the schema, and tests say so."""
