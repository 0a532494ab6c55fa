"""Forms of files that others publish and `flask import` reads. They know files, never the database."""
