"""Commands about accounts and API tokens."""

import click

from app.actor import ACCOUNT_ROLES, Role
from app.commands.door import acting, as_option, failures_named, json_option, opened, print_json
from app.services import accounts, tokens
from app.services.accounts import AccountData
from app.services.organisations import organisation_for

ROLES = click.Choice([role.value for role in ACCOUNT_ROLES])


@click.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("account")
@click.option("--name", required=True, help="The person's name, as shown on the screen.")
@click.option("--role", type=ROLES, required=True)
@click.option("--organisation", "code", metavar="CODE", help="Default: the only one there is.")
@as_option
@failures_named
def add_user(account: str, name: str, role: str, code: str | None, username: str | None) -> None:
    """A new account; the password is printed once."""
    with opened() as backends, backends.begin(acting(backends, username)) as uow:
        owner = organisation_for(uow, code)
        data = AccountData(username=account, name=name, role=Role(role), organisation_id=owner.id)
        made, password = accounts.create_account(uow, data=data)
    click.echo(f"{made.username}  {password}")


@user.command("list")
@as_option
@json_option
@failures_named
def list_users(username: str | None, as_json: bool) -> None:
    """All accounts."""
    with opened() as backends, backends.read(acting(backends, username)) as uow:
        rows = [
            {
                "username": row.username,
                "name": row.name,
                "role": row.role.value,
                "organisation": row.organisation.code,
                "active": row.active,
            }
            for row in accounts.accounts(uow)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        sign = "" if row["active"] else "  (disabled)"
        click.echo(f"{row['username']:<20} {row['role']:<16} {row['organisation']:<12} {row['name']}{sign}")


@user.command("role")
@click.argument("account")
@click.argument("role", type=ROLES)
@as_option
@failures_named
def change_role(account: str, role: str, username: str | None) -> None:
    """Give an account another role."""
    with opened() as backends, backends.begin(acting(backends, username)) as uow:
        row = accounts.account(uow, account)
        data = AccountData(
            username=row.username,
            name=row.name,
            role=Role(role),
            organisation_id=row.organisation_id,
            allowed_flags=tuple(row.allowed_flags),
        )
        accounts.edit_account(uow, row, data=data)
    click.echo(f"{account}  {role}")


@user.command("password")
@click.argument("account")
@as_option
@failures_named
def new_password(account: str, username: str | None) -> None:
    """A new random password, printed once; all sessions of the account end."""
    with opened() as backends, backends.begin(acting(backends, username)) as uow:
        password = accounts.set_password(uow, accounts.account(uow, account))
    click.echo(password)


@user.command("disable")
@click.argument("account")
@as_option
@failures_named
def disable(account: str, username: str | None) -> None:
    """Close an account; its sessions and tokens end."""
    with opened() as backends, backends.begin(acting(backends, username)) as uow:
        accounts.disable_account(uow, accounts.account(uow, account))
    click.echo(f"{account}  disabled")


@click.group()
def token() -> None:
    """API tokens."""


@token.command("add")
@click.argument("account")
@click.option("--name", default="api", help="What the token is for.")
@as_option
@failures_named
def add_token(account: str, name: str, username: str | None) -> None:
    """A new token with the account's role and scope; printed once."""
    with opened() as backends, backends.begin(acting(backends, username)) as uow:
        made = tokens.add_token(uow, accounts.account(uow, account), name)
    click.echo(made)


@token.command("revoke")
@click.argument("token_id", type=int)
@as_option
@failures_named
def revoke_token(token_id: int, username: str | None) -> None:
    """End a token by its number (`hoso token list`)."""
    with opened() as backends, backends.begin(acting(backends, username)) as uow:
        tokens.revoke_token(uow, tokens.token(uow, token_id))
    click.echo(f"{token_id}  revoked")


@token.command("list")
@click.argument("account")
@as_option
@failures_named
def list_tokens(account: str, username: str | None) -> None:
    """The tokens of an account, without the secrets."""
    with opened() as backends, backends.read(acting(backends, username)) as uow:
        for row in tokens.tokens(uow, accounts.account(uow, account)):
            state = "revoked" if row.revoked_at else "active"
            click.echo(f"{row.id:>5}  {state:<8} {row.name}")
