"""Speed and memory of the audit, as ratios to a bare scan of the same columns in the same run."""
