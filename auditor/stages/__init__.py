"""The stages between intake and report: SQL, one file a table or a family of tables, and the outcome logic over whole columns."""
