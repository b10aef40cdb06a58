"""What gets into a recording, and how it gets onto the disk."""

import os
import wave

import numpy as np
import pytest

from media.g711 import DECODE
from media.orders import Close, Finish, Join, Pause, Play, Record, Recorded, Resume, Trouble
from media.recorder import Begin, Block, End, Recorder
from media.shim import built
from media.writer import Files, Writer, header
from tests.media.town import Town


def samples(frames: list[bytes], codec: int = 0) -> np.ndarray:
    return DECODE[codec][np.frombuffer(b"".join(frames), np.uint8)]


def pair(payload_type: int = 0) -> Town:
    town = Town()
    town.open("a")
    town.open("b", payload_type)
    town.obey(Join("a", "b"))
    town.talk(3)
    return town


@pytest.mark.parametrize("codec", [0, 1])
def test_both_channels_are_what_the_two_said_in_the_same_frame(codec):
    town = pair(8 * codec)
    town.obey(Record("r", "/r.wav", "a", "b"))
    town.talk(50)
    channels = town.channels("r")
    assert channels.shape == (8000, 2)
    assert (channels[:, 0] == samples(town.phones["a"].said[2:52])).all()
    assert (channels[:, 1] == samples(town.phones["b"].said[2:52], codec)).all()


def test_half_a_second_is_not_on_the_disk_at_most():
    town = pair()
    town.obey(Record("r", "/r.wav", "a", "b"))
    lengths = []
    for _ in range(100):
        town.talk(1)
        lengths.append(len(town.files.get("r", b"")) // 640)
    assert max(step + 1 - length for step, length in enumerate(lengths)) <= 25


def test_a_pause_is_silence_and_time_stays_true():
    town = pair()
    town.obey(Record("r", "/r.wav", "a", "b"))
    town.talk(5)
    town.obey(Pause("r"))
    town.talk(7)
    town.obey(Resume("r"))
    town.talk(4)
    town.obey(Finish("r"))
    town.step()
    channels = town.channels("r").reshape(16, 160, 2)
    said = samples(town.phones["a"].said).reshape(-1, 160)
    assert (channels[:5, :, 0] == said[2:7]).all()
    assert not channels[5:12].any()
    assert (channels[12:, :, 0] == said[14:18]).all()


def test_a_transfer_changes_a_channel_and_the_file_goes_on():
    town = pair()
    town.open("c", 8)
    town.talk(1)
    town.obey(Record("r", "/r.wav", "a", "b"))
    town.talk(5)
    town.obey(Record("r", "/r.wav", "a", "c"))
    town.talk(5)
    town.obey(Finish("r"))
    town.step()
    channels = town.channels("r").reshape(10, 160, 2)
    assert (channels[5:, :, 1] == samples(town.phones["c"].said, 1).reshape(-1, 160)[5:10]).all()
    assert (channels[:, :, 0] == samples(town.phones["a"].said).reshape(-1, 160)[3:13]).all()


def test_a_closed_leg_is_silence_until_the_recording_is_finished():
    town = pair()
    town.obey(Record("r", "/r.wav", "a", "b"), Close("b"))
    del town.phones["b"]
    for _ in range(30):
        town.step(town.phones["a"].say())
    assert town.obey(Finish("r")) == []
    town.step()
    channels = town.channels("r")
    assert len(channels) == 30 * 160
    assert channels[:, 0].any()
    assert not channels[:, 1].any()
    assert isinstance(town.last.writes[-1], End)
    assert [type(told) for told in town.obey(Finish("r"), Pause("r"))] == [Trouble, Trouble]


@pytest.mark.parametrize("payload_type", [0, 8])
def test_a_leg_on_both_channels_is_what_it_says_and_what_it_hears(payload_type):
    town = Town()
    phone = town.open("a", payload_type)
    town.add_sound("/prompt.wav", np.sin(np.arange(16000) / 5) * 8000)
    town.talk(3)
    town.obey(Record("r", "/r.wav", "a", "a"), Play("a", "p", ("/prompt.wav",)))
    heard = []
    for _ in range(50):
        town.step(phone.say())
        heard.append(town.hears("a"))
    channels, codec = town.channels("r"), payload_type // 8
    assert (channels[:, 0] == samples(phone.said[2:52], codec)).all()
    assert (channels[:, 1] == samples(heard, codec)).all()
    assert np.abs(channels[:, 1]).max() > 7000


def test_a_voice_mail_is_mono():
    town = pair()
    town.obey(Record("r", "/r.wav", "b", mono=True))
    town.step()
    assert town.last.writes == [Begin("r", "/r.wav", 1, "b")]
    town.talk(24)
    assert len(town.files["r"]) == 8000


def test_steps_that_were_not_made_are_silence():
    town = pair()
    town.obey(Record("r", "/r.wav", "a", "b"))
    town.talk(10)
    town.matrix.skip(30)
    town.talk(10)
    assert len(town.channels("r")) == 50 * 160
    assert not town.channels("r")[1600 : 1600 + 4800].any()


def test_many_recordings_keep_apart():
    town = Town(rows=64)
    for leg in range(40):
        town.open(f"l{leg}")
        town.obey(Record(f"r{leg}", f"/{leg}.wav", f"l{leg}", f"l{leg ^ 1}"))
    town.talk(25)
    for leg in (0, 17, 39):
        said = samples(town.phones[f"l{leg}"].said[:24])
        assert (town.channels(f"r{leg}")[160:, 0] == said).all()


def test_the_file_is_right_after_every_block(tmp_path):
    path = tmp_path / "deep" / "r.wav"
    files = Files()
    assert files.write(Begin("r", str(path), 2, "a")) == []
    for number in range(1, 4):
        assert files.write(Block("r", bytes(16000))) == []
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
            assert file.getnframes() == 4000 * number
    assert files.write(End("r"), sync=True) == [Recorded("r", 1.5)]


def test_a_file_that_is_there_is_gone_on_with_but_not_another_kind(tmp_path):
    path = tmp_path / "r.wav"
    for _ in range(2):
        files = Files()
        files.write(Begin("r", str(path), 2, "a"))
        files.write(Block("r", bytes(32000)))
    assert files.write(End("r")) == [Recorded("r", 2.0)]
    files.write(Begin("m", str(path), 1, "a"))
    (told,) = files.write(Block("m", bytes(8000)))
    assert isinstance(told, Trouble)
    assert path.stat().st_size == 44 + 64000


def test_a_disk_that_takes_nothing_is_told_once(tmp_path):
    (tmp_path / "file").write_text("in the way")
    files = Files()
    files.write(Begin("r", str(tmp_path / "file" / "r.wav"), 2, "a"))
    (told,) = files.write(Block("r", bytes(16000)))
    assert told.leg == "a"
    assert files.write(Block("r", bytes(16000))) == []
    assert files.write(End("r")) == [Recorded("r", 0.0)]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device here")
def test_a_full_disk_is_told_once():
    files = Files()
    files.write(Begin("r", "/dev/full", 2, "a"))
    (told,) = files.write(Block("r", bytes(16000)))
    assert "r" in told.what
    assert files.write(Block("r", bytes(16000))) == []
    assert files.write(End("r")) == [Recorded("r", 0.0)]


def test_a_file_is_made_with_its_first_block_or_at_its_end(tmp_path):
    files, path = Files(), tmp_path / "r.wav"
    files.write(Begin("r", str(path), 2, "a"))
    assert not path.exists()
    assert files.write(End("r")) == [Recorded("r", 0.0)]
    assert path.stat().st_size == 44
    files.write(Begin("s", str(tmp_path / "r.wav" / "s.wav"), 2, "a"))
    assert [type(told) for told in files.write(End("s"))] == [Trouble, Recorded]


def test_the_thread_writes_all_before_it_ends(tmp_path):
    path = tmp_path / "r.wav"
    writer = Writer()
    writer.start()
    writer.write([Begin("r", str(path), 1, "a"), Block("r", b"\1\0" * 8000)])
    writer.write([])
    writer.write([End("r")])
    writer.close()
    assert writer.reports() == [Recorded("r", 1.0)]
    assert path.read_bytes() == header(1, 16000) + b"\1\0" * 8000


@pytest.mark.skipif(built is None, reason="the shim was not built")
@pytest.mark.parametrize("mono", [False, True])
def test_what_is_recorded_in_c_is_what_is_recorded_in_numpy(mono):
    random = np.random.default_rng(1)
    sides = [Recorder(4, shim) for shim in (built, None)]
    files: list[dict[str, bytes]] = [{}, {}]
    for step in range(90):
        said, heard = random.integers(0, 256, (2, 4, 160)).astype(np.uint8)
        codec = random.integers(0, 2, 4).astype(np.uint8)
        for side, file in zip(sides, files, strict=True):
            if step in (0, 7, 40):
                side.record("both", "both.wav", "a" if step < 40 else "c", "b", mono)
                side.record("hears", "hears.wav", "b", "b" if step != 7 else "", mono)
                side.record("late", "late.wav", "nobody", "c", mono)
            side.step(said, heard, codec, {"a": 0, "b": 1, "c": 3}, 4)
            side.pause("both", 50 < step < 60)
            if step == 89:
                side.finish_all()
            for write in side.take_writes():
                if hasattr(write, "data"):
                    file[write.recording] = file.get(write.recording, b"") + bytes(write.data)
    assert files[0] == files[1]
    assert len(files[0]["both"]) == 90 * 160 * (2 if mono else 4)
