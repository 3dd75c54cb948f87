"""What networks for pictures learned elsewhere, as far as it is on this server. Asks no permission itself."""

from __future__ import annotations

from engine.backbones import BACKBONES, available
from engine.encoders import Encoder
from engine.encoders.pretrained import Pretrained
from engine.events import Note
from services.house import house


def there(name: str) -> bool:
    """Whether the weights of this network are on this server."""
    return name in available(house().settings.weights_folder)


def missing(encoder: Encoder | None) -> Note | None:
    """Why an encoder cannot be chosen here, and what would mend that; None when it can."""
    if not isinstance(encoder, Pretrained) or there(encoder.network):
        return None
    backbone = BACKBONES[encoder.network]
    return Note(
        text="The weights of “{title}” are not on this server. The README says how whoever looks after it gets them: "
        "a package to install, or the file {file} in the folder of weights.",
        values={"title": backbone.title, "file": backbone.files[0]},
    )
