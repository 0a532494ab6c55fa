"""How what `flask import` reads enters the rooms: in batches, each thing once."""
