"""Pages of disclosures: what everybody reads, questions, the desk of those who publish."""

from app.disclosures.views import asking, desk, drafts, files, pages, tables  # noqa: F401 - they add their routes
from app.disclosures.views.blueprint import bp

__all__ = ["bp"]
