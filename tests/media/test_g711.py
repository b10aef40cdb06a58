import numpy as np
import pytest

from media.g711 import CONVERT, DECODE, ENCODE, PAIRS, SILENCE, decode, encode


@pytest.mark.parametrize(
    ("codec", "word", "sample"),
    [
        (0, 0x00, -32124), (0, 0x80, 32124), (0, 0xFF, 0), (0, 0x7F, 0), (0, 0xEF, 132),
        (1, 0xD5, 8), (1, 0x55, -8), (1, 0xAA, 32256), (1, 0x2A, -32256), (1, 0x80, 5504),
    ],
)  # fmt: skip
def test_known_words(codec, word, sample):
    assert DECODE[codec][word] == sample


@pytest.mark.parametrize("codec", [0, 1])
def test_words_survive_decoding_and_encoding(codec):
    words = np.arange(256)
    again = ENCODE[codec][DECODE[codec].view(np.uint16)]
    assert set(words[again != words]) <= {0x7F}  # mu-law has two words for zero


@pytest.mark.parametrize("codec", [0, 1])
def test_encoding_is_as_near_as_the_segments_are_fine(codec):
    samples = np.arange(-32000, 32001)
    off = np.abs(DECODE[codec][ENCODE[codec][samples.astype(np.int16).view(np.uint16)]].astype(int) - samples)
    assert (off <= np.abs(samples) / 32 + 9).all()


def test_converting_is_decoding_and_encoding():
    words = np.arange(256, dtype=np.uint8)
    for codec in (0, 1):
        assert (CONVERT[codec] == ENCODE[1 - codec][DECODE[codec][words].view(np.uint16)]).all()


def test_each_row_has_its_codec():
    words = np.arange(256, dtype=np.uint8)[None].repeat(2, 0)
    for codecs in ([0, 0], [0, 1], [1, 1]):
        samples = decode(words, np.array(codecs, np.uint8))
        assert (samples == DECODE[codecs]).all()
        assert (decode(encode(samples, np.array(codecs, np.uint8)), np.array(codecs, np.uint8)) == samples).all()


def test_silence_is_the_word_nearest_to_zero():
    assert [abs(int(DECODE[codec][SILENCE[codec]])) for codec in (0, 1)] == [0, 8]


def test_pairs_hold_both_samples():
    for left, right in ((0, 1), (1, 0)):
        assert (PAIRS[left, right, 0x12, 0x34] == [DECODE[left][0x34], DECODE[right][0x12]]).all()
