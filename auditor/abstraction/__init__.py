"""The sheet in which a nurse abstracts a chart: its columns, its workbook, and the profile that reads it back, all from one list."""

from auditor.abstraction.questions import Questions, read_questions
from auditor.abstraction.reading_back import profile_text
from auditor.abstraction.workbook import write_workbook

__all__ = ["Questions", "profile_text", "read_questions", "write_workbook"]
