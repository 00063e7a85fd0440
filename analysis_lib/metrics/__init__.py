"""Metric definitions, one module per service area: tidy frames in, a `Result` out; pure."""
