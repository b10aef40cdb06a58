"""What strangers may send, thrown at whatever reads it, until nothing breaks any more.

    targets/    one harness for each reader: octets in, and whatever may not happen is raised
    corpus/     octets for each target: seeds, and whatever was found once; replayed by ``test_corpus``
    mutation    seeded changes of octets, for those without atheris and for the running switch
    guided      the same targets under atheris, which looks at what the code does with each input
    siege       a running switch with calls in progress, under mutated messages over UDP, TCP and TLS
    finding     where a finding is kept

``python -m tests.fuzz --minutes 5 [TARGET ...]`` (or ``make fuzz MINUTES=60``) fuzzes for so long and fails with what it
has found, which then stands in the corpus.
"""
