"""Tools of the house. They know nothing of the village: no topic, no points, no household."""
