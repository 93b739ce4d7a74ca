"""The benches: what is measured, how it is set up, and the figures with their limits."""
