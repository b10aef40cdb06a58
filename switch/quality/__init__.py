"""Quality work: forms by which talks are judged, and what a judgement comes to. Pure."""
