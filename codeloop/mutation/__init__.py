"""Mutation: small faults put into a program, all of them in one, to see which of them its tests notice."""
