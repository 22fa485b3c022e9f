"""The failure report as one HTML file: overview, table of trajectories, each step of each, a glossary; opens from disk."""
