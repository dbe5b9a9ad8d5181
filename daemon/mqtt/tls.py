"""The certificates of [mqtt] tls, and what is wrong with them or with the broker's, in words."""

import ssl
from pathlib import Path

OURS = "the file of [mqtt] tls {name}, {path}, {why}"
VERIFIED = {
    9: "its certificate is not valid yet by this computer's clock",
    10: "its certificate has expired; renew it at the broker, or check this computer's clock",
    18: "its certificate is not trusted: it signed itself; check [mqtt] tls ca",
    19: "its certificate is not trusted: another authority signed it; check [mqtt] tls ca",
    20: "its certificate is not trusted: another authority signed it; check [mqtt] tls ca",
    23: "its certificate was revoked; the broker needs a new one",
    62: "its certificate is for another name; check [mqtt] host, and the names in the certificate",
    64: "its certificate is for another address; check [mqtt] host, and the addresses in the certificate",
    92: "the authority in [mqtt] tls ca does not say that it may sign (keyUsage); make it anew with that",
}
"""What OpenSSL found, by its numbers (X509_verify_cert_error_string(3))."""
UNTRUSTED = "its certificate is not trusted ({why}); check [mqtt] tls ca"
ALERTS = {
    "CERTIFICATE_REVOKED": "our certificate was revoked; this machine needs a new one ([mqtt] tls cert)",
    "CERTIFICATE_EXPIRED": "our certificate has expired; this machine needs a new one ([mqtt] tls cert)",
    "UNKNOWN_CA": "it does not know who signed our certificate; check [mqtt] tls cert",
    "CERTIFICATE_REQUIRED": "it asks for a certificate of this machine; name one in [mqtt] tls cert and key",
    "HANDSHAKE_FAILURE": "it asks for a certificate of this machine; name one in [mqtt] tls cert and key",
    "BAD_CERTIFICATE": "it does not take our certificate; check [mqtt] tls cert",
}
"""What the broker said of ours, by the ending of OpenSSL's reason (RFC 8446 section 6.2)."""
OTHER = "it does not speak TLS as we do; check [mqtt] port and tls"


class BadFile(OSError):
    """A file of ours cannot be used; its text is for staff."""


class Alert(ConnectionError):
    """The broker ended the handshake; its text is OpenSSL's name of the reason."""


def tls_context(ca: Path, cert: Path | None, key: Path | None) -> ssl.SSLContext:
    """Return what checks the broker and shows our certificate; BadFile says which file is wrong, and how."""
    for name, path in (("ca", ca), ("cert", cert), ("key", key)):
        if path is not None:
            _readable(name, path)
    try:
        context = ssl.create_default_context(cafile=ca)
    except ssl.SSLError:
        raise BadFile(OURS.format(name="ca", path=ca, why="holds no certificate")) from None
    if cert is not None:
        try:
            context.load_cert_chain(cert, key, password="")  # without one, a locked key asks the terminal
        except ssl.SSLError as error:
            raise BadFile(OURS.format(name="key", path=key, why=_why_no_key(error))) from None
    return context


def _why_no_key(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "does not belong to the certificate in tls cert"
    return "cannot be used with tls cert: one of them is no PEM file, or the key has a password"


def _readable(name: str, path: Path) -> None:
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        why = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise BadFile(OURS.format(name=name, path=path, why=why)) from error


def tls_reason(error: ssl.SSLError | Alert) -> str:
    """Return what went wrong between the broker and us, in one clause."""
    if isinstance(error, ssl.SSLCertVerificationError):
        code, why = (
            getattr(error, "verify_code", 0),
            getattr(error, "verify_message", error),
        )  # one made by hand has none
        return VERIFIED.get(code, UNTRUSTED.format(why=why))
    said = str(error if isinstance(error, Alert) else getattr(error, "reason", None))
    found = (words for ending, words in ALERTS.items() if said.endswith(ending))
    return next(found, OTHER)


def too_early(error: BaseException) -> bool:
    """Tell whether the broker's certificate is only not valid yet: a wrong clock is the likeliest cause."""
    return isinstance(error, ssl.SSLCertVerificationError) and getattr(error, "verify_code", 0) == 9
