"""The versions of the tables, in the order in which they are made; alembic runs them."""
