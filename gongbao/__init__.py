"""数读青浦: figures out of a gazette that carry their rounding and their source, for notebooks and for the book."""
