"""Does anything shut down a machine for exploration when people go home?

Sources, read 2026-11-24: https://github.com/hashicorp/terraform-provider-azurerm/issues/5863 (auto-shutdown is a
schedule of DevTest Labs with the task ComputeVmShutdownTask); Azure.Bicep.Types.Az 0.2.972 (`targetResourceId`,
`status` Enabled or Disabled, without a default).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_workload
from linter.checks.gpu_purpose import gpu_machine
from linter.checks.machines import made_by_service
from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided, unseen, word
from linter.checks.platforms import data_science_vm
from linter.facts.gpu import graphics_size
from linter.inventory import role, tag_path
from linter.kinship import named
from linter.model import Inventory, Outcome, Related, Resource, Unresolved

SCHEDULES = "Microsoft.DevTestLab/schedules"
TARGET, STATUS = "properties.targetResourceId", "properties.status"


def stopped(machine: Resource, inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """Data Science and GPU machines need an enabled schedule that targets them; one whose role keeps it on is not
    judged."""
    has_gpu, path, size = gpu_machine(machine)
    notebook = data_science_vm(machine)
    purpose = role(machine, inventory)
    if has_gpu is not True and not notebook:
        return None  # a machine of open size is none of our business: nothing says that people explore on it
    if not notebook and graphics_size(size) and not purpose and not ai_workload(inventory):
        return None  # a size for desktops and rendering, and nothing says AI
    if made_by_service(machine) or purpose in {str(one).lower() for one in parameters["always_on"]}:
        return None
    answers = [(schedule, _stops(schedule, machine, inventory)) for schedule in inventory.of_type(SCHEDULES)]
    on = next((schedule for schedule, answer in answers if answer and schedule.condition is None), None)
    if on is not None:
        return passed(path, size)
    what = f"{titled(machine)}: {'Data Science' if notebook else 'GPU'} machine ({shown(size)}) that nothing shuts down"
    doubtful = next((schedule for schedule, answer in answers if answer is not False), None)
    if doubtful is not None:
        related = [Related(f"the schedule {titled(doubtful)}", doubtful, STATUS)]
        return undecided(f"{what}, unless {titled(doubtful)} does, which is not known", path, size, related=related)
    if isinstance(purpose, Unresolved):
        return open_value(machine, tag_path(machine, "role", inventory), purpose, "a machine to explore on must stop")
    identifier = machine.id if isinstance(machine.id, str) else ""
    hidden = unseen(inventory, "its shutdown schedule", SCHEDULES, of=identifier.partition("/providers/")[0])
    if hidden:
        return undecided(f"{what}: {hidden}", path, size)
    off = next((schedule for schedule in inventory.of_type(SCHEDULES) if _targets(schedule, machine, inventory)), None)
    extra = f" (its schedule {titled(off)} is {shown(off.get(STATUS))})" if off is not None else ""
    return failed(f"{what}: no enabled auto-shutdown schedule targets it{extra}", path, size)


def _stops(schedule: Resource, machine: Resource, inventory: Inventory) -> bool | None:
    """Does this schedule shut the machine down? None where that is open."""
    task, status = schedule.get("properties.taskType"), schedule.get(STATUS)
    if not isinstance(task, Unresolved) and word(task) != "computevmshutdowntask":
        return False
    aimed = _targets(schedule, machine, inventory)
    if aimed is False or word(status) == "disabled":
        return False
    sure = aimed and not isinstance(task, Unresolved) and word(status) == "enabled"
    return True if sure else None


def _targets(schedule: Resource, machine: Resource, inventory: Inventory) -> bool | None:
    """Is it this machine that the schedule is about? None where the target is open and no machine in view is it."""
    key = f"target {id(schedule)}"
    if key not in inventory.memo:
        target = schedule.get(TARGET)
        inventory.memo[key] = named(target, machine.type, inventory) or target
    found = inventory.memo[key]
    return True if found is machine else None if isinstance(found, Unresolved) else _open_name(found, machine)


def _open_name(target: Any, machine: Resource) -> bool | None:
    """A known id that no machine in view has may be that of one whose name is open."""
    return None if isinstance(target, str) and isinstance(machine.id, Unresolved) else False
