"""The books: double entry, append-only, integers; holds; the memory of every operation (docs/protocol.md, Money)."""
