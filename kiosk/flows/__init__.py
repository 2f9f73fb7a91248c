"""Journeys: one file each, an async function that reads as the journey reads."""
