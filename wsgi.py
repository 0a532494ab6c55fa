"""What the server starts: gunicorn wsgi:app."""

from app import create_app

app = create_app()
