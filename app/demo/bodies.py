"""The organisations and accounts of the demonstration: a commune police, a commune People's Committee, a facility, and
the body whose inspector looks at all three. "Mẫu" (sample) is no place: none of these can be real."""

from dataclasses import dataclass

from app.actor import Role
from app.backends import UnitOfWork
from app.models import Organisation
from app.services.accounts import AccountData, create_account
from app.services.organisations import OrganisationData, create_organisation
from app.setting_up import FirstAccount
from config.kinds import OrganisationKind

POLICE, COMMITTEE, FACILITY, SUPERVISOR = "CAP-MAU1", "UBND-MAU1", "CSCN-MAU", "DKT-MAU"


@dataclass(frozen=True, slots=True)
class Bodies:
    """The organisations, by what they are."""

    supervisor: Organisation
    police: Organisation
    committee: Organisation
    facility: Organisation


def make_bodies(uow: UnitOfWork) -> Bodies:
    """The four organisations; the three that keep records stand below the inspecting one."""
    supervisor = create_organisation(
        uow,
        data=OrganisationData(
            code=SUPERVISOR,
            name="Đoàn kiểm tra liên ngành tỉnh Mẫu",
            kind=OrganisationKind.SUPERVISOR,
            short_name="Đoàn kiểm tra",
            place="Mẫu",
        ),
    )
    police = _below(uow, supervisor, POLICE, "Công an phường Mẫu 1", OrganisationKind.COMMUNE_POLICE)
    committee = _below(uow, supervisor, COMMITTEE, "Ủy ban nhân dân phường Mẫu 1", OrganisationKind.COMMUNE_COMMITTEE)
    facility = _below(uow, supervisor, FACILITY, "Cơ sở cai nghiện ma túy số 1 tỉnh Mẫu", OrganisationKind.FACILITY)
    return Bodies(supervisor, police, committee, facility)


_PARTICULARS = {
    POLICE: ("Công an tỉnh Mẫu", "CAP", "Trần Văn Mẫu", "CAP"),
    COMMITTEE: ("Ủy ban nhân dân tỉnh Mẫu", "UBND", "Lê Thị Mẫu", "VT"),
    FACILITY: ("Công an tỉnh Mẫu", "CSCN", "Phạm Văn Mẫu", "VT"),
}


def _below(uow: UnitOfWork, supervisor: Organisation, code: str, name: str, kind: OrganisationKind) -> Organisation:
    superior, symbol, head, archive = _PARTICULARS[code]
    return create_organisation(
        uow,
        data=OrganisationData(
            code=code,
            name=name,
            kind=kind,
            parent_id=supervisor.id,
            superior_name=superior,
            symbol=symbol,
            place="Mẫu 1",
            head_name=head,
            archive_unit=archive,
        ),
    )


def make_accounts(uow: UnitOfWork, bodies: Bodies) -> list[FirstAccount]:
    """A records officer, a leader and an office clerk in each body that keeps records; the other roles once."""
    made = []
    for ending, body in (("ca", bodies.police), ("ub", bodies.committee), ("cs", bodies.facility)):
        made.append(_account(uow, f"hoso.{ending}", "Nguyễn Thị Thử Nghiệm", Role.RECORDS_OFFICER, body))
        made.append(_account(uow, f"lanhdao.{ending}", body.head_name, Role.LEADER, body))
        made.append(_account(uow, f"vanthu.{ending}", "Đỗ Thị Thử Văn Thư", Role.OFFICE_CLERK, body))
    made.append(_account(uow, "thanhtra", "Vũ Văn Thử Thanh Tra", Role.INSPECTOR, bodies.supervisor))
    made.append(_account(uow, "luutru", "Bùi Thị Thử Lưu Trữ", Role.ARCHIVIST, bodies.police))
    made.append(_account(uow, "kiemsoat", "Hoàng Văn Thử Kiểm Soát", Role.AUDITOR, bodies.supervisor))
    return made


def _account(uow: UnitOfWork, username: str, name: str, role: Role, body: Organisation) -> FirstAccount:
    data = AccountData(username=username, name=name, role=role, organisation_id=body.id)
    user, password = create_account(uow, data=data)
    return FirstAccount(user.username, password, role, body.name)
