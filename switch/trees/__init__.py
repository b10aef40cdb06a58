"""What operations do with trees: draw them, walk them, test them, ask where a call would go."""
