"""The label for the treadmill: its asset name, and the same as a QR code. Pure."""

import io
from dataclasses import dataclass

import segno


@dataclass(frozen=True, slots=True)
class Label:
    """Which treadmill; the code holds `site/machine`, as in its MQTT topics."""

    site: str
    machine: str
    name: str

    @property
    def text(self) -> str:
        return f"{self.site}/{self.machine}"

    def terminal(self) -> str:
        """Return the code in characters, to be shown with light letters on a dark ground."""
        out = io.StringIO()
        segno.make(self.text, error="m", micro=False).terminal(out, compact=True)
        return out.getvalue()

    def rows(self) -> list[str]:
        """Return the code as rows of 1 (dark) and 0, with the quiet zone that it needs."""
        code = segno.make(self.text, error="m", micro=False)
        return ["".join("1" if dark else "0" for dark in row) for row in code.matrix_iter(border=2)]

    def svg(self) -> str:
        """Return the label as a picture of 62 mm by 29 mm, a common size of label printers."""
        code = segno.make(self.text, error="m", micro=False).svg_inline(scale=1, border=2, omitsize=True)
        name, text = (said.replace("&", "&amp;").replace("<", "&lt;") for said in (self.name, self.text))
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="62mm" height="29mm" viewBox="0 0 62 29">'
            f'<rect width="62" height="29" fill="#fff"/><svg x="1" y="1" width="27" height="27">{code}</svg>'
            f'<text x="30" y="13" font-family="sans-serif" font-size="{_size(name)}" font-weight="bold">{name}</text>'
            f'<text x="30" y="20" font-family="sans-serif" font-size="{_size(text)}">{text}</text></svg>\n'
        )


def _size(text: str) -> str:
    """Return a size at which the text fits beside the code, in mm."""
    return f"{min(5.0, 31 / (0.6 * max(1, len(text)))):.2f}"
