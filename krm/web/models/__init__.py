from krm.web.models.jobs import Job, JobError
from krm.web.models.views import ColumnChoice, SavedView

__all__ = ["ColumnChoice", "Job", "JobError", "SavedView"]
