"""List pages as one component: declare columns, filters and bulk actions, get everything else."""

from krm.web.lists.columns import BulkAction, Column, Empty, register_bulk
from krm.web.lists.page import ListPage

__all__ = ["BulkAction", "Column", "Empty", "ListPage", "register_bulk"]
