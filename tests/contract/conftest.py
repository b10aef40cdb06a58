import pytest

from tests.contract.stages import PaperStage, Stage, WorkerStage, write_sounds


@pytest.fixture(scope="module", params=[PaperStage, WorkerStage], ids=["paper", "worker"])
def stage(request, tmp_path_factory) -> Stage:
    folder = tmp_path_factory.mktemp("sounds")
    write_sounds(folder)
    stage = request.param(folder)
    stage.leave_a_seat()
    yield stage
    stage.close()
