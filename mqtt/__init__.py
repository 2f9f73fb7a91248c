"""The link and the contract: what terminals and central say to each other (docs/protocol.md)."""
