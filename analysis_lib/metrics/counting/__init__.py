"""How measures count: rows by day, period and group, spells, ages; counts into values with intervals; whose they are."""
