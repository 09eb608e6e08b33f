from krm.accounts.models.teams import BrandTeam
from krm.accounts.models.users import Role, User

__all__ = ["BrandTeam", "Role", "User"]
