"""Why the broker cannot be reached, in words for a person."""

from __future__ import annotations

import socket
import ssl

from wire import moments

NOT_YET_VALID, HAS_EXPIRED = 9, 10
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""
NO_ANSWER = "the broker does not answer"


def why(error: BaseException | None, now: float) -> str:
    """What is wrong, given the error of a connection and what this computer's clock says, in seconds since 1970.

    Days, not minutes: the same cause is to have the same words for as long as it lasts.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        says = f"this clock says {moments.at(int(now * 1000)):%Y-%m-%d}"
        if error.verify_code == NOT_YET_VALID:
            return f"the hub's certificate is not valid yet: {says}"
        if error.verify_code == HAS_EXPIRED:
            return f"the hub's certificate is no longer valid: {says}"
        return f"the hub's certificate cannot be trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"the broker takes no encrypted connection: {error.reason or error}"
    if isinstance(error, socket.gaierror):
        return f"the hub's address is not known here: {error.strerror}"
    return NO_ANSWER
