"""What script/measure runs: one module a measurement, each with `measure() -> dict[str, float]`."""
