"""Measures the whole installation under live replies. Development only: nothing of the product imports it. See BENCHMARKS.md."""
