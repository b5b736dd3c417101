"""Vignettes: short patient stories beside a policy, each with the answer that the policy should give."""
