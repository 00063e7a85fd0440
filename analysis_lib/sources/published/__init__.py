"""Figures that others published: our own tables of them, and the publishers' files as they are downloaded."""
