"""Pictures without what they tell besides themselves: nothing is decoded (Spec: FI-14)."""

from securemsg.client.transfer.pictures import jpeg, png, webp
from securemsg.client.transfer.pictures.outcome import MalformedPicture, Stripped

__all__ = ["MalformedPicture", "Stripped", "is_picture", "strip"]


def is_picture(beginning: bytes) -> bool:
    """Tell whether a file that begins so (16 bytes) is of a kind whose metadata can be removed."""
    return beginning.startswith((jpeg.BEGINNING, png.BEGINNING)) or webp.is_webp(beginning)


def strip(data: bytes) -> Stripped:
    """Return the picture in `data` without metadata, the orientation kept.

    Raises `MalformedPicture`, and nothing else, whatever the bytes.

    Spec: FI-14.
    """
    if data.startswith(jpeg.BEGINNING):
        return jpeg.strip(data)
    return png.strip(data) if data.startswith(png.BEGINNING) else webp.strip(data)
