"""What the screens say of a removal before it is asked for or decided: what goes with it, and what stays."""

from collections.abc import Sequence

from flask_babel import gettext as _

from app.services.removal_effects import Effect, HolderEffect

MOST_NAMES = 30  # of one list in a sentence; the rest is counted


def points(effect: Effect) -> list[str]:
    """One sentence for each thing that happens to other documents; empty where nothing does."""
    said = []
    if effect.gone:
        said.append(
            _(
                "%(count)s văn bản khác chỉ gồm các trang này cũng bị gỡ bỏ: %(names)s.",
                count=len(effect.gone),
                names=_names(effect.gone),
            )
        )
    if effect.shortened:
        said.append(
            _(
                "%(count)s văn bản khác mất các trang này và giữ các trang còn lại: %(names)s.",
                count=len(effect.shortened),
                names=_names(effect.shortened),
            )
        )
    for holder in effect.holders:
        said += _of_holder(holder)
    if effect.in_folder:
        said.append(
            _("Tệp đến từ thư mục được theo dõi: bản trong thư mục done/ ở đó vẫn còn, phải xử lý riêng theo quy định.")
        )
    return said


def _of_holder(holder: HolderEffect) -> list[str]:
    if holder.keeps_text:
        said = [
            _(
                "Tệp này nằm trong “%(name)s”: tệp đó cũng bị xóa; chỉ nội dung đọc được của chính nó được giữ lại, "
                "không còn chữ ký số và định dạng.",
                name=holder.name,
            )
        ]
    else:
        said = [_("Tệp này nằm trong “%(name)s”: tệp đó cũng bị xóa và không giữ lại được gì.", name=holder.name)]
    if holder.staying:
        said.append(
            _(
                "%(count)s tệp khác trong “%(name)s” vẫn còn, là văn bản riêng: %(names)s.",
                count=len(holder.staying),
                name=holder.name,
                names=_names(holder.staying),
            )
        )
    if holder.lost:
        said.append(
            _(
                "%(count)s tệp trong “%(name)s” không lấy ra được nên mất theo: %(names)s. Cần giữ thì lấy ra và tải "
                "lên riêng trước.",
                count=len(holder.lost),
                name=holder.name,
                names=_names(holder.lost),
            )
        )
    return said


def _names(names: Sequence[str]) -> str:
    shown = "; ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return shown if more <= 0 else _("%(names)s và %(count)s tên nữa", names=shown, count=more)
