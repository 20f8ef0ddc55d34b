"""The OpenAPI document."""

from fastapi import FastAPI


def install(app: FastAPI) -> None:
    """Complete."""
