"""The audit as a function of a partition of the members, for engines that hold Arrow tables in many places: Dask, Ray, Daft, Spark."""

from auditor.partitions.groups import kin_groups
from auditor.partitions.join import join_partitions
from auditor.partitions.partition import Partition, audit_partition
from auditor.partitions.split import split_members

__all__ = ["Partition", "audit_partition", "join_partitions", "kin_groups", "split_members"]
