"""Trees that nobody would write: names that exist and names that do not, circles, menus without options."""

from hypothesis import strategies as st

from ivr.tree import NODES, Announcement, Branch, Collection, Destination, Lookup, Menu, Miss, Prompt, Tree

PERSON = Destination(queue="person")
NAMES = st.sampled_from(["main", "a", "b", "nowhere"])
PROMPTS = st.lists(st.builds(Prompt, sound=st.sampled_from(["hello", "bye"])), max_size=2).map(tuple)
SECONDS = st.floats(0.1, 8.0)
destinations = st.one_of(
    *(st.builds(Destination, prompts=PROMPTS, **{kind: NAMES}) for kind in (*NODES, "queue", "voicemail")),
    st.builds(Destination, prompts=PROMPTS, goodbye=st.booleans()),
)
maybe = st.none() | destinations
misses = st.builds(Miss, repeat=st.integers(0, 3), prompts=PROMPTS, then=maybe)
sections = {
    "menus": st.builds(
        Menu, prompts=PROMPTS, options=st.dictionaries(st.sampled_from("12345*#"), destinations, max_size=5),
        wait=SECONDS, barge_in=st.booleans(), silence=misses, wrong_key=misses,
    ),
    "announcements": st.builds(Announcement, PROMPTS, maybe, st.booleans()),
    "collections": st.builds(
        Collection, st.just("typed"), PROMPTS, st.integers(0, 3), st.integers(1, 5), st.sampled_from(["", "#", "*"]),
        st.booleans(), st.booleans(), SECONDS, st.integers(0, 2), PROMPTS, maybe, maybe,
    ),
    "lookups": st.builds(
        Lookup, url=st.just("http://x/{typed}"), deadline=SECONDS, prompts=PROMPTS, speak=PROMPTS,
        branches=st.lists(st.builds(Branch, st.just("tier"), st.just("gold"), destinations), max_size=1).map(tuple),
        then=maybe, not_found=maybe, failed=maybe,
    ),
}
trees = st.builds(
    Tree,
    person=st.just(PERSON) | st.just(Destination(queue="person", prompts=(Prompt("hold-on"),))),
    **{section: st.dictionaries(NAMES, node, max_size=3) for section, node in sections.items()},
)
