"""The policy workbench: what is wrong with a policy itself, and what a change of it would come to."""
