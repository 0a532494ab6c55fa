"""What the server starts: gunicorn wsgi:app. It ends with one line instead of serving what must not be served."""

from app import create_app
from app.readiness import ready_or_refuse

app = ready_or_refuse(create_app)
