"""Backups: the whole village in one file that either database can be filled from.

The file is a zip. Each table is a member `rows/<table>.jsonl`: one JSON array a row, in the order of its key, with
values that both databases take as they stand: instants as `2026-11-22 10:05:40.000000` in UTC, days as `2026-11-22`,
bytes in base64, JSON as its own text. `manifest.json` says what program and migration it is of, names the columns and
the number of rows of each table with the SHA-256 of its member, and the head of the ledger's last seal, which also
stands in the comment of the zip. The index of the search is left out: it is made again from its texts.
"""
