"""Closed sets that the law data, the libraries and the application share."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is, as far as the law data names it as an issuer or a recipient."""

    COMMUNE_POLICE = "commune_police"
    COMMUNE_COMMITTEE = "commune_committee"
    FACILITY = "facility"
    REFORMATORY = "reformatory"
    PROVINCE_POLICE = "province_police"
    COURT = "court"
    SUPERVISOR = "supervisor"
    OTHER = "other"
