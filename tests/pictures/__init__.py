"""The pictures of the documentation: a centre with people in it is played, and its pages are taken in both languages."""
