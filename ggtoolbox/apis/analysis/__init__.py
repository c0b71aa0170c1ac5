"""What a config costs, and how a run went."""
