"""What browsers are told about our pages: Content-Security-Policy and the headers beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

REPORTS = "/csp-report"
NONCE = "{{nonce}}"  # in a built page: replaced for each answer

_NO_DEVICES = ", ".join(f"{one}=()" for one in ("camera", "display-capture", "geolocation", "hid", "microphone", "midi", "payment", "usb"))


def plain_headers(https: bool) -> Mapping[str, str]:
    """Headers of every answer that does not say otherwise."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return {**headers, "Strict-Transport-Security": "max-age=31536000"} if https else headers


def frame_headers(url: str, origins: Sequence[str]) -> dict[str, str]:
    """Of the visitor's window, which only these pages may show; ``url`` is the hub's own address."""
    policy = _policy(url, "style-src 'self'", "trusted-types 'none'", "frame-ancestors " + " ".join(("'self'", *origins)))
    return {**_app_headers(policy), "Cross-Origin-Resource-Policy": "cross-origin"}


def console_headers(url: str, nonce: str) -> dict[str, str]:
    """Of the console, which no page may show. Styles that its components make carry the nonce."""
    styles = f"style-src 'self' 'nonce-{nonce}'"
    return _app_headers(_policy(url, styles, "trusted-types default", "frame-ancestors 'none'"))


def _policy(url: str, styles: str, types: str, ancestors: str) -> str:
    parts = (
        "default-src 'none'",
        "script-src 'self'",
        styles,
        "img-src 'self' data:",
        "media-src 'self' data:",
        "font-src 'self'",
        f"connect-src 'self' {url.replace('http', 'ws', 1)}",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
        types,
        f"report-uri {REPORTS}",
        ancestors,
    )
    return "; ".join(parts)


def _app_headers(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "Permissions-Policy": _NO_DEVICES,
    }
