"""A private authority, as a gym would have one, and the certificates that it gives out: good ones and bad ones."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """Signs; its files stand in folder."""

    def __init__(self, folder: Path, name: str = "Gym") -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._name = named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        us = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        self._us = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(us)
        made = self._builder(self._name, self._key.public_key(), NOW - DAY, NOW + 30 * DAY)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        made = made.add_extension(SIGNS, critical=True).add_extension(us, critical=False)
        self.file = self._put("ca.pem", made.sign(self._key, hashes.SHA256()))

    def issue(
        self,
        name: str,
        host: str | None = None,
        start: datetime = NOW - DAY,
        end: datetime = NOW + 30 * DAY,
        serial: int | None = None,
    ) -> tuple[Path, Path]:
        """Return certificate and key for name, of a server where host says at which address."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._builder(named(name), key.public_key(), start, end, serial)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(self._us, critical=False)
        if host is not None:
            address = x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
            made = made.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        plain = serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        key_file = self._folder / f"{name}.key"
        key_file.write_bytes(private)
        return self._put(f"{name}.pem", made.sign(self._key, hashes.SHA256())), key_file

    def revoke(self, serial: int) -> Path:
        """Return a list of what is revoked: this one."""
        gone = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOW - DAY).build()
        made = x509.CertificateRevocationListBuilder().issuer_name(self._name).last_update(NOW - DAY)
        made = made.next_update(NOW + 30 * DAY).add_revoked_certificate(gone)
        made = made.add_extension(self._us, critical=False)
        return self._put("revoked.pem", made.sign(self._key, hashes.SHA256()))

    def _builder(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        start: datetime,
        end: datetime,
        serial: int | None = None,
    ) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        made = made.serial_number(serial or x509.random_serial_number())
        return made.not_valid_before(start).not_valid_after(end)

    def _put(self, name: str, made: x509.Certificate | x509.CertificateRevocationList) -> Path:
        path = self._folder / name
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return path
