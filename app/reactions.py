"""What happens elsewhere when something happens here: read this page to know how the rooms hang together."""

from __future__ import annotations

from app.kit.bus import Reactions

REACTIONS: Reactions = {}
