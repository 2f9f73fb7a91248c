"""Every payload of the contract, typed: one file a subject. docs/protocol.md is generated from here."""
