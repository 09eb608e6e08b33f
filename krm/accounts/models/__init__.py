from krm.accounts.models.apikeys import ApiKey
from krm.accounts.models.invitations import Invitation, LoginLink
from krm.accounts.models.teams import BrandTeam
from krm.accounts.models.users import Role, User

__all__ = ["ApiKey", "BrandTeam", "Invitation", "LoginLink", "Role", "User"]
