"""Pictures of trees: for the terminal and for the browser, made of one plan."""
