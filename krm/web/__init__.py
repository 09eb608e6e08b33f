"""Page furniture: lists, forms, details with tabs, panels, boards, charts, jobs with progress, the look.

Stands on `krm.events` and `krm.accounts` and names no room: rooms register tabs, panels, navigation, commands
and job runners here. Public: `lists.ListPage`, `pages.{Page,FormPage,DetailPage,verb_view}`, `tabs`, `panels`,
`nav`, `palette`, `charts`, `forms`, `jobs`, and the `{% load krm %}` tags.
"""
