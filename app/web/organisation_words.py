"""Organisations in words of the screen: their kinds, and the roles of the accounts in them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from config.kinds import OrganisationKind

KINDS: Mapping[OrganisationKind, Any] = {
    OrganisationKind.COMMUNE_POLICE: _("Công an cấp xã"),
    OrganisationKind.COMMUNE_COMMITTEE: _("Ủy ban nhân dân cấp xã"),
    OrganisationKind.FACILITY: _("Cơ sở cai nghiện ma túy"),
    OrganisationKind.REFORMATORY: _("Trường giáo dưỡng"),
    OrganisationKind.PROVINCE_POLICE: _("Công an cấp tỉnh"),
    OrganisationKind.COURT: _("Tòa án nhân dân"),
    OrganisationKind.SUPERVISOR: _("Cơ quan quản lý, thanh tra"),
    OrganisationKind.OTHER: _("Cơ quan khác"),
}
