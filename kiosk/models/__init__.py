"""Frozen values that screens show and flows make. No kivy, no wire, no store."""
