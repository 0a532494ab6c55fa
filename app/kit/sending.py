"""Answers that carry a file: one that somebody sent, or one that was made for the reader to keep.

The room's own view has looked whether this reader may see it.
"""

from __future__ import annotations

from io import BytesIO

from flask import Response, make_response, request, send_file

from app.kit import uploads
from app.kit.db import db
from app.kit.pages import found
from app.kit.security import FILE_POLICY
from app.kit.uploads import Upload

PYTHON = "text/x-python; charset=utf-8"


def send_upload(upload_id: int, *, attachment: bool) -> Response:
    """The file, or 404. Only a picture is shown in the page; anything else is saved, whatever `attachment` says.

    A browser may keep it but asks each time, so that whoever may no longer see it does not.
    """
    upload = found(db.session.get(Upload, upload_id))
    fresh = request.if_none_match.contains(upload.sha256)
    answer = send_file(
        BytesIO(b"" if fresh else uploads.content(upload_id)), mimetype=upload.media_type, etag=upload.sha256,
        as_attachment=attachment or not upload.is_image, download_name=upload.name, max_age=None,
    )  # fmt: skip
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def to_read(text: str, name: str) -> Response:
    """Plain text that the browser shows, and saves byte for byte under that name."""
    answer = to_keep(text, "text/plain; charset=utf-8", name)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def to_keep(content: bytes | str, kind: str, name: str) -> Response:
    """A file that was made for whoever asks, to be saved under that name."""
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
