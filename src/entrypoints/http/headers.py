"""The headers that every response carries."""

from adapters.config.settings import Settings

_ALWAYS = {
    # Answers are somebody's own: no cache may keep them.
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def security_headers(settings: Settings) -> dict[str, str]:
    """Return the headers, those for TLS where a proxy ends it."""
    headers = dict(_ALWAYS)
    if settings.server.behind_tls:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
